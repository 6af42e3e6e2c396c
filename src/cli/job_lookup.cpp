#include "cli/job_lookup.hpp"

#include "base/text.hpp"
#include "cli/view.hpp"

namespace qd::cli {
namespace {

constexpr std::size_t kMaxListedJobs = 10;

Error not_one_job(const std::string& path, const std::string& project, const std::vector<JsonObject>& jobs) {
  if (jobs.empty()) {
    return {
        ErrorKind::not_found,
        "Project " + project + " has no job \"" + path + "\" that you may see. List them: qd jobs list -p " + project,
        {}};
  }
  std::string message =
      std::to_string(jobs.size()) + " jobs of project " + project + " match \"" + path + "\"; choose one by -i ID:";
  for (std::size_t i = 0; i < jobs.size() && i < kMaxListedJobs; ++i) message += "\n* " + job_line(jobs[i]);
  return {ErrorKind::conflict, message, {}};
}

}  // namespace

std::pair<std::string, std::string> split_job_path(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return {"", path};
  std::string group(base::trim(path.substr(0, slash)));
  while (group.starts_with('/')) group.erase(0, 1);
  return {group, path.substr(slash + 1)};
}

Result<std::string> find_job_id(const Context& context) {
  if (context.args.has("id")) return context.args.text("id");
  if (!context.args.has("job")) return fail(ErrorKind::invalid, "Which job? Use -j GROUP/NAME or -i ID.");
  auto project = context.project();
  if (!project) return project;
  const std::string path = context.args.text("job");
  const auto [group, name] = split_job_path(path);
  auto found =
      context.api.get(api_path({"project", *project, "jobs"}), {{"jobExactFilter", name}, {"groupPathExact", group}});
  if (!found) return fail(found.error());
  std::vector<JsonObject> jobs = views(&*found, job_view);
  if (jobs.size() > 1 && group.empty()) {  // a bare name means the job at the top level, if there is one
    std::vector<JsonObject> top;
    for (const JsonObject& job : jobs) {
      if (text_or(job, "group").empty()) top.push_back(job);
    }
    if (top.size() == 1) jobs = top;
  }
  if (jobs.size() != 1) return fail(not_one_job(path, *project, jobs));
  if (!context.args.has("outformat")) context.out.note("Found matching job: " + job_line(jobs.front()));
  return text_or(jobs.front(), "id");
}

Query job_filter_query(const Arguments& args) {
  if (args.has("idlist")) return {{"idlist", base::join(args.comma_list("idlist"), ",")}};
  return {{"jobFilter", args.text("job")},
          {"groupPath", args.text("group")},
          {"jobExactFilter", args.text("jobxact")},
          {"groupPathExact", args.text("groupxact")}};
}

Result<std::vector<std::string>> find_job_ids(const Context& context) {
  if (context.args.has("idlist")) return context.args.comma_list("idlist");
  const Query query = job_filter_query(context.args);
  bool any = false;
  for (const auto& [name, value] : query) any = any || !value.empty();
  if (!any) return fail(ErrorKind::invalid, "Which jobs? Use -i ID,... or filters: -j, -g, -J, -G.");
  auto project = context.project();
  if (!project) return fail(project.error());
  auto found = context.api.get(api_path({"project", *project, "jobs"}), query);
  if (!found) return fail(found.error());
  std::vector<std::string> ids;
  for (const JsonObject& job : views(&*found, job_view)) ids.push_back(text_or(job, "id"));
  return ids;
}

}  // namespace qd::cli
