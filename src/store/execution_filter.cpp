#include "store/execution_filter.hpp"

#include <algorithm>

#include "codec/execution_codec.hpp"
#include "store/execution_row.hpp"

namespace qd::store {
namespace {

Condition is_job_path(const std::string& path) {
  const auto slash = path.rfind('/');
  const auto name = slash == std::string::npos ? path : path.substr(slash + 1);
  auto group = slash == std::string::npos ? std::string() : path.substr(0, slash);
  if (group.starts_with('/')) group.erase(0, 1);
  return {"(job_name = ? AND job_group = ?)", {name, group}};
}

Condition is_one_of_paths(const std::vector<std::string>& paths) {
  std::vector<Condition> conditions;
  conditions.reserve(paths.size());
  for (const auto& path : paths) conditions.push_back(is_job_path(path));
  return any_of(conditions);
}

std::string group_or_top(const std::string& group) {
  return group == "-" ? "" : group;
}

Condition in_group(const std::string& group) {
  return group == "-" ? equals("job_group", "") : in_group_tree("job_group", group);
}

void add_status_conditions(Conditions& conditions, Dialect dialect, const ExecutionQuery& query) {
  if (query.running_only) conditions.add("active = 1 AND status = 'running'");
  if (query.finished_only) conditions.add("ended_ms IS NOT NULL");
  if (query.statuses.empty()) return;
  // Says nothing new, but lets the partial indexes be used.
  if (std::all_of(query.statuses.begin(), query.statuses.end(), is_active)) {
    conditions.add("active = 1");
  } else if (dialect != Dialect::mariadb && std::none_of(query.statuses.begin(), query.statuses.end(), is_active)) {
    conditions.add("active IS NULL");
  }
  conditions.add(query.statuses.size() == 1 ? equals("status", query.statuses.front())
                                            : is_one_of("status", query.statuses));
}

void add_job_conditions(Conditions& conditions, Dialect dialect, const ExecutionQuery& query) {
  if (query.job_uuids.size() == 1) {
    conditions.add(equals("job_uuid", query.job_uuids.front()));
  } else if (!query.job_uuids.empty()) {
    conditions.add(is_one_of("job_uuid", query.job_uuids));
  }
  if (!query.job_paths.empty()) conditions.add(is_one_of_paths(query.job_paths));
  if (!query.group_part.empty() && query.group_part != "*") conditions.add(in_group(query.group_part));
  if (!query.group_exact.empty()) conditions.add(equals("job_group", group_or_top(query.group_exact)));
  if (!query.job_part.empty()) conditions.add(contains_any_case(dialect, "job_name", query.job_part));
  if (!query.job_exact.empty()) conditions.add(equals("job_name", query.job_exact));
  if (query.ad_hoc) conditions.add(*query.ad_hoc ? "job_uuid = ''" : "job_uuid <> ''");
}

std::vector<Condition> exclusions(Dialect dialect, const ExecutionQuery& query) {
  std::vector<Condition> excluded;
  if (!query.exclude_job_uuids.empty()) excluded.push_back(is_one_of("job_uuid", query.exclude_job_uuids));
  if (!query.exclude_job_paths.empty()) excluded.push_back(is_one_of_paths(query.exclude_job_paths));
  if (!query.exclude_group_part.empty()) excluded.push_back(in_group(query.exclude_group_part));
  if (!query.exclude_group_exact.empty())
    excluded.push_back(equals("job_group", group_or_top(query.exclude_group_exact)));
  if (!query.exclude_job_part.empty())
    excluded.push_back(contains_any_case(dialect, "job_name", query.exclude_job_part));
  if (!query.exclude_job_exact.empty()) excluded.push_back(equals("job_name", query.exclude_job_exact));
  return excluded;
}

void add_time_conditions(Conditions& conditions, const ExecutionQuery& query) {
  if (query.started_after) conditions.add(Condition{"sort_ms >= ?", {*query.started_after}});
  if (query.started_before) conditions.add(Condition{"sort_ms <= ?", {*query.started_before}});
  if (query.ended_after) conditions.add(Condition{"ended_ms >= ?", {*query.ended_after}});
  if (query.ended_before) conditions.add(Condition{"ended_ms <= ?", {*query.ended_before}});
}

// The node's name as it stands, quoted, in the columns' lists.
Condition ran_on(Dialect dialect, const std::string& node) {
  const auto list = codec::encode_texts({node});
  const auto quoted = list.substr(1, list.size() - 2);
  return any_of(
      {contains_exactly(dialect, "succeeded_nodes", quoted), contains_exactly(dialect, "failed_nodes", quoted)});
}

}  // namespace

Conditions execution_conditions(Dialect dialect, const ExecutionQuery& query) {
  Conditions conditions;
  if (!query.project.empty() && query.project != "*") conditions.add(equals("project", query.project));
  if (!query.projects.empty()) conditions.add(is_one_of("project", query.projects));
  add_status_conditions(conditions, dialect, query);
  add_time_conditions(conditions, query);
  add_job_conditions(conditions, dialect, query);
  if (const auto excluded = exclusions(dialect, query); !excluded.empty()) {
    conditions.add("job_uuid <> ''");
    conditions.add(negation(any_of(excluded)));
  }
  if (!query.user.empty()) conditions.add(equals("user_name", query.user));
  if (!query.aborted_by.empty()) conditions.add(equals("aborted_by", query.aborted_by));
  if (!query.type.empty()) conditions.add(equals("kind", query.type));
  if (!query.server_uuid.empty()) conditions.add(equals("server_uuid", query.server_uuid));
  if (!query.node.empty()) conditions.add(ran_on(dialect, query.node));
  return conditions;
}

}  // namespace qd::store
