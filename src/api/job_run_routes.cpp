// Running a job, and running it again.
#include "api/answers.hpp"
#include "api/execution_json.hpp"
#include "api/route.hpp"
#include "api/run_options.hpp"
#include "base/text.hpp"

namespace qd::api {
namespace {

http::Response started(Call& call, const Result<service::Executions::Started>& run) {
  return answer(run, [&](const service::Executions::Started& begun) {
    JobFacts facts(call.services.jobs);
    facts.know(begun.execution.job_uuid, begun.job_description);
    return json_answer(execution_json(call, begun.execution, facts));
  });
}

http::Response run_job(Call& call) {
  auto options = run_options(call);
  if (!options) return error_answer(options.error());
  return started(call, call.services.executions.run_job(call.who, call.param("id"), std::move(*options)));
}

http::Response retry_job(Call& call) {
  auto options = run_options(call);
  if (!options) return error_answer(options.error());
  std::string failed_nodes = call.query("failedNodes").value_or("true");
  if (call.has_json_body()) {
    if (const auto body = call.json_body()) failed_nodes = text_or(*body, "failedNodes", failed_nodes);
  }
  return started(call, call.services.executions.retry(call.who, call.param("id"), call.param("execution"),
                                                      std::move(*options), !base::iequals(failed_nodes, "false")));
}

}  // namespace

const std::vector<Route>& job_run_routes() {
  static const std::vector<Route> kRoutes{
      {"POST", "job/{id}/run", 14, {"job", "run"}, run_job},
      {"POST", "job/{id}/executions", 14, {"job", "run"}, run_job},
      {"POST", "job/{id}/retry/{execution}", 24, {"job", "run"}, retry_job},
  };
  return kRoutes;
}

}  // namespace qd::api
