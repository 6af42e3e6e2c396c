#include "api/openapi.hpp"

#include <algorithm>
#include <cctype>
#include <map>
#include <stdexcept>

#include "api/reference.hpp"
#include "api/shape.hpp"
#include "base/text.hpp"

namespace qd::api {
namespace openapi {
namespace {

constexpr const char* kJson = "application/json";

// "project/{project}/acl/{name*}" → "/project/{project}/acl/{name}"
std::string path_of(std::string_view pattern) {
  return "/" + base::replace_all(pattern, "*}", "}");
}

// "GET project/{project}/jobs" → "get_project_project_jobs"
std::string operation_id(const Route& route) {
  std::string id = base::lower(route.method);
  bool gap = true;
  for (const char c : std::string_view(route.pattern)) {
    const bool letter = std::isalnum(static_cast<unsigned char>(c)) != 0;
    if (letter && gap) id += '_';
    if (letter) id += c;
    gap = !letter;
  }
  return id;
}

// The first segment names the family; "project/{project}/jobs" belongs to jobs.
std::string tag_of(std::string_view pattern) {
  const auto segments = base::split(pattern, '/');
  if (segments.size() > 2 && segments[0] == "project") return segments[2] == "config" ? "project" : segments[2];
  return segments[0];
}

JsonArray path_parameters(std::string_view pattern) {
  JsonArray list;
  for (const std::string& segment : base::split(pattern, '/')) {
    if (!segment.starts_with('{')) continue;
    const bool rest = segment.ends_with("*}");
    JsonObject parameter{{"name", segment.substr(1, segment.size() - (rest ? 3 : 2))},
                         {"in", "path"},
                         {"required", true},
                         {"schema", schema::text()}};
    if (rest) parameter["description"] = "May hold slashes.";
    list.push_back(std::move(parameter));
  }
  return list;
}

const QueryNote& query_note(std::string_view name) {
  const auto notes = query_notes();
  const auto found = std::ranges::find(notes, name, &QueryNote::name);
  if (found == notes.end()) throw std::logic_error("no note on the parameter '" + std::string(name) + "'");
  return *found;
}

JsonObject query_parameter(const QueryNote& note) {
  JsonObject type = note.type == "array" ? schema::list(schema::text()) : JsonObject{{"type", note.type}};
  return {{"name", note.name}, {"in", "query"}, {"description", note.meaning}, {"schema", std::move(type)}};
}

// The content of one word of a note: see RouteNote.
void add_content(JsonObject& content, std::string_view word) {
  if (word == "json" || word == kJson) {
    content[kJson] = JsonObject{{"schema", JsonObject()}};
  } else if (word.find('/') != std::string_view::npos) {
    content[word] = JsonObject{{"schema", schema::text()}};
  } else if (word.starts_with('[')) {
    content[kJson] = JsonObject{{"schema", schema::list(schema::ref(word.substr(1, word.size() - 2)))}};
  } else {
    content[kJson] = JsonObject{{"schema", schema::ref(word)}};
  }
}

JsonObject answers(const RouteNote& note) {
  std::string status = "200";
  JsonObject content;
  for (const std::string& word : base::split_trimmed(note.answer, ' ')) {
    if (base::parse_int(word)) {
      status = word;
    } else {
      add_content(content, word);
    }
  }
  if (content.empty()) status = "204";
  JsonObject good{{"description", content.empty() ? "Done" : "The answer"}};
  if (!content.empty()) good["content"] = std::move(content);
  return {{status, std::move(good)}, {"default", JsonObject{{"$ref", "#/components/responses/Error"}}}};
}

std::string right_text(const Needs& needs) {
  if (*needs.action == '\0') return "Whoever is logged in; what he sees or may change depends on his rights.";
  return "Needs the action `" + std::string(needs.action) + "` on " + needs.resource + ".";
}

JsonObject operation(const Route& route) {
  JsonObject made;
  const RouteNote* note = note_of(route.method, route.pattern);
  made["operationId"] = operation_id(route);
  if (note != nullptr) made["summary"] = note->summary;
  made["description"] = right_text(route.needs) + " Since version " + std::to_string(route.since) + ".";
  made["tags"] = JsonArray{tag_of(route.pattern)};
  made["x-since"] = route.since;
  if (*route.needs.action != '\0') {
    made["x-right"] = JsonObject{{"resource", route.needs.resource}, {"action", route.needs.action}};
  }
  JsonArray parameters = path_parameters(route.pattern);
  if (note == nullptr) {
    made["parameters"] = std::move(parameters);
    made["responses"] = JsonObject{{"default", JsonObject{{"$ref", "#/components/responses/Error"}}}};
    return made;
  }
  for (const std::string& name : base::split_trimmed(note->query, ' '))
    parameters.push_back(query_parameter(query_note(name)));
  if (!parameters.empty()) made["parameters"] = std::move(parameters);
  if (!note->body.empty()) {
    JsonObject content;
    for (const std::string& word : base::split_trimmed(note->body, ' ')) add_content(content, word);
    made["requestBody"] = JsonObject{{"content", std::move(content)}};
  }
  made["responses"] = answers(*note);
  return made;
}

JsonObject components() {
  JsonObject schemas;
  for (const ShapeNote& note : shape_notes()) schemas[note.name] = note.schema;
  JsonObject error{{"description", "Why it was refused"},
                   {"content", JsonObject{{kJson, JsonObject{{"schema", schema::ref("Error")}}}}}};
  return {{"schemas", std::move(schemas)},
          {"responses", JsonObject{{"Error", std::move(error)}}},
          {"securitySchemes",
           JsonObject{{"token", JsonObject{{"type", "apiKey"}, {"in", "header"}, {"name", "X-Rundeck-Auth-Token"}}},
                      {"bearer", JsonObject{{"type", "http"}, {"scheme", "bearer"}}},
                      {"session", JsonObject{{"type", "apiKey"}, {"in", "cookie"}, {"name", "JSESSIONID"}}}}}};
}

void write_readable(std::string& out, const Json& value, std::size_t depth) {
  const auto line = [&](std::size_t indent) { out.append("\n").append(indent, ' '); };
  if (const auto* object = value.if_object(); object != nullptr && !object->empty()) {
    const char* comma = "{";
    for (const auto& [key, member] : *object) {
      out += comma;
      line(depth + 1);
      out += boost::json::serialize(Json(key)) + ": ";
      write_readable(out, member, depth + 1);
      comma = ",";
    }
    line(depth);
    out += "}";
  } else if (const auto* list = value.if_array();
             list != nullptr && std::ranges::any_of(*list, [](const Json& one) { return one.is_structured(); })) {
    const char* comma = "[";
    for (const Json& item : *list) {
      out += comma;
      line(depth + 1);
      write_readable(out, item, depth + 1);
      comma = ",";
    }
    line(depth);
    out += "]";
  } else {
    out += boost::json::serialize(value);
  }
}

}  // namespace
}  // namespace openapi

JsonObject openapi_document(std::span<const Route> routes, const OpenApiSubject& subject) {
  std::map<std::string, JsonObject> paths;  // sorted: the order of tables is no news for readers
  for (const Route& route : routes) {
    if (route.since <= subject.version) {
      paths[openapi::path_of(route.pattern)][base::lower(route.method)] = openapi::operation(route);
    }
  }
  JsonObject all;
  for (auto& [path, item] : paths) all[path] = std::move(item);
  const std::string version = std::to_string(subject.version);
  return {{"openapi", "3.1.0"},
          {"info", JsonObject{{"title", "Quarterdeck"},
                              {"version", version},
                              {"summary", "Runbook automation and job scheduling: the API, version " + version},
                              {"description", "Answers of Quarterdeck " + subject.product_version + ". Versions from " +
                                                  std::to_string(kMinimumVersion) +
                                                  " on can be asked for; shapes list what is always there."}}},
          {"servers", JsonArray{JsonObject{{"url", subject.server_url + "/api/" + version}}}},
          {"security", JsonArray{JsonObject{{"token", JsonArray()}}, JsonObject{{"bearer", JsonArray()}},
                                 JsonObject{{"session", JsonArray()}}}},
          {"paths", std::move(all)},
          {"components", openapi::components()}};
}

std::string readable_json(const Json& value) {
  std::string out;
  openapi::write_readable(out, value, 0);
  return out + "\n";
}

}  // namespace qd::api
