#include "service/remote_execution.hpp"

#include <algorithm>
#include <random>

#include "base/json.hpp"
#include "base/logging.hpp"
#include "base/text.hpp"
#include "cluster/candidates.hpp"
#include "model/duration.hpp"
#include "service/members_now.hpp"

namespace qd::service {

namespace {

constexpr Millis kTick{500};

std::string write_texts(const std::map<std::string, std::string>& texts) {
  JsonObject json;
  for (const auto& [name, value] : texts) json[name] = value;
  return boost::json::serialize(json);
}

class LaunchedRetry final : public cluster::PreparedRetry {
 public:
  LaunchedRetry(std::unique_ptr<engine::PreparedRun> run, model::ExecutionId first)
      : run_(std::move(run)), first_(first) {}
  void insert(store::Session& session, UnixMillis now) override {
    if (!run_->insert(session, now)) return;
    store::ExecutionStore::link_retry(session, first_, run_->execution().id);
  }
  void start() override {
    base::log_info("cluster", "execution " + std::to_string(first_) + ", whose member died, is retried as " +
                                  std::to_string(run_->execution().id));
    run_->start();
  }

 private:
  std::unique_ptr<engine::PreparedRun> run_;
  const model::ExecutionId first_;
};

std::map<std::string, std::string> read_texts(const std::string& text) {
  std::map<std::string, std::string> texts;
  const auto json = parse_json(text);
  if (!json || !json->is_object()) return texts;
  for (const auto& [name, value] : json->get_object()) texts[name] = scalar_text(value).value_or("");
  return texts;
}

}  // namespace

RemoteExecution::RemoteExecution(const model::OwnIncarnation& self, Settings settings, cluster::PolicyConfig policies)
    : self_(self),
      settings_(settings),
      choosing_(Choosing{std::move(policies), cluster::RandomSource(std::random_device{}()), {}}) {}

void RemoteExecution::connect(engine::Launcher& launcher, cluster::ClusterLogic& cluster, store::JobStore& jobs,
                              store::Database& database) {
  database_ = &database;
  launcher_ = &launcher;
  cluster_ = &cluster;
  jobs_ = &jobs;
  auto& messages = cluster.messages();
  messages.on(cluster::message_kind::run, [this](const cluster::Incoming& message) { return run_here(message); });
  messages.on(cluster::message_kind::abort, [this](const cluster::Incoming& message) { return abort_here(message); });
  messages.on(cluster::message_kind::wake, [this](const cluster::Incoming&) {
    launcher_->look_now();
    return std::string("looked");
  });
}

void RemoteExecution::set_policies(cluster::PolicyConfig policies) {
  choosing_.with([&](Choosing& choosing) { choosing.policies = std::move(policies); });
}

// ---- Towards the launcher ----

engine::ClusterHooks RemoteExecution::launcher_hooks() {
  engine::ClusterHooks hooks;
  if (!settings_.clustered) return hooks;
  hooks.route = [this](const std::string& project, bool scheduled, bool secrets, const std::string& not_there) {
    return route(project, scheduled, secrets, not_there);
  };
  hooks.forward = [this](const model::Execution& execution, const std::map<std::string, std::string>& secrets) {
    return forward(execution, secrets);
  };
  hooks.may_take = [this](const std::string& project, const std::string& from) { return may_take(project, from); };
  if (settings_.remote_abort) {
    hooks.abort = [this](const model::Execution& execution, const std::string& user, const std::string& reason) {
      return abort(execution, user, reason);
    };
  }
  return hooks;
}

Result<engine::Route> RemoteExecution::route(const std::string& project, bool scheduled, bool secrets,
                                             const std::string& not_there) {
  const engine::Route here;
  if (cluster_ == nullptr || (secrets && !settings_.sealed)) return here;
  // Fires come by the hundred, and take the members as they were seen last.
  const auto seen = cluster_->view();
  const auto view = scheduled ? seen : members_now(*database_, seen);
  const auto decision = choosing_.with([&](Choosing& choosing) -> std::optional<cluster::Decision> {
    const auto& policy = choosing.policies.for_project(project);
    if (policy.kind == cluster::PolicyKind::none) return std::nullopt;
    if (scheduled && !choosing.policies.scheduled_at_execution) return std::nullopt;  // its owner was chosen
    auto members = cluster::candidates(view);
    std::erase_if(members, [&](const auto& member) { return member.uuid == not_there; });
    return cluster::choose(policy, members, self_.uuid(), choosing.random, choosing.state);
  });
  if (!decision) return here;
  using Kind = cluster::Decision::Kind;
  if (decision->kind == Kind::nobody) {
    return fail(ErrorKind::unavailable, "No member may run this now: " + decision->reason);
  }
  if (decision->kind == Kind::queue) {
    // Whoever takes it from the queue could not be given the secrets.
    return secrets ? here : engine::Route{engine::Route::Where::queue, ""};
  }
  return decision->uuid == self_.uuid() ? here : engine::Route{engine::Route::Where::member, decision->uuid};
}

bool RemoteExecution::may_take(const std::string& project, const std::string& from) {
  for (const auto& member : cluster::candidates(cluster_->view())) {
    if (member.uuid != self_.uuid()) continue;
    return choosing_.with(
        [&](Choosing& choosing) { return cluster::may_run(choosing.policies.for_project(project), member, from); });
  }
  return false;
}

Result<> RemoteExecution::forward(const model::Execution& execution,
                                  const std::map<std::string, std::string>& secrets) {
  if (execution.server_uuid.empty()) {  // for whoever has room
    const auto seen = cluster_->view();
    const bool fire = execution.type == "scheduled";
    // A member that has just come must hear of it, too: nobody else may have room.
    for (const auto& candidate : cluster::candidates(fire ? seen : members_now(*database_, seen))) {
      if (candidate.active && candidate.uuid != self_.uuid()) {
        (void)cluster_->messages().send({candidate.uuid, cluster::message_kind::wake, execution.id, "", false});
      }
    }
    return {};
  }
  auto sent = cluster_->messages().send(
      {execution.server_uuid, cluster::message_kind::run, execution.id, write_texts(secrets), !secrets.empty()});
  if (!sent) return fail(sent.error());
  return {};
}

bool RemoteExecution::abort(const model::Execution& execution, const std::string& user, const std::string& reason) {
  const auto view = cluster_->view();
  const auto* owner = view.find(execution.server_uuid);
  const bool there = owner != nullptr && owner->member.id.number == execution.incarnation &&
                     owner->standing != cluster::Standing::dead && owner->standing != cluster::Standing::stopped;
  if (!there) return false;
  const auto sent = cluster_->messages().send({execution.server_uuid, cluster::message_kind::abort, execution.id,
                                               write_texts({{"user", user}, {"reason", reason}}), false});
  if (!sent) {
    base::log_warn("cluster",
                   "execution " + std::to_string(execution.id) + " cannot be ended from here: " + sent.error().message);
  }
  return true;
}

// ---- Messages of other members ----

std::string RemoteExecution::run_here(const cluster::Incoming& message) {
  if (!message.execution) return "no execution is named";
  launcher_->forwarded_here(*message.execution, read_texts(message.body));
  return "taken";
}

std::string RemoteExecution::abort_here(const cluster::Incoming& message) {
  if (!message.execution) return "no execution is named";
  auto said = read_texts(message.body);
  const auto outcome = launcher_->abort(*message.execution, said["user"], said["reason"]);
  return outcome.status == engine::AbortOutcome::Status::failed ? outcome.reason : "ending";
}

// ---- Towards the cluster ----

cluster::ClusterHooks RemoteExecution::cluster_hooks(std::function<void()> scheduler_poke,
                                                     std::function<model::Vitals()> vitals) {
  cluster::ClusterHooks hooks;
  hooks.membership.fenced = [this] { fence(); };
  hooks.membership.mode = [this](bool active) {
    if (launcher_ != nullptr)
      launcher_->set_mode(active ? engine::Launcher::Mode::active : engine::Launcher::Mode::passive);
  };
  hooks.takeover.choose_for_project = [this](const std::string& project) { return choose_for_project(project); };
  hooks.takeover.taken = std::move(scheduler_poke);
  hooks.recovery.retry = [this](const model::Execution& execution) { return retry(execution); };
  hooks.recovery.tell = [this](const model::Execution& closed) { return launcher_->deliveries_of_end(closed); };
  hooks.recovery.reassign = [this](const model::Execution&) { launcher_->look_now(); };
  hooks.vitals = [this, vitals = std::move(vitals)] {
    auto now = vitals();
    now.running = launcher_ == nullptr ? 0 : static_cast<std::int64_t>(launcher_->running());
    now.thread_ratio = std::min(1.0, static_cast<double>(now.running) / static_cast<double>(settings_.threads));
    return now;
  };
  hooks.returned = [this] { launcher_->look_now(); };
  return hooks;
}

std::optional<std::string> RemoteExecution::choose_for_project(const std::string& project) {
  if (cluster_ == nullptr) return std::nullopt;
  const auto view = cluster_->view();
  const auto decision = choosing_.with([&](Choosing& choosing) {
    return cluster::choose(choosing.policies.for_project(project), cluster::candidates(view), self_.uuid(),
                           choosing.random, choosing.state);
  });
  if (decision.kind == cluster::Decision::Kind::member) return decision.uuid;
  if (decision.kind == cluster::Decision::Kind::queue) return self_.uuid();
  return std::nullopt;
}

std::unique_ptr<cluster::PreparedRetry> RemoteExecution::retry(const model::Execution& execution) {
  if (execution.job_uuid.empty()) return nullptr;
  auto stored = jobs_->find(execution.job_uuid);
  if (!stored || !stored->job.retry) return nullptr;
  const auto count = base::parse_int(base::trim(stored->job.retry->count));
  if (!count || *count <= execution.retry_attempt) return nullptr;
  engine::RunRequest request;
  request.job = std::move(stored->job);
  request.job_revision = stored->revision;
  request.user = execution.user;
  request.roles = execution.roles;
  request.type = execution.type;
  request.options = execution.options;
  request.log_level = execution.log_level;
  request.retry_of = execution.id;
  request.retry_attempt = execution.retry_attempt + 1;
  request.original = execution.original.value_or(execution.id);
  auto prepared = launcher_->prepare(std::move(request));
  if (prepared) return std::make_unique<LaunchedRetry>(std::move(*prepared), execution.id);
  base::log_warn("cluster", "execution " + std::to_string(execution.id) +
                                ", whose member died, is not retried: " + prepared.error().message);
  return nullptr;
}

// This member was declared dead while it lived: what it ran belongs to nobody any more, or to others.
void RemoteExecution::fence() {
  if (launcher_ != nullptr) launcher_->fence(self_.get().number, "the other members declared this one dead");
  fenced_ = true;
}

// ---- Now and then ----

void RemoteExecution::start(base::EventLoop& loop, base::WorkerPool& pool) {
  loop_ = &loop;
  pool_ = &pool;
  *running_ = true;
  loop.post([this] { tick_later(); });
}

void RemoteExecution::stop() {
  *running_ = false;
}

void RemoteExecution::tick_later() {
  loop_->after(kTick, [this, running = running_] {
    if (!*running) return;
    pool_->post([this, running] {
      if (!*running) return;
      tick();
      loop_->post([this, running] {
        if (*running) tick_later();
      });
    });
  });
}

void RemoteExecution::tick() {
  try {
    launcher_->take_back(settings_.start_within);
    if (fenced_ && launcher_->running() == 0) {
      fenced_ = false;
      cluster_->ask_to_rejoin();
    }
  } catch (const store::DatabaseError& error) {
    base::log_debug("cluster", std::string("looking at forwarded executions failed: ") + error.what());
  }
}

}  // namespace qd::service
