#include "auth/identity.hpp"

#include <algorithm>

namespace qd::auth {

bool Identity::has_role(const std::string& role) const {
  return std::ranges::find(roles, role) != roles.end();
}

}  // namespace qd::auth
