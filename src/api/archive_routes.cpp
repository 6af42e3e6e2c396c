// Project archives: export and import, at once and in the background.
#include <set>

#include "api/answers.hpp"
#include "api/file_answer.hpp"
#include "api/route.hpp"
#include "base/text.hpp"
#include "service/errors.hpp"

namespace qd::api {
namespace {

constexpr const char* kZip = "application/zip";
constexpr std::string_view kWebhooks = "webhooks";
constexpr std::size_t kMostExecutionIds = 100'000;

// A flag of the query or form; nullopt when it is not given.
std::optional<bool> flag(const Call& call, const std::string& name) {
  const auto text = call.query(name);
  if (!text) return std::nullopt;
  return base::iequals(*text, "true") || *text == "on";
}

// Parameters "PREFIX.NAME" that are true, and "PREFIX.NAME.KEY" with their values.
struct NamedParts {
  std::set<std::string> components;
  std::map<std::string, service::ComponentOptions> options;
};

NamedParts named_parts(const Call& call, std::string_view components, std::string_view options) {
  NamedParts parts;
  const auto look = [&](const std::vector<std::pair<std::string, std::string>>& parameters) {
    for (const auto& [name, value] : parameters) {
      if (name.starts_with(components) && base::iequals(value, "true"))
        parts.components.insert(name.substr(components.size()));
      if (!name.starts_with(options)) continue;
      const auto rest = name.substr(options.size());
      const auto dot = rest.find('.');
      if (dot != std::string::npos) parts.options[rest.substr(0, dot)][rest.substr(dot + 1)] = value;
    }
  };
  look(call.request.query);
  look(call.request.form);
  return parts;
}

std::string download_name(const std::string& project, UnixMillis time) {
  std::string stamp;
  for (const char c : iso8601(time)) {
    if (c >= '0' && c <= '9') stamp += c;
    if (c == 'T') stamp += '-';
  }
  return project + "-" + stamp + ".rdproject.jar";
}

// ---- exports ----

Result<std::vector<model::ExecutionId>> execution_ids(const Call& call) {
  std::vector<model::ExecutionId> ids;
  for (const auto& list : call.request.parameters("executionIds")) {
    for (const auto& text : base::split_trimmed(list, ',')) {
      const auto id = base::parse_int(text);
      if (!id || *id <= 0) return service::bad_parameter("executionIds", text, "it must be a list of execution IDs");
      ids.push_back(*id);
      if (ids.size() > kMostExecutionIds)
        return service::bad_parameter("executionIds", "…", "there are more than " + std::to_string(kMostExecutionIds));
    }
  }
  return ids;
}

// Without any of the export… flags, everything. Versions before 19 know no flags.
Result<service::ExportRequest> export_request(const Call& call) {
  service::ExportRequest request;
  auto ids = execution_ids(call);
  if (!ids) return fail(ids.error());
  request.only_executions = !ids->empty();
  request.execution_ids = std::move(*ids);
  if (request.only_executions) return request;
  auto parts = named_parts(call, "exportComponents.", "exportOpts.");
  bool chosen = !parts.components.empty();
  const auto part = [&](const char* name) {
    const auto wanted = flag(call, name);
    chosen = chosen || wanted.has_value();
    return wanted.value_or(false);
  };
  request.all = part("exportAll");
  request.jobs = part("exportJobs");
  request.executions = part("exportExecutions");
  request.configs = part("exportConfigs");
  request.readmes = part("exportReadmes");
  request.acls = part("exportAcls");
  request.scm = call.version >= 28 && part("exportScm");
  if (call.version >= 34) {
    if (part("exportWebhooks")) parts.components.insert(std::string(kWebhooks));
    auto& options = parts.options[std::string(kWebhooks)];
    if (const auto tokens = call.query("whkIncludeAuthTokens")) options["inludeAuthTokens"] = *tokens;  // so spelt
    if (const auto uuids = call.query("whkRegenUuid")) options["regenUuid"] = *uuids;
  }
  if (call.version < 19 || !chosen) request.all = true;
  request.components = std::move(parts.components);
  request.component_options = std::move(parts.options);
  return request;
}

JsonObject export_json(const store::ArchiveTask& task) {
  return {{"token", task.token}, {"ready", task.state == "done"}, {"percentage", task.percent}};
}

http::Response begin_export(Call& call) {
  const auto request = export_request(call);
  if (!request) return error_answer(request.error());
  return answer(call.services.archives.begin_export(call.who, call.param("project"), *request),
                [](const store::ArchiveTask& task) { return json_answer(export_json(task)); });
}

http::Response export_project(Call& call) {
  if (call.version >= 19 && flag(call, "async").value_or(false)) return begin_export(call);
  const auto request = export_request(call);
  if (!request) return error_answer(request.error());
  const auto& project = call.param("project");
  const auto file = call.services.archives.export_now(call.who, project, *request);
  return answer(file, [&](const std::shared_ptr<service::TemporaryFile>& archive) {
    return download_answer(call.services.workers, {.content_type = kZip,
                                                   .file_name = download_name(project, call.services.clock.now()),
                                                   .size = archive->size(),
                                                   .read = [archive](std::uint64_t offset, std::size_t most) {
                                                     return archive->read(offset, most);
                                                   }});
  });
}

http::Response export_failed(const store::ArchiveTask& task) {
  return error_answer(500, "api.error.project.archive.failure",
                      "Project export request " + task.token + " failed: " + task.message);
}

http::Response export_status(Call& call) {
  const auto task = call.services.archives.export_task(call.who, call.param("project"), call.param("token"));
  return answer(task, [](const store::ArchiveTask& found) {
    return found.state == "failed" ? export_failed(found) : json_answer(export_json(found));
  });
}

http::Response export_download(Call& call) {
  auto& archives = call.services.archives;
  const auto task = archives.export_task(call.who, call.param("project"), call.param("token"));
  return answer(task, [&](const store::ArchiveTask& found) {
    if (found.state == "failed") return export_failed(found);
    if (found.state != "done") return error_answer(service::no_such("Export File for Token", found.token).value());
    // Before the answer begins, so that a file that is gone is an error that the client sees.
    if (const auto there = archives.read(found, 0, 1); !there) return error_answer(there.error());
    return download_answer(call.services.workers, {.content_type = kZip,
                                                   .file_name = download_name(found.project, found.created),
                                                   .size = static_cast<std::uint64_t>(found.bytes),
                                                   .read = [&archives, found](std::uint64_t offset, std::size_t most) {
                                                     return archives.read(found, offset, most);
                                                   }});
  });
}

// ---- imports ----

Result<service::ProjectImportRequest> import_request(const Call& call) {
  service::ProjectImportRequest request;
  request.project = call.param("project");
  const auto uuids = call.query("jobUuidOption").value_or("preserve");
  if (uuids != "preserve" && uuids != "remove")
    return service::bad_parameter("jobUuidOption", uuids, "it must be preserve or remove");
  request.remove_uuids = uuids == "remove";
  request.validate_references = call.truth("validateJobref");
  request.executions = flag(call, "importExecutions").value_or(true);
  request.config = call.truth("importConfig");
  // Older versions import the sources with the rest of the configuration.
  request.node_sources = call.version <= 38 ? request.config : call.truth("importNodesSources");
  request.policies = call.truth("importACL");
  request.scm = call.version >= 28 && call.truth("importScm");
  auto parts = named_parts(call, "importComponents.", "importOpts.");
  if (call.version >= 34 && call.truth("importWebhooks")) {
    parts.components.insert(std::string(kWebhooks));
    auto& options = parts.options[std::string(kWebhooks)];
    if (const auto tokens = call.query("whkRegenAuthTokens")) options["regenAuthTokens"] = *tokens;
    if (const auto ids = call.query("whkRegenUuid")) options["regenUuid"] = *ids;
  }
  request.components = std::move(parts.components);
  request.component_options = std::move(parts.options);
  return request;
}

JsonObject outcome_json(const Call& call, const service::ProjectImportOutcome& outcome) {
  JsonObject object{{"import_status", outcome.successful() ? "successful" : "failed"},
                    {"successful", outcome.successful()}};
  const auto list = [&](const char* name, const std::vector<std::string>& errors) {
    if (errors.empty()) return;
    JsonArray texts;
    for (const auto& error : errors) texts.emplace_back(error);
    object[name] = std::move(texts);
  };
  list("errors", outcome.job_errors);
  list("execution_errors", outcome.execution_errors);
  list("acl_errors", outcome.policy_errors);
  list("scm_errors", outcome.scm_errors);
  if (call.version > 34) list("other_errors", outcome.other_errors);
  return object;
}

bool is_zip(const http::Request& request) {
  static const std::set<std::string> known{"", kZip, "application/x-zip-compressed", "application/java-archive",
                                           "application/octet-stream"};
  return known.contains(request.content_type());
}

http::Response import_project(Call& call) {
  if (!is_zip(call.request)) {
    return error_answer(415, "api.error.invalid.request", "Format not allowed: " + call.request.content_type());
  }
  const auto request = import_request(call);
  if (!request) return error_answer(request.error());
  const auto body = call.upload;
  if (!body) return error_answer(400, "api.error.invalid.request", "Invalid API Request: No content");
  if (flag(call, "asyncImport").value_or(false)) {
    return answer(call.services.archives.begin_import(call.who, *request, body->path(), body), [] {
      return json_answer(JsonObject{{"import_status", "successful"}, {"successful", true}});
    });
  }
  const auto outcome = call.services.archives.import_now(call.who, *request, body->path());
  return answer(outcome,
                [&](const service::ProjectImportOutcome& found) { return json_answer(outcome_json(call, found)); });
}

// What the peer tells, and beside it what programs can read: whether it is done, how far it is, all errors by kind.
http::Response import_status(Call& call) {
  const auto task = call.services.archives.import_task(call.who, call.param("project"));
  return answer(task, [](const store::ArchiveTask& found) {
    const bool running = found.state == "running";
    std::string update = found.message;
    if (found.state == "done") update = "All Executions uploaded, async import ended. Please check the target project.";
    JsonObject details;
    if (auto kept = parse_json(found.errors); kept && kept->is_object()) details = kept->get_object();
    std::vector<std::string> errors;
    if (found.state == "failed") errors.push_back(found.message);
    for (const auto& kind : details) {
      for (const Json& error : kind.value().as_array()) errors.push_back(scalar_text(error).value_or(""));
    }
    return json_answer(JsonObject{{"lastUpdate", update},
                                  {"lastUpdated", iso8601(found.updated)},
                                  {"errors", errors.empty() ? "No errors." : base::join(errors, ", ")},
                                  {"completed", !running},
                                  {"successful", found.state == "done"},
                                  {"percentage", found.percent},
                                  {"details", std::move(details)}});
  });
}

}  // namespace

const std::vector<Route>& archive_routes() {
  static const std::vector<Route> kRoutes{
      {"GET", "project/{project}/export", 14, {"project", "export"}, export_project},
      {"POST", "project/{project}/export", 14, {"project", "export"}, export_project},
      {"GET", "project/{project}/export/async", 19, {"project", "export"}, begin_export},
      {"POST", "project/{project}/export/async", 19, {"project", "export"}, begin_export},
      {"GET", "project/{project}/export/status/{token}", 19, {"project", "export"}, export_status},
      {"GET", "project/{project}/export/download/{token}", 19, {"project", "export"}, export_download},
      {"PUT", "project/{project}/import", 14, {"project", "import"}, import_project},
      {"GET", "project/{project}/import/status", 14, {"project", "import"}, import_status},
  };
  return kRoutes;
}

}  // namespace qd::api
