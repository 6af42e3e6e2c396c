#include "engine/log_rules.hpp"

#include "base/text.hpp"

namespace qd::engine {

namespace {

log::LimitSpec limit_of(const model::LogLimit& limit) {
  return log::parse_limit(limit.limit).value_or(log::LimitSpec{});
}

// Source: LoggingThreshold of the peer.
log::LimitSpec stricter(const log::LimitSpec& own, const log::LimitSpec& global) {
  using Kind = log::LimitSpec::Kind;
  if (own.kind == global.kind) return own.max <= global.max ? own : global;
  for (const auto kind : {Kind::bytes, Kind::lines, Kind::lines_per_node}) {
    if (own.kind == kind) return own;
    if (global.kind == kind) return global;
  }
  return {};
}

// Between a limit of the job and one of all jobs, `halt` wins.
bool truncates(const model::LogLimit& own, bool has_own, const model::LogLimit& global, bool has_global) {
  const auto says = [](const model::LogLimit& limit) { return base::iequals(limit.action, "truncate"); };
  return (has_own || has_global) && (!has_own || says(own)) && (!has_global || says(global));
}

}  // namespace

RunLog::Options log_options(const LauncherConfig& config, const RunPlan& plan,
                            std::function<void(const std::string& status)> on_halt) {
  RunLog::Options options;
  options.threshold = log::parse_threshold(plan.execution.log_level).value_or(log::Level::normal);
  const auto own_rule = plan.job->log_limit.value_or(model::LogLimit{});
  const auto own = limit_of(own_rule);
  const auto global = limit_of(config.log_limit);
  const auto is_set = [](const log::LimitSpec& limit) { return limit.kind != log::LimitSpec::Kind::none; };
  options.limit = stricter(own, global);
  options.truncate = truncates(own_rule, is_set(own), config.log_limit, is_set(global));
  const auto status = own_rule.status.empty() ? std::string(model::status::failed) : own_rule.status;
  options.on_limit = [on_halt = std::move(on_halt), status] { on_halt(status); };
  return options;
}

}  // namespace qd::engine
