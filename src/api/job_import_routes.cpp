// Import of job files, in every way a client may send one.
#include "api/answers.hpp"
#include "api/job_body.hpp"
#include "api/links.hpp"
#include "api/route.hpp"
#include "base/charset.hpp"
#include "base/text.hpp"
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

// The format of a document whose sender does not say it, by how it begins; nullopt: it is no job file.
std::optional<codec::JobFormat> format_of_text(std::string_view text) {
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  text = base::trim(text);
  if (text.starts_with('<')) return codec::JobFormat::xml;
  if (text.starts_with('[') || text.starts_with('{')) return codec::JobFormat::json;
  if (text.starts_with("- ") || text.starts_with("---")) return codec::JobFormat::yaml;
  return std::nullopt;
}

// The value of charset=… in a Content-Type, or "".
std::string charset_of_type(std::string_view content_type) {
  for (const std::string& parameter : base::split_trimmed(content_type, ';')) {
    const std::size_t equals = parameter.find('=');
    if (equals == std::string::npos || !base::iequals(base::trim(parameter.substr(0, equals)), "charset")) continue;
    return base::replace_all(base::trim(parameter.substr(equals + 1)), "\"", "");
  }
  return {};
}

// The value of encoding="…" in <?xml …?>, or "". UTF-16 does not count: text in which it can be read is not UTF-16, but
// was a string of a program that writes so.
std::string charset_of_xml(std::string_view text) {
  constexpr std::string_view kKey = "encoding";
  const std::string_view declaration = text.substr(0, std::min(text.find("?>"), std::size_t{200}));
  if (!declaration.starts_with("<?xml")) return {};
  const std::size_t key = declaration.find(kKey);
  if (key == std::string_view::npos) return {};
  const std::size_t open = declaration.find_first_of("\"'", key + kKey.size());
  if (open == std::string_view::npos) return {};
  const std::size_t close = declaration.find(declaration[open], open + 1);
  if (close == std::string_view::npos) return {};
  std::string charset(declaration.substr(open + 1, close - open - 1));
  return base::lower(charset).starts_with("utf-16") ? std::string() : charset;
}

Result<JobDocument> in_utf8(std::string text, codec::JobFormat format, std::string_view content_type) {
  std::string charset = charset_of_type(content_type);
  if (charset.empty() && format == codec::JobFormat::xml) charset = charset_of_xml(text);
  auto converted = base::to_utf8(std::move(text), charset);
  if (!converted) return fail(converted.error().kind, converted.error().message, "api.error.jobs.import.invalid");
  return JobDocument{std::move(*converted), format};
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
  if (!outcome.warnings.empty()) {
    JsonArray warnings;
    for (const std::string& warning : outcome.warnings) warnings.emplace_back(warning);
    object["warnings"] = std::move(warnings);
  }
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
  const std::string type = call.request.header_or("Content-Type", "");
  const auto refused = [&](codec::JobFormat format) { return format == codec::JobFormat::json && !json_spoken; };
  if (const auto format = format_of_body(call.request.content_type())) {
    if (refused(*format)) return unsupported_format("json");
    return in_utf8(call.request.body, *format, type);
  }
  std::string text, text_type = type;
  if (const http::Part* part = call.request.part("xmlBatch")) {
    text = part->content;
    text_type = part->content_type;
  } else if (auto field = call.query("xmlBatch")) {
    text = std::move(*field);
  } else if (format_of_text(call.request.body)) {  // the file itself, of no type that says so
    text = call.request.body;
  } else {
    return service::missing_parameter("xmlBatch");
  }
  const auto name = call.query("fileformat").value_or(call.query("format").value_or(""));
  const auto format = name.empty() ? Result<codec::JobFormat>(format_of_text(text).value_or(codec::JobFormat::xml))
                                   : codec::parse_job_format(name);
  if (!format || refused(*format)) return unsupported_format(name.empty() ? "json" : name);
  return in_utf8(std::move(text), *format, text_type);
}

const std::vector<Route>& job_import_routes() {
  static const std::vector<Route> kRoutes{
      {"POST", "project/{project}/jobs/import", 14, {"job", "create"}, import_jobs, {.most_bytes = 32 * kMiB}},
  };
  return kRoutes;
}

}  // namespace qd::api
