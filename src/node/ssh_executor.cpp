#include "node/ssh_executor.hpp"

#include "node/script_run.hpp"

namespace qd::node {
namespace {

SshCommand command_of(const SshPlan& plan, const ExecContext& ctx, std::string text) {
  SshCommand command;
  command.command = std::move(text);
  command.pty = plan.pty;
  command.timeout = plan.command_timeout;
  if (plan.send_environment) command.environment = ctx.environment;
  return command;
}

// Ends on the pool's loop. A kept connection that turns out to be broken is replaced by a new one, once.
base::Task<NodeResult> run_remotely(SshPool& pool, const SshPlan& plan, SshRunRules rules, SshCommand command,
                                    std::shared_ptr<OutputRelay> relay, base::CancelToken cancel) {
  co_await pool.loop().enter();
  rules.alive_interval = plan.target.alive_interval;
  rules.alive_count = plan.target.alive_count;
  for (bool fresh = false;; fresh = true) {
    auto leasing = pool.lease(plan.target, cancel, fresh);
    auto leased = co_await std::move(leasing);
    if (!leased) co_return result_of_error(leased.error());
    SshLease lease = std::move(*leased);
    const auto link = lease.link();
    relay->on_room([weak = std::weak_ptr(link), &loop = pool.loop()] {
      loop.post([weak] {
        if (const auto alive = weak.lock()) alive->wake();
      });
    });
    std::optional<SudoDialogue> dialogue;
    if (!plan.sudo.empty()) dialogue.emplace(plan.sudo);
    auto running = run_in_channel(link, command, rules, *relay, cancel, dialogue ? &*dialogue : nullptr);
    const auto exit = co_await std::move(running);
    const bool never_began = !exit.started && exit.end != SshExit::End::cancelled;
    if (exit.end == SshExit::End::silent || exit.end == SshExit::End::lost) lease.spoil();
    if (never_began && lease.reused() && !fresh) continue;
    co_return result_of_ssh(exit, plan, cancel);
  }
}

}  // namespace

base::Task<NodeResult> SshExecutor::execute(const ExecContext& ctx, const model::Node& node, std::string command) {
  auto planning = plan_aside(transport_, home_, ctx, node, command);
  const auto plan = co_await std::move(planning);
  if (!plan) co_return result_of_error(plan.error());
  const auto relay = std::make_shared<OutputRelay>(home_, ctx.output);
  auto running = run_remotely(transport_.pool_of(plan->target), *plan, transport_.config().rules,
                              command_of(*plan, ctx, std::move(command)), relay, ctx.cancel);
  auto result = co_await std::move(running);
  co_await home_.enter();
  auto finishing = relay->finish();
  co_await std::move(finishing);
  co_return result;
}

base::Task<NodeResult> SshExecutor::execute_script(const ExecContext& ctx, const model::Node& node, ScriptRun script) {
  auto running = run_copied_script(home_, transport_.helpers(), *this, copier_, ctx, node, std::move(script));
  co_return co_await std::move(running);
}

}  // namespace qd::node
