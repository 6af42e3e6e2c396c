// Who makes a request.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace qd::auth {

struct Identity {
  std::string user;
  std::vector<std::string> roles;
  enum class By { session, token } by = By::session;
  std::string token_id;  // when by a token

  bool has_role(const std::string& role) const;
};

}  // namespace qd::auth
