// What pages of the newer peer ask for: the jobs and groups of one level of the tree, tags with their counts, and UI
// metadata of jobs and projects.
#include <map>
#include <set>

#include "api/answers.hpp"
#include "api/job_json.hpp"
#include "api/route.hpp"
#include "api/ui_metadata.hpp"
#include "base/text.hpp"

namespace qd::api {
namespace {

constexpr int kMaxSince = 54;

// The filters of a browse: in the query, or, when posted, in a JSON body that counts where the query is silent.
Result<store::JobQuery> browse_query(const Call& call) {
  auto query = job_query(call);
  if (!query) return query;
  if (call.request.method == "POST" && !call.request.body.empty()) {
    const auto body = call.json_body();
    if (!body) return fail(body.error());
    const auto take = [&](std::optional<std::string>& into, const char* name) {
      if (!into && !text_or(*body, name).empty()) into = text_or(*body, name);
    };
    take(query->name_part, "jobFilter");
    take(query->name_exact, "jobExactFilter");
    take(query->group_part, "groupPath");
    if (query->uuids.empty()) query->uuids = base::split_trimmed(text_or(*body, "idlist"), ',');
    if (auto fits = check_lists(*query); !fits) return fail(fits.error());
  }
  if (const auto path = call.query("path")) query->group_part = *path;
  if (query->group_part == "" || query->group_part == "/") query->group_part = std::nullopt;
  query->group_exact = std::nullopt;
  if (call.version < kMaxSince) query->max = 0;
  return query;
}

JsonObject group_item(const std::string& path) {
  return {{"job", false},           {"groupPath", path}, {"jobName", nullptr},
          {"description", nullptr}, {"id", nullptr},     {"meta", nullptr}};
}

JsonObject job_item(const store::JobSummary& job, Json meta) {
  return {{"job", true},         {"groupPath", job.group.empty() ? Json(nullptr) : Json(job.group)},
          {"jobName", job.name}, {"description", job.description},
          {"id", job.uuid},      {"meta", std::move(meta)}};
}

// The group directly below `path` that `group` is in; "" when it is `path` itself.
std::string child_group(const std::string& path, const std::string& group) {
  if (group == path) return {};
  const std::size_t begin = path.empty() ? 0 : path.size() + 1;
  return group.substr(0, group.find('/', begin));
}

http::Response browse_jobs(Call& call) {
  const auto query = browse_query(call);
  if (!query) return error_answer(query.error());
  const auto breakpoint = call.number("breakpoint", 0);
  if (!breakpoint) return error_answer(breakpoint.error());
  auto jobs = call.services.jobs.list(call.who, *query);
  if (!jobs) return error_answer(jobs.error());

  const std::string path = query->group_part.value_or("");
  std::vector<store::JobSummary> here;
  std::set<std::string> groups;
  for (store::JobSummary& job : *jobs) {
    const std::string group = child_group(path, job.group);
    if (group.empty())
      here.push_back(std::move(job));
    else
      groups.insert(group);
  }
  // As documented: more results than the breakpoint come without metadata.
  std::set<std::string> wanted = wanted_metadata(call, job_metadata_names(), "");
  if (*breakpoint > 0 && here.size() + groups.size() >= *breakpoint) wanted.clear();

  auto metadata = wanted.empty() ? std::map<std::string, JsonArray>() : job_metadata(call, here, wanted);
  JsonArray items;
  for (const store::JobSummary& job : here)
    items.push_back(job_item(job, wanted.empty() ? Json(nullptr) : Json(std::move(metadata[job.uuid]))));
  for (const std::string& group : groups) items.push_back(group_item(group));
  return json_answer(JsonObject{{"path", path}, {"items", std::move(items)}});
}

http::Response query_tags(Call& call) {
  const auto query = job_query(call);
  if (!query) return error_answer(query.error());
  const auto tags = call.services.jobs.tag_counts(call.who, *query);
  return answer(tags, [](const std::map<std::string, std::int64_t>& counts) {
    JsonObject object;
    for (const auto& [tag, count] : counts) object[tag] = count;
    return json_answer(object);
  });
}

http::Response get_job_meta(Call& call) {
  const auto job = call.services.jobs.find(call.who, call.param("id"), "view");
  if (!job) return error_answer(job.error());
  auto summary = summary_of(**job);
  show_owner(summary, call.services.schedules.owner_of(summary.uuid));
  auto metadata = job_metadata(call, {summary}, wanted_metadata(call, job_metadata_names(), "*"));
  return json_answer(std::move(metadata[summary.uuid]));
}

http::Response get_project_meta(Call& call) {
  const auto wanted = wanted_metadata(call, project_metadata_names(), "*");
  const auto items = project_metadata(call, call.param("project"), wanted);
  return answer(items, [](const JsonArray& found) { return json_answer(found); });
}

}  // namespace

const std::vector<Route>& browse_routes() {
  static const std::vector<Route> kRoutes{
      {"GET", "project/{project}/jobs/browse", 46, {"job", "view"}, browse_jobs},
      {"POST", "project/{project}/jobs/browse", 46, {"job", "view"}, browse_jobs},
      {"GET", "project/{project}/jobTags/query", 46, {"job", "view"}, query_tags},
      {"GET", "project/{project}/meta", 46, {"project", "read"}, get_project_meta},
      {"GET", "job/{id}/meta", 46, {"job", "view"}, get_job_meta},
  };
  return kRoutes;
}

}  // namespace qd::api
