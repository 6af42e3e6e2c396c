#include "api/job_json.hpp"

#include "api/links.hpp"
#include "api/parameters.hpp"
#include "base/text.hpp"
#include "service/errors.hpp"

namespace qd::api {
namespace {

constexpr std::size_t kMostIds = 10'000, kMostTags = 400;  // in one question

}  // namespace

JsonObject job_summary_json(const Call& call, const store::JobSummary& job) {
  const Services& services = call.services;
  JsonObject object{
      {"href", job_href(services, job.uuid)},
      {"id", job.uuid},
      {"scheduleEnabled", job.schedule_enabled},
      {"scheduled", job.scheduled},
      {"enabled", job.execution_enabled},
      {"permalink", job_permalink(services, job.project, job.uuid)},
      {"group", job.group.empty() ? Json(nullptr) : Json(job.group)},
      {"description", job.description},
      {"project", job.project},
      {"name", job.name},
  };
  if (services.system.member().cluster && job.scheduled) {
    object["serverNodeUUID"] = job.server_uuid;
    object["serverOwner"] = job.server_uuid == services.system.member().server_uuid;
  }
  return object;
}

store::JobSummary summary_of(const store::StoredJob& stored) {
  const model::Job& job = stored.job;
  return {job.uuid,
          job.project,
          job.name,
          job.group,
          job.description,
          job.schedule.has_value(),
          job.schedule_enabled,
          job.execution_enabled,
          stored.server_uuid,
          job.tags()};
}

void show_owner(store::JobSummary& job, const std::optional<std::string>& owner) {
  job.scheduled = owner.has_value();
  if (owner) job.server_uuid = *owner;
}

Result<store::JobQuery> job_query(const Call& call) {
  store::JobQuery query;
  query.project = call.param("project");
  if (const auto ids = call.query("idlist")) query.uuids = base::split_trimmed(*ids, ',');
  query.name_part = call.query("jobFilter");
  query.name_exact = call.query("jobExactFilter");
  query.group_part = call.query("groupPath");
  query.group_exact = call.query("groupPathExact");
  for (auto* group : {&query.group_part, &query.group_exact}) {
    if (*group) *group = std::string(without_slashes(**group));
  }
  if (const auto scheduled = call.query("scheduledFilter")) query.scheduled = base::iequals(*scheduled, "true");
  query.server_uuid = call.query("serverNodeUUIDFilter");
  query.tag = call.query("tags");
  const auto offset = call.number("offset", 0);
  const auto max = call.number("max", 0);
  if (!offset) return fail(offset.error());
  if (!max) return fail(max.error());
  query.offset = *offset;
  query.max = *max;
  if (auto fits = check_lists(query); !fits) return fail(fits.error());
  return query;
}

Result<> check_lists(const store::JobQuery& query) {
  if (auto fits = service::at_most("idlist", query.uuids.size(), kMostIds); !fits) return fits;
  return service::at_most("tags", base::split_trimmed(query.tag.value_or(""), ',').size(), kMostTags);
}

}  // namespace qd::api
