// Files of lines `user: secret,role,role…` in Java properties syntax, read again when they change.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/properties.hpp"

namespace qd::auth {

struct UserEntry {
  std::string user;
  std::string secret;  // what stands before the first comma, trimmed
  std::vector<std::string> roles;
  int line = 0;
};

// Not thread-safe: the owner holds a lock.
class UserFile {
 public:
  explicit UserFile(std::filesystem::path file) : file_(std::move(file)) {}

  // The entries, when the file is another one than at the last call (by time, size and inode); nullopt when it is as it
  // was. A user who appears twice counts once, with the last line. Lines that cannot be read are logged and left out; a
  // file that cannot be read is logged and has no entries.
  std::optional<std::vector<UserEntry>> read_if_changed();

  // Logs that line `line` is left out and why. `why` must not hold a secret.
  void complain(int line, const std::string& why) const;

 private:
  struct Stamp {
    bool exists = false;
    long long seconds = 0, nanoseconds = 0, size = 0;
    unsigned long long inode = 0;
    bool operator==(const Stamp&) const = default;
  };
  Stamp stamp() const;
  std::vector<base::Property> parse(const std::string& text) const;

  std::filesystem::path file_;
  std::optional<Stamp> seen_;
};

}  // namespace qd::auth
