#include "auth/realm.hpp"

#include <map>

#include "auth/password.hpp"
#include "auth/user_file.hpp"
#include "base/guarded.hpp"

namespace qd::auth {
struct Realm::Impl {
  struct Users {
    std::map<std::string, UserEntry> by_name;
    std::string slowest;  // the stored password that takes longest to verify
  };

  static std::shared_ptr<const Users> make_users(const UserFile& file, std::vector<UserEntry> entries,
                                                 Passwords passwords) {
    auto users = std::make_shared<Users>();
    for (auto& entry : entries) {
      if (entry.user.empty()) {
        file.complain(entry.line, "the user's name is missing");
        continue;
      }
      if (passwords == Passwords::ignored) {
        entry.secret.clear();
        users->by_name[entry.user] = std::move(entry);
        continue;
      }
      if (const auto usable = check_stored_password(entry.secret); !usable) {
        file.complain(entry.line, "user '" + entry.user + "': " + usable.error().message);
        continue;
      }
      if (users->slowest.empty() || password_cost(entry.secret) > password_cost(users->slowest)) {
        users->slowest = entry.secret;
      }
      users->by_name[entry.user] = std::move(entry);
    }
    return users;
  }

  struct State {
    UserFile file;
    std::shared_ptr<const Users> users = std::make_shared<Users>();
  };
  base::Guarded<State> state;
  Passwords passwords;

  Impl(std::filesystem::path file, Passwords use) : state(State{UserFile(std::move(file))}), passwords(use) {}

  std::shared_ptr<const Users> users() {
    return state.with([this](State& now) {
      if (auto entries = now.file.read_if_changed()) now.users = make_users(now.file, std::move(*entries), passwords);
      return now.users;
    });
  }
};

Realm::Realm(std::filesystem::path file, Passwords passwords)
    : impl_(std::make_unique<Impl>(std::move(file), passwords)) {}
Realm::~Realm() = default;

std::optional<std::vector<std::string>> Realm::verify(const std::string& user, const std::string& password) {
  const auto users = impl_->users();
  const auto found = users->by_name.find(user);
  const bool known = found != users->by_name.end();
  const bool right = known && verify_password(found->second.secret, password);
  // Everybody pays for the slowest hash of the file, so that the time does not tell who exists.
  if (!users->slowest.empty() && (!known || password_cost(found->second.secret) < password_cost(users->slowest))) {
    verify_password(users->slowest, password);
  }
  if (!right) return std::nullopt;
  return found->second.roles;
}

std::vector<std::string> Realm::users() {
  std::vector<std::string> names;
  for (const auto& [name, entry] : impl_->users()->by_name) names.push_back(name);
  return names;
}

std::optional<std::vector<std::string>> Realm::roles(const std::string& user) {
  const auto users = impl_->users();
  const auto found = users->by_name.find(user);
  if (found == users->by_name.end()) return std::nullopt;
  return found->second.roles;
}

}  // namespace qd::auth
