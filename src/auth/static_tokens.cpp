#include "auth/static_tokens.hpp"

#include <map>

#include "auth/user_file.hpp"
#include "base/guarded.hpp"
#include "base/id.hpp"
#include "base/text.hpp"

namespace qd::auth {
namespace {

using IdentityByHash = std::map<std::string, Identity>;

IdentityByHash make_identities(const UserFile& file, const std::vector<UserEntry>& entries) {
  IdentityByHash identities;
  for (const auto& entry : entries) {
    const auto tokens = base::split_trimmed(entry.secret, ';');
    if (entry.user.empty() || tokens.empty()) {
      file.complain(entry.line, "expected `user: token,role…`");
    } else if (entry.roles.empty()) {
      file.complain(entry.line, "user '" + entry.user + "' has no role; write `" + entry.user + ": token,role…`");
    } else {
      for (const auto& token : tokens) {
        identities[base::sha256_hex(token)] = Identity{entry.user, entry.roles, Identity::By::token, {}};
      }
    }
  }
  return identities;
}

}  // namespace

struct StaticTokens::Impl {
  struct State {
    UserFile file;
    IdentityByHash identities;
  };
  base::Guarded<State> state;

  explicit Impl(std::filesystem::path file) : state(State{UserFile(std::move(file)), {}}) {}
};

StaticTokens::StaticTokens(std::filesystem::path file) {
  if (!file.empty()) impl_ = std::make_unique<Impl>(std::move(file));
}
StaticTokens::~StaticTokens() = default;

std::optional<Identity> StaticTokens::find(const std::string& hash) {
  if (!impl_) return std::nullopt;
  return impl_->state.with([&](Impl::State& now) -> std::optional<Identity> {
    if (const auto entries = now.file.read_if_changed()) now.identities = make_identities(now.file, *entries);
    const auto found = now.identities.find(hash);
    if (found == now.identities.end()) return std::nullopt;
    return found->second;
  });
}

}  // namespace qd::auth
