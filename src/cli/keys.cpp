// Keys of the key storage.
#include <istream>

#include "base/text.hpp"
#include "cli/context.hpp"
#include "cli/credentials.hpp"
#include "cli/input_file.hpp"
#include "cli/listing.hpp"
#include "cli/verbs.hpp"
#include "cli/view.hpp"

namespace qd::cli {
namespace {

constexpr std::size_t kMaxKeyBytes = 1u << 20;
constexpr const char* kPublicKey = "application/pgp-keys";

// "storage/keys/a/b" of "keys/a/b", "/keys/a/b" or "a/b".
std::string storage_path(const std::string& text) {
  std::vector<std::string> names{"storage", "keys"};
  auto parts = base::split_trimmed(text, '/');
  if (!parts.empty() && parts.front() == "keys") parts.erase(parts.begin());
  names.insert(names.end(), parts.begin(), parts.end());
  return api_path(names);
}

Result<std::string> path_of(const Context& context) {
  const auto path = context.id("path", "qd keys info -p keys/web/id_rsa");
  if (!path) return path;
  return storage_path(*path);
}

std::string key_line(const JsonObject& key) {
  const std::string path = text_or(key, "path");
  if (text_or(key, "type") == "directory") return path + "/";
  const Json* meta = find(key, "meta");
  const JsonObject none;
  const JsonObject& facts = meta != nullptr && meta->is_object() ? meta->get_object() : none;
  const std::string kind = text_or(facts, "Rundeck-key-type", text_or(facts, "Rundeck-data-type", "unknown"));
  return path + " [" + kind + "]";
}

Result<int> list_keys(Context& context) {
  const auto words = context.args.operands();
  const auto answer = context.api.get(storage_path(context.args.text("path", words.empty() ? "" : words.front())));
  if (!answer) return fail(answer.error());
  const Json* resources = find(*answer, "resources");
  if (context.out.for_programs()) {
    context.out.data(resources != nullptr ? *resources : Json(JsonArray{*answer}));
    return exit_code::done;
  }
  if (resources == nullptr) {
    context.out.text(key_line(plain_view(*answer)));
    return exit_code::done;
  }
  for (const JsonObject& key : views(resources, plain_view)) context.out.text(key_line(key));
  return exit_code::done;
}

void show_key(const Context& context, const Json& answer) {
  if (context.out.for_programs()) return context.out.data(answer);
  const JsonObject key = plain_view(answer);
  context.out.text("Path: " + text_or(key, "path"));
  context.out.text("Type: " + text_or(key, "type"));
  const Json* meta = find(key, "meta");
  if (meta == nullptr || !meta->is_object()) return;
  for (const auto& [name, value] : meta->get_object()) {
    context.out.text(std::string(name) + ": " + scalar_text(value).value_or(""));
  }
}

Result<int> show_info(Context& context) {
  const auto path = path_of(context);
  if (!path) return fail(path.error());
  const auto answer = context.api.get(*path);
  if (!answer) return fail(answer.error());
  show_key(context, *answer);
  return exit_code::done;
}

Result<int> get_key(Context& context) {
  const auto path = path_of(context);
  if (!path) return fail(path.error());
  Call call;
  call.path = *path;
  call.accept = kPublicKey;
  const auto answer = context.api.raw(call);
  if (!answer) return fail(answer.error());
  if (answer->header("content-type").find(kPublicKey) == std::string::npos) {
    return fail(ErrorKind::invalid, *path + " is no public key: nothing else is given out.");
  }
  const std::string file = context.args.text("file");
  if (file.empty()) {
    context.out.raw(answer->body);
    return exit_code::done;
  }
  if (auto written = write_file(file, answer->body); !written) return fail(written.error());
  context.out.note("Wrote " + std::to_string(answer->body.size()) + " bytes to " + file + ".");
  return exit_code::done;
}

// Of the file, of standard input, or asked for.
Result<std::string> content_of(Context& context, bool password) {
  const std::string file = context.args.text("file");
  if (!file.empty() && file != "-") return read_file(file, kMaxKeyBytes);
  if (password && context.can_ask && file.empty()) return ask_secret(context.in, context.out, "Password: ");
  auto content = read_stream(context.in, "Standard input", kMaxKeyBytes);
  if (!content || !password) return content;
  if (content->ends_with('\n')) content->pop_back();
  if (content->ends_with('\r')) content->pop_back();
  return content;
}

Result<int> send_key(Context& context, const char* method) {
  const auto path = path_of(context);
  if (!path) return fail(path.error());
  const std::string type = base::lower(context.args.text("type"));
  const bool password = type == "password";
  auto content = content_of(context, password);
  if (!content) return fail(content.error());
  Call call;
  call.method = method;
  call.path = *path;
  call.body = std::move(*content);
  call.content_type = password              ? "application/x-rundeck-data-password"
                      : type == "publickey" ? kPublicKey
                                            : "application/octet-stream";
  const auto answer = context.api.send_call(std::move(call));
  if (!answer) return fail(answer.error());
  context.out.note(std::string(std::string_view(method) == "POST" ? "Created" : "Updated") + ":");
  show_key(context, *answer);
  return exit_code::done;
}

Result<int> delete_key(Context& context) {
  const auto path = path_of(context);
  if (!path) return fail(path.error());
  const auto answer = context.api.send("DELETE", *path);
  if (!answer) return fail(answer.error());
  context.out.note("Deleted " + *path + ".");
  return exit_code::done;
}

Result<int> rotate_keys(Context& context) {
  const auto answer = context.api.send("POST", "system/storage/rotate");
  if (!answer) return fail(answer.error());
  const Json* failures = find(*answer, "failures");
  const bool all = failures == nullptr || !failures->is_array() || failures->get_array().empty();
  if (context.out.for_programs()) {
    context.out.data(*answer);
    return all ? exit_code::done : exit_code::partly;
  }
  const JsonObject counts = plain_view(*answer);
  context.out.text(text_or(counts, "changed") + " of " + text_or(counts, "checked") + " items were sealed anew.");
  for (std::size_t i = 0; !all && i < failures->get_array().size(); ++i) {
    context.out.warn(scalar_text(failures->get_array()[i]).value_or(""));
  }
  return all ? exit_code::done : exit_code::partly;
}

OptionSpec path_option() {
  return text("-p,--path", "PATH", "Path of the key, with or without keys/ at its beginning.");
}

Options upload_options() {
  return {path_option(), required(choice("-t,--type", {"privatekey", "publickey", "password"}, "Which kind of key.")),
          text("-f,--file", "FILE",
               "File with the key; \"-\" is standard input. Without it a password is asked for, or read there.")};
}

}  // namespace

Commands key_commands() {
  return {
      {"keys list",
       "List the keys and folders at a path.",
       "[PATH]",
       {path_option()},
       {"qd keys list", "qd keys list -p keys/project/ops"},
       list_keys},
      {"keys info", "Show what is known about a key.", "", {path_option()}, {"qd keys info -p web/id_rsa"}, show_info},
      {"keys get",
       "Print a public key, or write it to a file.",
       "",
       {path_option(), text("-f,--file", "FILE", "File to write to.")},
       {"qd keys get -p web/id_rsa.pub"},
       get_key},
      {"keys create",
       "Store a new key.",
       "",
       upload_options(),
       {"qd keys create -p web/id_rsa -t privateKey -f id_rsa", "qd keys create -p web/password -t password"},
       [](Context& context) { return send_key(context, "POST"); }},
      {"keys update",
       "Replace a key.",
       "",
       upload_options(),
       {"qd keys update -p web/password -t password < password.txt"},
       [](Context& context) { return send_key(context, "PUT"); }},
      {"keys delete", "Delete a key.", "", {path_option()}, {"qd keys delete -p web/id_rsa"}, delete_key},
      {"keys rotate",
       "Encrypt the whole storage anew, with the password or master key that the server's configuration puts first.",
       "",
       {},
       {"qd keys rotate"},
       rotate_keys},
  };
}

}  // namespace qd::cli
