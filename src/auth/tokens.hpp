// API tokens: those of users (in the database) and the static ones of `rundeck.tokens.file` (`user: token,role,role`).
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "auth/identity.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "store/token_store.hpp"

namespace qd::auth {

struct NewToken {
  std::string user, creator, name;
  std::vector<std::string> roles;
  std::optional<Millis> life;  // absent: does not expire
};

// Thread-safe. Successful look-ups are cached for a second, so that a busy client costs no query each time.
class Tokens {
 public:
  Tokens(store::TokenStore& store, const Clock& clock, std::filesystem::path static_file);
  ~Tokens();

  std::optional<Identity> verify(const std::string& secret);
  struct Created {
    store::Token token;
    std::string secret;  // shown once
  };
  Created create(const NewToken& token);
  // The same token with a new secret; the old one is void. Nullopt: there is no such token any more.
  std::optional<Created> rotate(const store::Token& token, std::optional<Millis> life);
  std::optional<store::Token> find(const std::string& id_or_secret);
  std::vector<store::Token> list(const std::string& user);  // "": all
  bool remove(const std::string& id_or_secret);
  std::int64_t remove_expired(UnixMillis before, const std::string& user);  // user "": everybody's

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace qd::auth
