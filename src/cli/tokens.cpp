#include "cli/listing.hpp"
#include "cli/verbs.hpp"
#include "cli/view.hpp"

namespace qd::cli {
namespace {

constexpr const char* kTokenKeys =
    "id, name, user, creator, roles, expiration, expired, token (only when it is created)";

std::string token_line(const JsonObject& token) {
  const std::string name = text_or(token, "name");
  return text_or(token, "id") + (name.empty() ? "" : " " + name);
}

Result<int> list_tokens(Context& context) {
  const std::string user = context.args.text("user");
  auto answer = context.api.get(user.empty() ? "tokens" : api_path({"tokens", user}));
  if (!answer) return fail(answer.error());
  Listing listing{views(&*answer, plain_view),
                  token_line,
                  {{"ID", "id"},
                   {"NAME", "name"},
                   {"USER", "user"},
                   {"ROLES", "roles"},
                   {"EXPIRES", "expiration"},
                   {"EXPIRED", "expired"}}};
  note_above(context, user.empty() ? "API Tokens:" : "API Tokens for " + user + ":");
  show_list(context, listing);
  return exit_code::done;
}

Result<int> create_token(Context& context) {
  const auto roles = context.args.comma_list("roles");
  if (roles.empty())
    return fail(ErrorKind::invalid, "Which roles shall the token have? Use -r ROLE,...; \"*\" is all of yours.");
  JsonObject body{{"user", context.args.text("user")}};
  if (roles.size() == 1 && roles.front() == "*") {
    body["roles"] = "*";
  } else {
    body["roles"] = JsonArray(roles.begin(), roles.end());
  }
  if (context.args.has("duration")) body["duration"] = context.args.text("duration");
  if (context.args.has("name")) body["name"] = context.args.text("name");
  auto answer = context.api.send_json("POST", "tokens", Json(body));
  if (!answer) return fail(answer.error());
  const JsonObject token = plain_view(*answer);
  note_above(context, "API Token created: " + text_or(token, "id") + ". It is shown only this once:");
  show_one(context, token, [](const JsonObject& created) { return text_or(created, "token"); });
  return exit_code::done;
}

Result<int> show_token(Context& context) {
  auto id = context.id("id", "qd tokens info -i ID");
  if (!id) return fail(id.error());
  auto answer = context.api.get(api_path({"token", *id}));
  if (!answer) return fail(answer.error());
  show_one(context, plain_view(*answer));
  return exit_code::done;
}

Result<int> reveal_token(Context& context) {
  context.out.warn(
      "Servers keep only a hash of a token, so its text cannot be shown again; this is what is known of it.");
  return show_token(context);
}

Result<int> rotate_token(Context& context) {
  auto id = context.id("id", "qd tokens rotate -i ID");
  if (!id) return fail(id.error());
  auto answer = context.api.send("POST", api_path({"token", *id, "rotate"}));
  if (!answer) return fail(answer.error());
  note_above(context, "The old text of the token is void. The new one is shown only this once:");
  show_one(context, plain_view(*answer), [](const JsonObject& renewed) { return text_or(renewed, "token"); });
  return exit_code::done;
}

Result<int> delete_token(Context& context) {
  auto id = context.id(context.args.has("token") ? "token" : "id", "qd tokens delete -i ID");
  if (!id) return fail(id.error());
  auto answer = context.api.send("DELETE", api_path({"token", *id}));
  if (!answer) return fail(answer.error());
  context.out.note("Token deleted.");
  return exit_code::done;
}

}  // namespace

Commands token_commands() {
  const Options listing = listing_options(kTokenKeys, "%id %user");
  const OptionSpec id = text("-i,--id", "ID", "Identifier of the token, not the token itself.");
  return {
      {"tokens list",
       "List API tokens.",
       "",
       join_options({{text("-u,--user", "USER", "Of this user; all when absent.")}, listing}),
       {"qd tokens list", "qd tokens list -u alice -% '%id %expiration'"},
       list_tokens},
      {"tokens create",
       "Create an API token and print it.",
       "",
       join_options({{required(text("-u,--user", "USER", "Its user.")),
                      list("-r,--roles", "ROLE...", "Its roles; \"*\" is all of yours."),
                      text("-d,--duration", "TIME", "How long it is valid: numbers with y, d, h, m, s, e.g. 30d."),
                      text("-n,--name", "NAME", "A name to tell it from others.")},
                     listing}),
       {"qd tokens create -u alice -r ops,dev -d 30d -n ci",
        "export RD_TOKEN=$(qd tokens create -u ci -r ops -% %token)"},
       create_token},
      {"tokens info",
       "Show an API token, without its text.",
       "[ID]",
       join_options({{id}, listing}),
       {"qd tokens info -i ID"},
       show_token},
      {"tokens reveal",
       "The same as info, as rd has it; the text of a token cannot be shown again.",
       "[ID]",
       join_options({{id}, listing}),
       {"qd tokens reveal -i ID"},
       reveal_token},
      {"tokens rotate",
       "Give an API token a new text; the old one is void at once.",
       "[ID]",
       join_options({{id}, listing}),
       {"qd tokens rotate -i ID"},
       rotate_token},
      {"tokens delete",
       "Delete an API token.",
       "[ID]",
       {id, text("-t,--token", "ID", "The same as --id.")},
       {"qd tokens delete -i ID"},
       delete_token},
  };
}

}  // namespace qd::cli
