// Users from a Jetty realm file: `user: password,role,role…`. Passwords: plain text, `MD5:hex`, `CRYPT:…`,
// `BCRYPT:$2a$…`, `OBF:…`. The file is read again when it changes.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace qd::auth {

// Thread-safe. verify() may take 100 ms (bcrypt): call it on a worker.
class Realm {
 public:
  // Ignored: only roles count, any text may stand where the password is, and verify() is always wrong.
  enum class Passwords { used, ignored };
  explicit Realm(std::filesystem::path file, Passwords passwords = Passwords::used);
  ~Realm();
  // The roles of the user when the password is right. Takes as long for an unknown user as for a known one.
  std::optional<std::vector<std::string>> verify(const std::string& user, const std::string& password);
  std::vector<std::string> users();
  std::optional<std::vector<std::string>> roles(const std::string& user);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace qd::auth
