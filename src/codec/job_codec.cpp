#include "codec/job_codec.hpp"

#include <cmath>
#include <cstdlib>

#include "base/text.hpp"
#include "codec/job_decode.hpp"
#include "codec/job_source.hpp"
#include "codec/json_text.hpp"
#include "codec/yaml.hpp"
#include "model/job_rules.hpp"

namespace qd::codec {
namespace {

// Texts that no database takes are refused; numbers are brought to the precision that survives every format.
class Tidier {
 public:
  explicit Tidier(FieldProblem& problem) : problem_(problem) {}

  void tidy(Json& value) {
    if (JsonObject* object = value.if_object()) {
      for (auto& entry : *object) {
        path_.emplace_back(entry.key());
        check({entry.key().data(), entry.key().size()});
        tidy(entry.value());
        path_.pop_back();
      }
    } else if (JsonArray* array = value.if_array()) {
      for (std::size_t i = 0; i < array->size(); ++i) {
        path_.push_back(std::to_string(i));
        tidy((*array)[i]);
        path_.pop_back();
      }
    } else if (const auto* text = value.if_string()) {
      check({text->data(), text->size()});
    } else if (double* number = value.if_double()) {
      tidy_number(*number);
    }
  }

 private:
  void check(std::string_view text) {
    if (text.find('\0') == std::string_view::npos) return;
    problem_.report(path_, "'" + (path_.empty() ? "" : base::replace_all(path_.back(), std::string(1, '\0'), "\\0")) +
                               "' holds a NUL character");
  }

  void tidy_number(double& number) {
    constexpr double smallest = 1e-300;
    constexpr double largest = 1e300;
    const double size = std::abs(number);
    if (size != 0 && !(size > smallest && size < largest)) {
      problem_.report(path_, "'" + (path_.empty() ? "" : path_.back()) + "' is a number out of range");
      return;
    }
    number = std::strtod(number_text(number).c_str(), nullptr);
  }

  FieldProblem& problem_;
  FieldPath path_;
};

std::string scalar_of(const Json& document, std::string_view key) {
  const Json* value = find(document, key);
  return value ? plain_text(*value).value_or("") : "";
}

Result<model::Job> decode_document(const Json& document, FieldProblem& problem) {
  if (!document.is_object()) problem.report({}, "a job must be a map, not " + shown(document));
  model::Job job;
  if (!problem.found) job = read_job(document.get_object(), problem);
  if (problem.found) return fail(ErrorKind::invalid, problem.message + ".");
  return job;
}

DecodedJob decode_entry(JobSource& source, std::size_t index) {
  JobSource::Entry& entry = source.entries[index];
  const FieldPath start{std::to_string(index)};
  DecodedJob decoded{source.line_of(start), scalar_of(entry.document, "name"), scalar_of(entry.document, "group"), {}};
  Tidier(entry.problem).tidy(entry.document);
  decoded.job = decode_document(entry.document, entry.problem);
  FieldProblem& problem = entry.problem;
  if (decoded.job) {
    decoded.name = decoded.job->name;
    decoded.group = decoded.job->group;
    if (auto flaw = model::find_flaw(*decoded.job)) problem.report(flaw->path, flaw->message);
  }
  entry.document = nullptr;
  decoded.ignored = std::move(problem.ignored);
  if (!problem.found) return decoded;
  FieldPath path = start;
  path.insert(path.end(), problem.path.begin(), problem.path.end());
  const std::string name = decoded.name.empty() ? "" : " (\"" + decoded.name + "\")";
  decoded.job = fail(ErrorKind::invalid, "job " + std::to_string(index + 1) + name + " line " +
                                             std::to_string(source.line_of(path)) + ": " + problem.message);
  return decoded;
}

Result<JobSource> open_source(std::string_view text, JobFormat format, const DecodeLimits& limits) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);  // byte order mark
  switch (format) {
    case JobFormat::xml:
      return open_xml_source(text, limits);
    case JobFormat::yaml:
      return open_yaml_source(text, limits);
    case JobFormat::json:
      break;
  }
  return open_json_source(text, limits);
}

}  // namespace

Result<JobFormat> parse_job_format(std::string_view name) {
  const std::string word = base::lower(name);
  if (word == "xml") return JobFormat::xml;
  if (word == "yaml" || word == "yml") return JobFormat::yaml;
  if (word == "json") return JobFormat::json;
  return fail(ErrorKind::unsupported_format,
              "The format \"" + std::string(name) + "\" is not known; use xml, yaml or json.");
}

Result<std::vector<DecodedJob>> decode_jobs(std::string_view text, JobFormat format, const DecodeLimits& limits) {
  auto source = open_source(text, format, limits);
  if (!source) return fail(source.error());
  std::vector<DecodedJob> decoded;
  decoded.reserve(source->entries.size());
  for (std::size_t i = 0; i < source->entries.size(); ++i) decoded.push_back(decode_entry(*source, i));
  return decoded;
}

std::string encode_jobs(const std::vector<model::Job>& jobs, JobFormat format) {
  if (format == JobFormat::xml) {
    std::vector<JsonObject> documents;
    documents.reserve(jobs.size());
    for (const model::Job& job : jobs) documents.push_back(with_sorted_keys(job_to_json(job)).as_object());
    return write_job_xml(documents);
  }
  JsonArray documents;
  documents.reserve(jobs.size());
  for (const model::Job& job : jobs) documents.push_back(with_sorted_keys(job_to_json(job)));
  return format == JobFormat::yaml ? write_yaml(documents) : write_json_pretty(documents);
}

Result<model::Job> job_from_json(const Json& value) {
  FieldProblem problem;
  return decode_document(value, problem);
}

}  // namespace qd::codec
