#include "api/execution_query.hpp"

#include <tuple>

#include "api/parameters.hpp"
#include "base/text.hpp"
#include "service/errors.hpp"

namespace qd::api {
namespace {

constexpr std::size_t kMaxPage = 10'000;
constexpr std::size_t kMostJobs = 5'000, kMostPaths = 400;  // in one question

Result<std::optional<UnixMillis>> relative_parameter(const Call& call, const char* name) {
  const auto text = call.query(name);
  if (!text) return std::optional<UnixMillis>();
  const auto past = relative_time(*text);
  if (!past) {
    return fail(ErrorKind::invalid,
                "The parameter \"" + std::string(name) + "\" did not have a valid relative date format: " + *text +
                    ", expected \"#\" followed by \"d/h/m/w/y\"",
                "api.error.history.date-relative-format");
  }
  return std::optional<UnixMillis>(call.services.clock.now() - past->count());
}

std::string group_or_dash(const std::optional<std::string>& group) {
  return std::string(without_slashes(group.value_or("")));
}

// Whoever asks for some jobs does not ask for ad-hoc executions.
bool filters_jobs(const store::ExecutionQuery& query) {
  return !query.job_uuids.empty() || !query.job_paths.empty() || !query.group_part.empty() ||
         !query.group_exact.empty() || !query.job_part.empty() || !query.job_exact.empty();
}

Result<> check_lists(const store::ExecutionQuery& query) {
  const std::tuple<const char*, std::size_t, std::size_t> lists[] = {
      {"jobIdListFilter", query.job_uuids.size(), kMostJobs},
      {"excludeJobIdListFilter", query.exclude_job_uuids.size(), kMostJobs},
      {"jobListFilter", query.job_paths.size(), kMostPaths},
      {"excludeJobListFilter", query.exclude_job_paths.size(), kMostPaths}};
  for (const auto& [name, size, most] : lists) {
    if (auto fits = service::at_most(name, size, most); !fits) return fits;
  }
  return {};
}

Result<> read_dates(const Call& call, store::ExecutionQuery& query) {
  const auto recent = relative_parameter(call, "recentFilter");
  if (!recent) return fail(recent.error());
  const auto older = relative_parameter(call, "olderFilter");
  if (!older) return fail(older.error());
  const auto begin = date_parameter(call, "begin");
  if (!begin) return fail(begin.error());
  const auto end = date_parameter(call, "end");
  if (!end) return fail(end.error());
  query.ended_after = *recent ? *recent : *begin;
  query.ended_before = *older ? *older : *end;
  return {};
}

}  // namespace

Result<store::ExecutionQuery> execution_query(const Call& call) {
  store::ExecutionQuery query;
  query.project = call.param("project");
  if (const auto status = call.query("statusFilter")) query.statuses = base::split_trimmed(*status, ',');
  query.user = call.query("userFilter").value_or("");
  query.aborted_by = call.query("abortedbyFilter").value_or("");
  query.job_uuids = call.request.parameters("jobIdListFilter");
  if (const auto id = call.query("jobIdFilter")) query.job_uuids.push_back(*id);
  query.exclude_job_uuids = call.request.parameters("excludeJobIdListFilter");
  query.job_paths = call.request.parameters("jobListFilter");
  query.exclude_job_paths = call.request.parameters("excludeJobListFilter");
  query.group_part = group_or_dash(call.query("groupPath"));
  query.group_exact = group_or_dash(call.query("groupPathExact"));
  query.exclude_group_part = group_or_dash(call.query("excludeGroupPath"));
  query.exclude_group_exact = group_or_dash(call.query("excludeGroupPathExact"));
  query.job_part = call.query("jobFilter").value_or("");
  query.job_exact = call.query("jobExactFilter").value_or("");
  query.exclude_job_part = call.query("excludeJobFilter").value_or("");
  query.exclude_job_exact = call.query("excludeJobExactFilter").value_or("");
  query.type = call.query("executionTypeFilter").value_or("");
  if (const auto ad_hoc = call.query("adhoc")) {
    query.ad_hoc = base::iequals(*ad_hoc, "true");
  } else if (filters_jobs(query)) {
    query.ad_hoc = false;
  }
  if (auto fits = check_lists(query); !fits) return fail(fits.error());
  if (auto dates = read_dates(call, query); !dates) return fail(dates.error());
  const auto page = page_parameters(call, 20, kMaxPage);
  if (!page) return fail(page.error());
  query.offset = page->offset;
  query.max = page->max;
  return query;
}

}  // namespace qd::api
