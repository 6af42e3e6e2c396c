// API tokens of users: only a SHA-256 of the secret is kept.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "store/database.hpp"

namespace qd::store {

struct Token {
  std::string id = {};    // uuid, not secret
  std::string hash = {};  // sha256 hex of the secret
  std::string name = {};
  std::string user = {};
  std::string creator = {};
  std::vector<std::string> roles = {};
  UnixMillis created = 0;
  std::optional<UnixMillis> expires = {};
};

// Thread-safe.
class TokenStore {
 public:
  explicit TokenStore(Database& database);
  void create(const Token& token);
  std::optional<Token> find(const std::string& id);
  std::optional<Token> find_by_hash(const std::string& hash);
  std::vector<Token> list(const std::string& user);  // "": of everybody
  // A new secret and life for the token; false: there is no such token any more.
  bool renew(const std::string& id, const std::string& hash, UnixMillis created, std::optional<UnixMillis> expires);
  bool remove(const std::string& id);
  std::int64_t remove_expired(UnixMillis now, const std::string& user);  // user "": everybody's

 private:
  Database& database_;
};

}  // namespace qd::store
