#include "service/option_values.hpp"

#include <algorithm>

#include "service/access.hpp"
#include "service/errors.hpp"

namespace qd::service {

Result<OptionChoices> OptionValues::choices(const auth::Identity& who, const std::string& job_uuid,
                                            const std::string& option_name, const model::OptionValues& chosen) {
  const StoredJobPtr stored = jobs_.find(job_uuid);
  if (!stored) return no_such("Job ID", job_uuid);
  const model::Job& job = stored->job;
  if (auto right = require(who, job_decision(job, "run"), "Job ID", job_uuid); !right) return fail(right.error());
  const auto option = std::ranges::find(job.options, option_name, &model::Option::name);
  if (option == job.options.end()) return no_such("Job option", option_name);
  OptionChoices choices;
  if (!engine::RemoteOptions::gives_values(*option)) {
    for (const auto& value : option->values) choices.values.push_back({value, value, false});
    return choices;
  }
  choices.remote = true;
  choices.depends_on = model::url_dependencies(option->values_url);
  const auto project = projects_.find(job.project);
  auto values =
      remote_.values(job, *option, chosen, {who.user, who.roles}, project ? project->config : model::OptionValues());
  if (!values) return fail(values.error().kind, values.error().message, "api.error.option.values.failure");
  choices.values = std::move(*values);
  return choices;
}

}  // namespace qd::service
