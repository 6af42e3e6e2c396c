// Import of job files, in every way a client may send one.
#include "api/answers.hpp"
#include "api/job_body.hpp"
#include "api/links.hpp"
#include "api/route.hpp"
#include "codec/job_codec.hpp"
#include "service/errors.hpp"

namespace qd::api {
namespace {

tl::unexpected<Error> unsupported_format(const std::string& name) {
  return fail(ErrorKind::unsupported_format, "The specified format is not supported: " + name,
              "api.error.jobs.import.format.unsupported");
}

std::optional<codec::JobFormat> format_of_body(const std::string& content_type) {
  if (content_type.find("yaml") != std::string::npos) return codec::JobFormat::yaml;
  if (content_type.find("xml") != std::string::npos) return codec::JobFormat::xml;
  if (content_type == "application/json" || content_type == "text/json") return codec::JobFormat::json;
  return std::nullopt;
}

Result<service::OnDuplicate> on_duplicate(const Call& call) {
  const std::string name = call.query("dupeOption").value_or("create");
  if (name == "skip") return service::OnDuplicate::skip;
  if (name == "create") return service::OnDuplicate::create;
  if (name == "update") return service::OnDuplicate::update;
  return service::bad_parameter("dupeOption", name, "it must be skip, create or update");
}

JsonObject outcome_json(const Call& call, const service::ImportOutcome& outcome) {
  const std::string& project = call.param("project");
  JsonObject object{{"index", outcome.index}};
  if (!outcome.uuid.empty() && outcome.status != service::ImportOutcome::Status::failed) {
    object["href"] = job_href(call.services, outcome.uuid);
    object["id"] = outcome.uuid;
    object["permalink"] = job_permalink(call.services, project, outcome.uuid);
  }
  if (outcome.status != service::ImportOutcome::Status::succeeded) object["error"] = outcome.error;
  object["name"] = outcome.name;
  object["group"] = outcome.group;
  object["project"] = project;
  return object;
}

http::Response import_jobs(Call& call) {
  auto document = job_document(call);
  if (!document) return error_answer(document.error());
  const auto duplicates = on_duplicate(call);
  if (!duplicates) return error_answer(duplicates.error());

  service::ImportRequest request;
  request.project = call.param("project");
  request.text = std::move(document->text);
  request.format = document->format;
  request.on_duplicate = *duplicates;
  request.remove_uuids = call.query("uuidOption") == "remove";
  request.validate_references = call.truth("validateJobref");
  const auto outcomes = call.services.jobs.import(call.who, request);
  return answer(outcomes, [&](const std::vector<service::ImportOutcome>& all) {
    JsonArray succeeded, failed, skipped;
    for (const service::ImportOutcome& outcome : all) {
      switch (outcome.status) {
        case service::ImportOutcome::Status::succeeded:
          succeeded.push_back(outcome_json(call, outcome));
          break;
        case service::ImportOutcome::Status::failed:
          failed.push_back(outcome_json(call, outcome));
          break;
        case service::ImportOutcome::Status::skipped:
          skipped.push_back(outcome_json(call, outcome));
          break;
      }
    }
    return json_answer(JsonObject{{"succeeded", succeeded}, {"failed", failed}, {"skipped", skipped}});
  });
}

}  // namespace

Result<JobDocument> job_document(const Call& call) {
  const bool json_spoken = call.version >= 44;
  if (const auto format = format_of_body(call.request.content_type())) {
    if (*format == codec::JobFormat::json && !json_spoken) return unsupported_format("json");
    return JobDocument{call.request.body, *format};
  }
  std::optional<std::string> text;
  if (const http::Part* part = call.request.part("xmlBatch")) {
    text = part->content;
  } else {
    text = call.query("xmlBatch");
  }
  if (!text) return service::missing_parameter("xmlBatch");
  const std::string name = call.query("fileformat").value_or(call.query("format").value_or("xml"));
  const auto format = codec::parse_job_format(name);
  if (!format || (*format == codec::JobFormat::json && !json_spoken)) return unsupported_format(name);
  return JobDocument{std::move(*text), *format};
}

const std::vector<Route>& job_import_routes() {
  static const std::vector<Route> kRoutes{
      {"POST", "project/{project}/jobs/import", 14, {"job", "create"}, import_jobs, {.most_bytes = 32 * kMiB}},
  };
  return kRoutes;
}

}  // namespace qd::api
