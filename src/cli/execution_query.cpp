#include "cli/execution_query.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "cli/view.hpp"

namespace qd::cli {
namespace {

std::int64_t paging_number(const Json* paging, std::string_view key, std::int64_t fallback) {
  if (paging == nullptr || !paging->is_object()) return fallback;
  return base::parse_int(text_or(paging->get_object(), key)).value_or(fallback);
}

}  // namespace

Options execution_filter_options() {
  const std::string age = "a number with s, n (minutes), h, d, w, m (months) or y.";
  return {project_option(),
          text("-d,--recent", "AGE", "Ended within this time: " + age),
          text("-O,--older", "AGE", "Ended longer ago than this: " + age),
          text("-s,--status", "STATUS", "running, succeeded, failed, aborted, timedout, or a status of its own."),
          text("-u,--user", "USER", "Started by this user."),
          flag("-A,--adhoconly", "Ad-hoc commands only."),
          flag("-J,--jobonly", "Jobs only."),
          list("-j,--jobs", "GROUP/NAME...", "Of these jobs."),
          list("-x,--xjobids", "ID...", "Not of the jobs with these identifiers."),
          list("-X,--xjobs", "GROUP/NAME...", "Not of these jobs."),
          text("-g,--group", "GROUP", "Of jobs in this group and its sub-groups; \"-\" is the top level."),
          text("--xgroup", "GROUP", "Not of jobs in this group and its sub-groups."),
          text("-G,--groupexact", "GROUP", "Of jobs in exactly this group."),
          text("--xgroupexact", "GROUP", "Not of jobs in exactly this group."),
          text("-n,--name", "TEXT", "Of jobs whose name contains this."),
          text("--xname", "TEXT", "Not of jobs whose name contains this."),
          text("-N,--nameexact", "NAME", "Of jobs with exactly this name."),
          text("--xnameexact", "NAME", "Not of jobs with exactly this name.")};
}

Query execution_filter(const Arguments& args) {
  Query query{{"recentFilter", args.text("recent")},
              {"olderFilter", args.text("older")},
              {"statusFilter", args.text("status")},
              {"userFilter", args.text("user")},
              {"adhoc", args.has("adhoconly") ? "true"
                        : args.has("jobonly") ? "false"
                                              : ""},
              {"groupPath", args.text("group")},
              {"excludeGroupPath", args.text("xgroup")},
              {"groupPathExact", args.text("groupexact")},
              {"excludeGroupPathExact", args.text("xgroupexact")},
              {"jobFilter", args.text("name")},
              {"excludeJobFilter", args.text("xname")},
              {"jobExactFilter", args.text("nameexact")},
              {"excludeJobExactFilter", args.text("xnameexact")}};
  const std::pair<const char*, const char*> lists[] = {{"jobids", "jobIdListFilter"},
                                                       {"xjobids", "excludeJobIdListFilter"},
                                                       {"jobs", "jobListFilter"},
                                                       {"xjobs", "excludeJobListFilter"}};
  for (const auto& [key, parameter] : lists) {
    for (const std::string& value : args.list(key)) query.emplace_back(parameter, value);
  }
  return query;
}

std::string ExecutionPage::text() const {
  const std::int64_t size = std::max<std::int64_t>(max, 1);
  const std::int64_t page = offset / size + (offset % size > 0 ? 1 : 0) + 1;
  const std::int64_t pages = std::max<std::int64_t>(total / size + (total % size > 0 ? 1 : 0), 1);
  return "Page [" + std::to_string(page) + "/" + std::to_string(pages) + "] results " +
         std::to_string(std::min(offset + 1, total)) + " - " + std::to_string(offset + count) + " (of " +
         std::to_string(total) + " by " + std::to_string(max) + ")";
}

Result<ExecutionPage> fetch_executions(const Context& context, const std::string& path, Query filter, std::int64_t max,
                                       std::int64_t offset) {
  filter.emplace_back("max", std::to_string(max));
  filter.emplace_back("offset", std::to_string(offset));
  auto answer = context.api.get(path, filter);
  if (!answer) return fail(answer.error());
  ExecutionPage page;
  page.executions = views(find(*answer, "executions"), [&](const Json& execution) {
    return execution_view(execution, context.settings.date_format);
  });
  const Json* paging = find(*answer, "paging");
  page.count = paging_number(paging, "count", static_cast<std::int64_t>(page.executions.size()));
  page.total = paging_number(paging, "total", page.count);
  page.max = paging_number(paging, "max", max);
  page.offset = paging_number(paging, "offset", offset);
  return page;
}

}  // namespace qd::cli
