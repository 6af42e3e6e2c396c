#include "api/execution_json.hpp"

#include "api/links.hpp"

namespace qd::api {

const service::Jobs::Facts& JobFacts::of(const std::string& job_uuid) {
  const auto found = known_.find(job_uuid);
  if (found != known_.end()) return found->second;
  return known_[job_uuid] = jobs_.facts(job_uuid);
}

void JobFacts::know(const std::string& job_uuid, const std::string& description) {
  known_[job_uuid] = {description, jobs_.average_duration(job_uuid)};
}

JsonObject execution_json(const Call& call, const model::Execution& execution, JobFacts& facts) {
  const Services& services = call.services;
  codec::ExecutionFacts known{services.server_url, api_url(services, ""), {}, {}, {}};
  if (!execution.job_uuid.empty()) {
    const service::Jobs::Facts& job = facts.of(execution.job_uuid);
    known.average_duration = job.average_duration;
    known.job_description = job.description;
  }
  if (execution.retried_as) {
    if (const auto next = services.executions.current(*execution.retried_as)) {
      known.retry_status = status_text(*next);
    }
  }
  return codec::execution_document(execution, known);
}

JsonObject page_json(const Call& call, const store::ExecutionPage& page, std::size_t offset, std::size_t max) {
  JobFacts facts(call.services.jobs);
  JsonArray list;
  for (const model::Execution& execution : page.executions) list.push_back(execution_json(call, execution, facts));
  return {{"paging",
           JsonObject{{"count", page.executions.size()}, {"total", page.total}, {"offset", offset}, {"max", max}}},
          {"executions", std::move(list)}};
}

}  // namespace qd::api
