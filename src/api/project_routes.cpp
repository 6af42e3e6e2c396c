// Projects, their configuration, readme and message of the day.
#include "api/answers.hpp"
#include "api/links.hpp"
#include "api/route.hpp"
#include "base/charset.hpp"
#include "base/properties.hpp"
#include "service/access.hpp"
#include "service/errors.hpp"
#include "service/scm.hpp"

namespace qd::api {
namespace {

JsonObject config_json(const service::ProjectConfig& config) {
  JsonObject object;
  for (const auto& [key, value] : config) object[key] = value;
  return object;
}

JsonObject project_json(const Call& call, const model::Project& project, bool with_config) {
  JsonObject object{{"url", project_href(call.services, project.name)},
                    {"name", project.name},
                    {"description", project.description()}};
  if (call.version >= 26 && !project.label().empty()) object["label"] = project.label();
  if (call.version >= 33) object["created"] = iso8601(project.created);
  if (with_config) {
    service::ProjectConfig config = project.config;
    config["project.name"] = project.name;
    object["config"] = config_json(config);
  }
  return object;
}

Result<service::ProjectConfig> config_of(const JsonObject& object) {
  service::ProjectConfig config;
  for (const auto& [key, value] : object) {
    if (value.is_null()) continue;
    const auto text = scalar_text(value);
    if (!text) {
      return fail(ErrorKind::invalid,
                  "The configuration value of \"" + std::string(key) + "\" must be text, a number or true/false.");
    }
    config[key] = *text;
  }
  return config;
}

http::Response list_projects(Call& call) {
  JsonArray list;
  for (const model::Project& project : call.services.projects.list(call.who))
    list.push_back(project_json(call, project, false));
  return json_answer(list);
}

http::Response create_project(Call& call) {
  const auto body = call.json_body();
  if (!body) return error_answer(body.error());
  service::ProjectConfig config;
  if (const Json* given = find(*body, "config"); given && !given->is_null()) {
    if (!given->is_object())
      return error_answer(
          Error{ErrorKind::invalid, "JSON: expected 'config' to be a Map", "api.error.parameter.error"});
    auto read = config_of(given->as_object());
    if (!read) return error_answer(read.error());
    config = std::move(*read);
  }
  if (const std::string description = text_or(*body, "description"); !description.empty())
    config.try_emplace("project.description", description);
  const auto created = call.services.projects.create(call.who, text_or(*body, "name"), std::move(config));
  return answer(created,
                [&](const model::Project& project) { return json_answer(project_json(call, project, true), 201); });
}

http::Response get_project(Call& call) {
  const auto project = call.services.projects.find(call.who, call.param("project"));
  return answer(project, [&](const model::Project& found) {
    return json_answer(project_json(call, found, service::allowed(call.who, {"project", "configure", found.name})));
  });
}

http::Response delete_project(Call& call) {
  const auto removed = call.services.projects.remove(call.who, call.param("project"));
  if (removed) call.services.scm.project_is_gone();
  return answer(removed, no_content);
}

http::Response config_answer(const Call& call, const Result<service::ProjectConfig>& config) {
  return answer(config, [&](const service::ProjectConfig& found) {
    if (call.accepts("text/plain")) return text_answer(base::write_properties(found));
    return json_answer(config_json(found));
  });
}

http::Response get_config(Call& call) {
  return config_answer(call, call.services.projects.config(call.who, call.param("project")));
}

bool is_text(const Call& call) {
  return call.request.content_type().starts_with("text/") && !call.has_json_body();
}

// The body of a PUT or POST of configuration: JSON, or properties text.
Result<service::ProjectConfig> config_body(const Call& call) {
  if (is_text(call)) {
    std::string text = call.request.body;
    if (!base::valid_utf8(text)) text = base::to_utf8(std::move(text), "ISO-8859-1").value();  // as Java writes them
    const auto entries = base::parse_properties(text);
    if (!entries) return fail(ErrorKind::invalid, "The properties text is broken: " + entries.error().message);
    service::ProjectConfig config;
    for (const base::Property& entry : *entries) config[entry.key] = entry.value;
    return config;
  }
  const auto body = call.json_body();
  if (!body) return fail(body.error());
  return config_of(*body);
}

http::Response put_config(Call& call) {
  auto config = config_body(call);
  if (!config) return error_answer(config.error());
  return config_answer(call,
                       call.services.projects.replace_config(call.who, call.param("project"), std::move(*config)));
}

http::Response post_config(Call& call) {
  const auto config = config_body(call);
  if (!config) return error_answer(config.error());
  return config_answer(call, call.services.projects.merge_config(call.who, call.param("project"), *config));
}

http::Response value_answer(const Call& call, const std::string& value) {
  if (call.accepts("text/plain")) return text_answer(value);
  return json_answer(JsonObject{{"key", call.param("key")}, {"value", value}});
}

http::Response get_config_value(Call& call) {
  const auto value = call.services.projects.config_value(call.who, call.param("project"), call.param("key"));
  return answer(value, [&](const std::string& found) { return value_answer(call, found); });
}

http::Response put_config_value(Call& call) {
  std::string value = call.request.body;
  if (!is_text(call)) {
    const auto body = call.json_body();
    if (!body) return error_answer(body.error());
    const Json* given = find(*body, "value");
    if (!given) given = find(*body, call.param("key"));
    const auto text = given ? scalar_text(*given) : std::nullopt;
    if (!text) {
      return error_answer(
          Error{ErrorKind::invalid, "Invalid API Request: the JSON body must hold the new 'value'", ""});
    }
    value = *text;
  }
  const auto done = call.services.projects.set_config_value(call.who, call.param("project"), call.param("key"), value);
  return answer(done, [&] { return value_answer(call, value); });
}

http::Response delete_config_value(Call& call) {
  return answer(call.services.projects.remove_config_value(call.who, call.param("project"), call.param("key")),
                no_content);
}

http::Response file_answer(const Call& call, const std::string& content) {
  if (call.accepts("text/plain")) return text_answer(content);
  return json_answer(JsonObject{{"contents", content}});
}

http::Response get_file(Call& call, const char* path) {
  const auto content = call.services.projects.file(call.who, call.param("project"), path);
  return answer(content, [&](const std::string& found) { return file_answer(call, found); });
}

http::Response put_file(Call& call, const char* path) {
  std::string content = call.request.body;
  if (call.has_json_body()) {
    const auto body = call.json_body();
    if (!body) return error_answer(body.error());
    if (!find(*body, "contents")) return error_answer(service::missing_parameter("contents").value());
    content = text_or(*body, "contents");
  }
  const auto done = call.services.projects.put_file(call.who, call.param("project"), path, content);
  return answer(done, [&] { return file_answer(call, content); });
}

http::Response delete_file(Call& call, const char* path) {
  return answer(call.services.projects.remove_file(call.who, call.param("project"), path), no_content);
}

http::Response get_readme(Call& call) {
  return get_file(call, "readme.md");
}
http::Response put_readme(Call& call) {
  return put_file(call, "readme.md");
}
http::Response delete_readme(Call& call) {
  return delete_file(call, "readme.md");
}
http::Response get_motd(Call& call) {
  return get_file(call, "motd.md");
}
http::Response put_motd(Call& call) {
  return put_file(call, "motd.md");
}
http::Response delete_motd(Call& call) {
  return delete_file(call, "motd.md");
}

}  // namespace

const std::vector<Route>& project_routes() {
  static const std::vector<Route> kRoutes{
      {"GET", "projects", 14, kLogin, list_projects},
      {"POST", "projects", 14, {"project", "create"}, create_project},
      {"GET", "project/{project}", 14, {"project", "read"}, get_project},
      {"DELETE", "project/{project}", 14, {"project", "delete"}, delete_project},
      {"GET", "project/{project}/config", 14, {"project", "configure"}, get_config},
      {"PUT", "project/{project}/config", 14, {"project", "configure"}, put_config},
      {"POST", "project/{project}/config", 14, {"project", "configure"}, post_config},
      {"GET", "project/{project}/config/{key*}", 14, {"project", "configure"}, get_config_value},
      {"PUT", "project/{project}/config/{key*}", 14, {"project", "configure"}, put_config_value},
      {"DELETE", "project/{project}/config/{key*}", 14, {"project", "configure"}, delete_config_value},
      {"GET", "project/{project}/readme.md", 14, {"project", "read"}, get_readme},
      {"PUT", "project/{project}/readme.md", 14, {"project", "configure"}, put_readme},
      {"DELETE", "project/{project}/readme.md", 14, {"project", "configure"}, delete_readme},
      {"GET", "project/{project}/motd.md", 14, {"project", "read"}, get_motd},
      {"PUT", "project/{project}/motd.md", 14, {"project", "configure"}, put_motd},
      {"DELETE", "project/{project}/motd.md", 14, {"project", "configure"}, delete_motd},
  };
  return kRoutes;
}

}  // namespace qd::api
