// Key storage.
#include "api/answers.hpp"
#include "api/links.hpp"
#include "api/route.hpp"
#include "base/text.hpp"
#include "vault/key_types.hpp"
#include "vault/path.hpp"

namespace qd::api {
namespace {

std::string key_path(const Call& call) {
  return "keys/" + call.param("path");
}

// The storage has errors of a shape of its own; that of others is the API's.
http::Response storage_error(const Error& error) {
  const bool own = error.kind == ErrorKind::not_found || error.kind == ErrorKind::conflict ||
                   (error.kind == ErrorKind::unauthorized && error.code.empty());
  if (!own) return error_answer(error);
  return json_answer(JsonObject{{"error", error.message}}, http_status(error.kind));
}

std::string key_url(const Call& call, const std::string& path) {
  std::string url = "/storage";
  for (const auto& name : base::split(path, '/')) url += "/" + base::percent_encode(name);
  return api_url(call.services, url);
}

JsonObject meta_json(const vault::Meta& meta) {
  namespace names = vault::meta;
  JsonObject json;
  const bool hides_size = meta.contains(names::kDataType);  // how long a password is helps to guess it
  for (const char* key : {names::kContentType, names::kSize, names::kCreated, names::kModified, names::kCreatedBy,
                          names::kModifiedBy, names::kKeyType, names::kDataType, names::kMask}) {
    const auto found = meta.find(key);
    if (found == meta.end() || (hides_size && key == std::string_view(names::kSize))) continue;
    json[key] = found->second;
  }
  return json;
}

JsonObject entry_json(const Call& call, const vault::Entry& entry) {
  if (entry.folder) {
    return {{"url", key_url(call, entry.path)}, {"type", "directory"}, {"path", entry.path}};
  }
  return {{"meta", meta_json(entry.meta)},
          {"url", key_url(call, entry.path)},
          {"name", std::string(vault::name_of(entry.path))},
          {"type", "file"},
          {"path", entry.path}};
}

// Does the client want the content of a key of this type, and not what is known about it?
bool wants_content(const Call& call, const std::string& type) {
  const std::string accept = call.request.header_or("Accept", "");
  if (accept.find(type) != std::string::npos) return true;
  return accept.find("*/*") != std::string::npos && accept.find("json") == std::string::npos;
}

http::Response content_answer(Call& call) {
  const auto item = call.services.keys.content(call.who, key_path(call));
  if (!item) return storage_error(item.error());
  auto response = http::Response::text(200, item->content, item->meta.at(vault::meta::kContentType));
  response.headers.emplace("Content-Disposition", "attachment");
  return response;
}

http::Response get_key(Call& call) {
  const auto view = call.services.keys.look(call.who, key_path(call));
  if (!view) return storage_error(view.error());
  JsonObject json = entry_json(call, view->entry);
  if (!view->entry.folder) {
    const auto type = view->entry.meta.find(vault::meta::kContentType);
    const bool named = type != view->entry.meta.end();
    const bool any = call.request.header_or("Accept", "").empty() && !vault::is_masked(view->entry.meta);
    if (named && (any || wants_content(call, type->second))) return content_answer(call);
    return json_answer(json);
  }
  JsonArray resources;
  for (const auto& entry : view->resources) resources.push_back(entry_json(call, entry));
  json["resources"] = std::move(resources);
  return json_answer(json);
}

http::Response create_key(Call& call) {
  const auto entry =
      call.services.keys.create(call.who, key_path(call), {call.request.content_type(), call.request.body});
  if (!entry) return storage_error(entry.error());
  return json_answer(entry_json(call, *entry), 201);
}

http::Response update_key(Call& call) {
  const auto entry =
      call.services.keys.update(call.who, key_path(call), {call.request.content_type(), call.request.body});
  if (!entry) return storage_error(entry.error());
  return json_answer(entry_json(call, *entry));
}

http::Response delete_key(Call& call) {
  return answer(call.services.keys.remove(call.who, key_path(call)), no_content);
}

http::Response rotate_keys(Call& call) {
  const auto report = call.services.keys.rotate(call.who);
  return answer(report, [](const vault::ResealReport& done) {
    return json_answer(JsonObject{{"checked", done.checked},
                                  {"changed", done.changed},
                                  {"failures", JsonArray(done.failures.begin(), done.failures.end())}});
  });
}

}  // namespace

const std::vector<Route>& key_routes() {
  static const std::vector<Route> kRoutes{
      {"GET", "storage/keys/{path*}", 14, {"storage", "read"}, get_key},
      {"POST", "storage/keys/{path*}", 14, {"storage", "create"}, create_key},
      {"PUT", "storage/keys/{path*}", 14, {"storage", "update"}, update_key},
      {"DELETE", "storage/keys/{path*}", 14, {"storage", "delete"}, delete_key},
      {"POST", "system/storage/rotate", 14, {"system", "admin"}, rotate_keys},
  };
  return kRoutes;
}

}  // namespace qd::api
