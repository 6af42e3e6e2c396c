#include "engine/run.hpp"

#include <algorithm>
#include <chrono>

#include "base/logging.hpp"
#include "base/text.hpp"
#include "codec/state_codec.hpp"
#include "engine/job_context.hpp"
#include "engine/log_rules.hpp"
#include "engine/node_selection.hpp"
#include "engine/option_files.hpp"
#include "engine/workflow_runner.hpp"
#include "model/duration.hpp"
#include "model/expand.hpp"
#include "model/state_changes.hpp"

namespace qd::engine {

namespace {

constexpr Millis kSaveEvery{1'000};
constexpr Millis kLongestSavePause{30'000};
constexpr int kSaveShare = 20;  // the pause is at least so many times what writing the last state took

std::unique_ptr<log::LogWriter> make_writer(const LauncherParts& parts, const LauncherConfig& config,
                                            const model::Execution& execution) {
  log::WriterOptions options;
  options.on_written = [&hub = parts.hub, id = execution.id](std::int64_t size) {
    hub.publish({log::HubEvent::Kind::output, id, size});
  };
  return std::make_unique<log::LogWriter>(parts.loop, parts.pool, config.log_root + "/" + execution.log_path,
                                          std::move(options));
}

}  // namespace

Run::Run(const LauncherParts& parts, const LauncherConfig& config, RunHooks hooks, RunPlan plan)
    : parts_(parts),
      config_(config),
      hooks_(std::move(hooks)),
      plan_(std::move(plan)),
      settings_(merged_settings(config, plan_.project_config)),
      log_(make_writer(parts, config, plan_.execution), parts.clock,
           log_options(config, plan_,
                       [this](const std::string& status) {
                         limit_status_ = status;
                         end(Verdict::log_limit, "log limit");
                       })),
      tracker_(parts.clock, [this] { state_changed(); }),
      scope_{parts_, config_, plan_.execution, settings_, log_, tracker_, {}, {}, 0},
      place_(log::Meta{{"node", config.server_node.name}, {"user", plan_.execution.user}}),
      duration_watch_(parts.loop) {
  for (const auto* secrets : {&plan_.options.secure, &plan_.options.secure_exposed}) {
    for (const auto& [name, value] : *secrets) log_.masker().add(value);
  }
}

Run::~Run() = default;

std::string Run::name_of_run() const {
  return std::to_string(plan_.execution.id) + " in project " + plan_.execution.project;
}

void Run::end(Verdict verdict, const std::string& why) {
  if (verdict_ != Verdict::none || finished_) return;
  verdict_ = verdict;
  cancel_.cancel(why);
}

void Run::abort(const std::string& user, const std::string& reason) {
  if (verdict_ != Verdict::none || finished_) return;
  aborted_by_ = user;
  abort_reason_ = reason;
  end(Verdict::aborted, "aborted by " + user);
}

void Run::lose(const std::string& why) {
  end(Verdict::lost, why);
}

void Run::state_changed() {
  if (save_timer_ != 0 || finished_) return;
  save_timer_ = parts_.loop.after(save_pause_, [weak = weak_from_this()] {
    if (auto self = weak.lock()) {
      auto saving = self->save_state(self);
      base::spawn(std::move(saving));
    }
  });
}

base::Task<void> Run::save_state([[maybe_unused]] std::shared_ptr<Run> self) {
  const auto began = std::chrono::steady_clock::now();
  const auto state = model::changes_of(state_, 0);  // the loop goes on with other things while it is written
  bool ours = true;
  auto saving = base::run_on(parts_.pool, parts_.loop, [&] {
    const auto text = boost::json::serialize(codec::state_to_json(state));
    try {
      ours = parts_.executions.save_progress(plan_.execution.id, plan_.execution.server_uuid,
                                             plan_.execution.incarnation, text);
    } catch (const store::DatabaseError& error) {
      base::log_warn("engine", "the state of execution " + name_of_run() + " was not saved: " + error.what());
    }
  });
  co_await saving;
  save_timer_ = 0;
  const auto took = std::chrono::duration_cast<Millis>(std::chrono::steady_clock::now() - began);
  save_pause_ = std::max(kSaveEvery, std::min(took * kSaveShare, kLongestSavePause));
  if (finished_) co_return;
  parts_.hub.publish({log::HubEvent::Kind::state, plan_.execution.id, log_.writer().bytes()});
  if (!ours) {
    base::log_warn("engine", "execution " + name_of_run() + " is not ours any more: it is ended");
    end(Verdict::lost, "another member took it over");
  }
}

void Run::arm_timeout(const model::DataContext& context) {
  const auto limit = model::parse_duration(model::expand_text(plan_.job->timeout, context));
  if (!limit || limit->count() <= 0) return;
  timeout_timer_ = parts_.loop.after(*limit, [weak = weak_from_this()] {
    if (auto self = weak.lock()) self->end(Verdict::timed_out, "timeout");
  });
}

base::Task<bool> Run::write_option_files(model::DataContext& context) {
  if (!std::ranges::any_of(plan_.job->options, [](const auto& option) { return option.type == "file"; }))
    co_return true;
  auto writing = base::run_on(parts_.pool, parts_.loop, [&] {
    return write_files(parts_.uploads, *plan_.job, plan_.options, config_.temp_directory, temp_files_);
  });
  auto files = co_await writing;
  if (!files) {
    log_.line(place_, log::Level::error, files.error().message);
    co_return false;
  }
  context.set_group("file", std::move(*files));
  co_return true;
}

base::Task<WorkflowOutcome> Run::run() {
  WorkflowOutcome refused;
  refused.success = false;
  if (!plan_.refusal.empty()) {
    refused.exception = plan_.refusal;
    co_return refused;
  }
  auto filters = global_log_filters(settings_);
  if (!filters) {
    refused.exception = filters.error().message;
    co_return refused;
  }
  scope_.filters = std::move(*filters);
  context_ = make_context(config_, settings_, plan_.execution, *plan_.job, plan_.options);
  auto writing = write_option_files(context_);
  const bool files_written = co_await std::move(writing);
  if (!files_written) co_return refused;
  Frame frame;
  if (!plan_.nodes) {
    auto choosing = base::run_on(parts_.pool, parts_.loop, [&] {
      return choose_nodes(parts_, config_, plan_.execution, plan_.job->node_filters, plan_.execution.project, context_);
    });
    plan_.nodes = co_await choosing;
  }
  auto& choice = *plan_.nodes;
  if (choice.nodes.empty()) {
    if (choice.empty_is_fine) co_return WorkflowOutcome{};
    refused.exception = "No matched nodes: " + choice.filter;
    co_return refused;
  }
  frame.job = plan_.job;
  frame.context = context_;
  frame.secure = plan_.options.secure;
  frame.nodes = std::move(choice.nodes);
  frame.dispatch = choice.dispatch;
  if (auto chosen = orchestrate(plan_.job->orchestrator, scope_.seed(""), frame.nodes, frame.dispatch); !chosen) {
    refused.exception = chosen.error().message;
    co_return refused;
  }
  frame.project = plan_.execution.project;
  if (!plan_.job->uuid.empty()) frame.chain = {plan_.job->uuid};
  frame.cancel = cancel_.token();
  frame.state = &state_;
  arm_timeout(context_);
  left_behind_ = frame.data;
  if (wants_telling(parts_, *plan_.job, model::trigger::start)) {
    auto telling = tell(parts_, event(model::trigger::start));
    co_await std::move(telling);
  }
  if (wants_telling(parts_, *plan_.job, model::trigger::average_duration)) {
    auto watching = duration_watch_.start(parts_, event(model::trigger::average_duration));
    co_await std::move(watching);
  }
  auto running = run_workflow(scope_, frame);
  co_return co_await std::move(running);
}

model::NotificationEvent Run::event(const char* trigger) const {
  return {trigger, plan_.execution, plan_.job,
          tellable_context(*plan_.job, context_, left_behind_.get(), log_.masker())};
}

base::Task<void> Run::execute() {
  const auto self = shared_from_this();
  WorkflowOutcome outcome;
  try {
    auto running = run();
    outcome = co_await std::move(running);
  } catch (const std::exception& error) {
    outcome.success = false;
    outcome.exception = error.what();
    base::log_error("engine", "execution " + name_of_run() + " broke: " + error.what());
  }
  try {
    auto closing = close(std::move(outcome));
    co_await std::move(closing);
  } catch (const std::exception& error) {
    base::log_error("engine", "the outcome of execution " + name_of_run() + " was not written: " + error.what());
  }
}

}  // namespace qd::engine
