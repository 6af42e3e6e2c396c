// Executions as the API shows them.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "api/route.hpp"
#include "base/json.hpp"
#include "codec/execution_document.hpp"
#include "model/execution.hpp"
#include "store/execution_store.hpp"

namespace qd::api {

using codec::status_text;

// What answers tell of the jobs of executions, asked once per job and answer.
class JobFacts {
 public:
  explicit JobFacts(service::Jobs& jobs) : jobs_(jobs) {}
  const service::Jobs::Facts& of(const std::string& job_uuid);
  void know(const std::string& job_uuid, const std::string& description);  // so that it is not read again

 private:
  service::Jobs& jobs_;
  std::map<std::string, service::Jobs::Facts> known_;
};

JsonObject execution_json(const Call& call, const model::Execution& execution, JobFacts& facts);
// {paging, executions}
JsonObject page_json(const Call& call, const store::ExecutionPage& page, std::size_t offset, std::size_t max);

}  // namespace qd::api
