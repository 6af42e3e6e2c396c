// The static API tokens of `rundeck.tokens.file`: lines `user: token,role…` or `user: token;token,role…`.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "auth/identity.hpp"

namespace qd::auth {

// Thread-safe. The file is read again when it changes; only digests of the tokens stay in memory.
class StaticTokens {
 public:
  // An empty path: there are none.
  explicit StaticTokens(std::filesystem::path file);
  ~StaticTokens();

  // `hash` is the SHA-256 of the token, in hexadecimal.
  std::optional<Identity> find(const std::string& hash);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace qd::auth
