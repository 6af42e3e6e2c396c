#include "engine/log_rules.hpp"

#include "base/text.hpp"

namespace qd::engine {

namespace {

log::LimitSpec limit_of(const model::LogLimit& limit) {
  return log::parse_limit(limit.limit).value_or(log::LimitSpec{});
}

}  // namespace

RunLog::Options log_options(const LauncherConfig& config, const RunPlan& plan,
                            std::function<void(const std::string& status)> on_halt) {
  RunLog::Options options;
  options.threshold = log::parse_threshold(plan.execution.log_level).value_or(log::Level::normal);
  const auto own_rule = plan.job->log_limit.value_or(model::LogLimit{});
  const auto own = limit_of(own_rule);
  const auto global = limit_of(config.log_limit);
  const bool use_global = own.kind == log::LimitSpec::Kind::none || (own.kind == global.kind && global.max < own.max);
  options.limit = use_global ? global : own;
  const auto& action = own_rule.action.empty() ? config.log_limit.action : own_rule.action;
  options.truncate = base::iequals(action, "truncate");
  const auto status = own_rule.status.empty() ? std::string(model::status::failed) : own_rule.status;
  options.on_limit = [on_halt = std::move(on_halt), status] { on_halt(status); };
  return options;
}

}  // namespace qd::engine
