// How others read secrets: a password or private key at a path of the key storage, in somebody's name.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace qd::vault {

// In whose name: access policies are asked whether he may read the path.
struct SecretUser {
  std::string user;
  std::vector<std::string> roles;
};

// The content at `path` ("keys/…", with or without a slash before it). Blocks on the database or a file: call it on a
// worker thread. Errors are sentences that name the path and hold nothing secret: `invalid`, `unauthorized`,
// `not_found`, `unavailable`. Mask what you got in every log. Empty function: there is no key storage.
using SecretReader = std::function<Result<std::string>(const std::string& path, const SecretUser& reader)>;

// The same for one user; empty when `read` is.
inline std::function<Result<std::string>(const std::string& path)> reading_for(const SecretReader& read,
                                                                               SecretUser user) {
  if (!read) return {};
  return [read, user = std::move(user)](const std::string& path) { return read(path, user); };
}

}  // namespace qd::vault
