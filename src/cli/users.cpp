#include "cli/listing.hpp"
#include "cli/verbs.hpp"
#include "cli/view.hpp"

namespace qd::cli {
namespace {

std::string user_line(const JsonObject& user) {
  return text_or(user, "login") + ": name [" + text_or(user, "firstName") + "], last Name [" +
         text_or(user, "lastName") + "], email [" + text_or(user, "email") + "]";
}

std::string profile_path(const Context& context) {
  const std::string user = context.args.text("user");
  return user.empty() ? "user/info" : api_path({"user", "info", user});
}

Result<int> list_users(Context& context) {
  auto answer = context.api.get("user/list");
  if (!answer) return fail(answer.error());
  Listing listing{views(&*answer, plain_view),
                  user_line,
                  {{"LOGIN", "login"}, {"FIRST NAME", "firstName"}, {"LAST NAME", "lastName"}, {"EMAIL", "email"}}};
  note_above(context, std::to_string(listing.items.size()) + " Users:");
  show_list(context, listing);
  return exit_code::done;
}

Result<int> show_user(Context& context) {
  auto answer = context.api.get(profile_path(context));
  if (!answer) return fail(answer.error());
  show_one(context, plain_view(*answer));
  return exit_code::done;
}

Result<int> edit_user(Context& context) {
  JsonObject body;
  const std::pair<const char*, const char*> fields[] = {
      {"email", "email"}, {"name", "firstName"}, {"last", "lastName"}};
  for (const auto& [option, field] : fields) {
    if (context.args.has(option)) body[field] = context.args.text(option);
  }
  if (body.empty()) return fail(ErrorKind::invalid, "What shall change? Use -e EMAIL, -n NAME or -l NAME.");
  auto answer = context.api.send_json("POST", profile_path(context), Json(body));
  if (!answer) return fail(answer.error());
  show_one(context, plain_view(*answer));
  return exit_code::done;
}

Result<int> list_roles(Context& context) {
  auto answer = context.api.get("user/roles");
  if (!answer) return fail(answer.error());
  if (context.out.for_programs()) {
    context.out.data(*answer);
    return exit_code::done;
  }
  const Json* roles = find(*answer, "roles");
  const JsonArray names = roles != nullptr && roles->is_array() ? roles->get_array() : JsonArray();
  context.out.note(std::to_string(names.size()) + " Roles:");
  for (const Json& name : names) context.out.text(inline_text(name));
  return exit_code::done;
}

}  // namespace

Commands user_commands() {
  const Options listing = listing_options("login, firstName, lastName, email", "%login %email");
  const OptionSpec user = text("-u,--user", "USER", "This user instead of yourself.");
  return {
      {"users list",
       "List the users that the server knows.",
       "",
       listing,
       {"qd users list", "qd users list -% '%login %email'"},
       list_users},
      {"users info",
       "Show the profile of a user.",
       "",
       join_options({{user}, listing}),
       {"qd users info", "qd users info -u alice"},
       show_user},
      {"users edit",
       "Change the profile of a user.",
       "",
       join_options({{user, text("-e,--email", "EMAIL", "New address."), text("-n,--name", "NAME", "New first name."),
                      text("-l,--last", "NAME", "New last name.")},
                     listing}),
       {"qd users edit -e alice@example.org", "qd users edit -u bob -n Bob -l Builder"},
       edit_user},
      {"users roles", "List your own roles.", "", {}, {"qd users roles"}, list_roles},
  };
}

}  // namespace qd::cli
