#include "service/option_check.hpp"

#include "base/text.hpp"
#include "codec/job_decode.hpp"
#include "model/job_rules.hpp"

namespace qd::service {
namespace {

using Complaints = std::map<std::string, std::vector<std::string>>;

Complaints complaint(const std::vector<std::string>& path, const std::string& message) {
  return {{path.empty() || base::parse_int(path.back()) ? "name" : path.back(), {message}}};
}

// A job that nothing is wrong with but for the option.
model::Job job_around(std::vector<model::Option> options, bool scheduled) {
  model::Job job;
  job.name = "job";
  model::Step step;
  step.action = model::CommandStep{"true"};
  job.workflow.steps.push_back(std::move(step));
  job.options = std::move(options);
  if (scheduled) job.schedule.emplace();
  return job;
}

bool has_scheme(const std::string& url) {
  const auto start = base::lower(url.substr(0, 8));
  return start.starts_with("http://") || start.starts_with("https://") || start.starts_with("file:");
}

}  // namespace

Complaints check_option(const JsonObject& definition, bool scheduled) {
  codec::FieldProblem problem;
  auto options = codec::read_options(JsonArray{definition}, problem);
  if (problem.found) return complaint(problem.path, problem.message);
  const auto url = options.front().values_url;
  if (!url.empty() && url.find("${") == std::string::npos && !has_scheme(url)) {
    return {{"valuesUrl", {"The URL \"" + url + "\" is not valid; write http://…, https://… or file:/…"}}};
  }
  const auto flaw = model::find_flaw(job_around(std::move(options), scheduled));
  if (flaw && !flaw->path.empty() && flaw->path.front() == "options") return complaint(flaw->path, flaw->message);
  return {};
}

}  // namespace qd::service
