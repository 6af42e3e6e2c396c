#include "service/access.hpp"

namespace qd::service {

bool allowed(const auth::Identity& identity, const Decision&) {
  return identity.has_role("admin");
}

Result<> require(const auth::Identity& identity, const Decision& decision, const std::string& what,
                 const std::string& id) {
  if (allowed(identity, decision)) return {};
  return fail(ErrorKind::unauthorized, "Not authorized for action \"" + decision.action + "\" for " + what + " " + id,
              "api.error.item.unauthorized");
}

Decision storage_decision(const std::string& path, const std::string& action) {
  const std::size_t slash = path.rfind('/');
  const std::string name = slash == std::string::npos ? path : path.substr(slash + 1);
  return {"storage", action, "", {{"path", path}, {"name", name}}};
}

}  // namespace qd::service
