#include <istream>

#include "cli/credentials.hpp"
#include "cli/listing.hpp"
#include "cli/verbs.hpp"
#include "cli/view.hpp"

namespace qd::cli {
namespace {

std::string local_user_line(const JsonObject& user) {
  const Json* roles = find(user, "roles");
  return text_or(user, "login") + (truth_or(user, "enabled", true) ? " " : " (disabled) ") +
         (roles == nullptr ? std::string() : inline_text(*roles));
}

// Never on the command line, where other users of the machine could read it.
std::string new_password(Context& context) {
  if (context.can_ask) return ask_secret(context.in, context.out, "New password: ");
  std::string password;
  std::getline(context.in, password);
  return password;
}

void add_roles(const Context& context, JsonObject& body) {
  if (!context.args.has("roles")) return;
  const auto roles = context.args.comma_list("roles");
  body["roles"] = JsonArray(roles.begin(), roles.end());
}

Result<int> list_local_users(Context& context) {
  auto answer = context.api.get("user/local");
  if (!answer) return fail(answer.error());
  Listing listing{views(&*answer, plain_view),
                  local_user_line,
                  {{"LOGIN", "login"}, {"ROLES", "roles"}, {"ENABLED", "enabled"}, {"UPDATED", "updated"}}};
  note_above(context, std::to_string(listing.items.size()) + " users of the database:");
  show_list(context, listing);
  return exit_code::done;
}

Result<int> create_local_user(Context& context) {
  JsonObject body{{"login", context.args.text("user")}, {"password", new_password(context)}};
  add_roles(context, body);
  auto answer = context.api.send_json("POST", "user/local", Json(body));
  if (!answer) return fail(answer.error());
  show_one(context, plain_view(*answer));
  return exit_code::done;
}

Result<int> update_local_user(Context& context) {
  JsonObject body;
  if (context.args.has("password")) body["password"] = new_password(context);
  add_roles(context, body);
  if (context.args.has("disable")) body["enabled"] = false;
  if (context.args.has("enable")) body["enabled"] = true;
  if (body.empty()) {
    return fail(ErrorKind::invalid, "What shall change? Use -r ROLE,..., --password, --enable or --disable.");
  }
  auto answer = context.api.send_json("POST", api_path({"user", "local", context.args.text("user")}), Json(body));
  if (!answer) return fail(answer.error());
  show_one(context, plain_view(*answer));
  return exit_code::done;
}

Result<int> delete_local_user(Context& context) {
  const std::string login = context.args.text("user");
  if (auto sure = context.confirm("Really delete user " + login + "?"); !sure) return fail(sure.error());
  auto answer = context.api.send("DELETE", api_path({"user", "local", login}));
  if (!answer) return fail(answer.error());
  context.out.note("User deleted.");
  return exit_code::done;
}

}  // namespace

Commands local_user_commands() {
  const Options listing = listing_options("login, roles, enabled, created, updated", "%login %roles");
  const OptionSpec user = required(text("-u,--user", "USER", "Name of the user."));
  const OptionSpec roles = list("-r,--roles", "ROLE...", "The user's roles.");
  return {
      {"users local list", "List the users of the database.", "", listing, {"qd users local list"}, list_local_users},
      {"users local create",
       "Make a user of the database; the password is asked for, or read from standard input.",
       "",
       join_options({{user, roles}, listing}),
       {"qd users local create -u alice -r ops,dev", "qd users local create -u ci -r ci < password.txt"},
       create_local_user},
      {"users local update",
       "Change a user of the database. What changes a right or the password ends his sessions.",
       "",
       join_options({{user, roles, flag("--password", "Ask for a new password, or read it from standard input."),
                      flag("--enable", "Let the user log in."), flag("--disable", "Keep the user from logging in.")},
                     listing}),
       {"qd users local update -u alice -r ops", "qd users local update -u alice --disable"},
       update_local_user},
      {"users local delete",
       "Delete a user of the database.",
       "",
       {user, confirm_option()},
       {"qd users local delete -u alice --confirm"},
       delete_local_user},
  };
}

}  // namespace qd::cli
