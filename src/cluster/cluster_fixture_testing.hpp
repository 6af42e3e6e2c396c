// Members on one database with a clock and locks that the test moves: no server, no thread, no waiting.
#pragma once

#include <gmock/gmock.h>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "cluster/cluster_logic.hpp"
#include "store/execution_store.hpp"
#include "store/schedule_store.hpp"
#include "store/testing/database_test_case.hpp"

namespace qd::cluster::fixture {

// A database whose clock is set by hand.
class ClockedDatabase final : public store::Database {
 public:
  ClockedDatabase(store::Database& inner, const Clock& clock) : inner_(inner), clock_(clock) {}
  store::Dialect dialect() const override { return inner_.dialect(); }
  void transact(const std::function<void(store::Session&)>& use) override {
    check();
    inner_.transact([&](store::Session& session) {
      Clocked clocked(session, clock_, before_query);
      use(clocked);
    });
  }
  void run(const std::function<void(store::Session&)>& use, bool read_only) override {
    check();
    inner_.run(
        [&](store::Session& session) {
          Clocked clocked(session, clock_, before_query);
          use(clocked);
        },
        read_only);
  }
  PoolStats pool_stats() const override { return inner_.pool_stats(); }
  bool lost = false;
  std::function<void(std::string_view sql)> before_query;  // what happens elsewhere just before

 private:
  class Clocked final : public store::Session {
   public:
    Clocked(store::Session& inner, const Clock& clock, const std::function<void(std::string_view)>& before_query)
        : inner_(inner), clock_(clock), before_query_(before_query) {}
    store::Rows query(std::string_view sql, const store::Params& params) override {
      if (before_query_) before_query_(sql);
      return inner_.query(sql, params);
    }
    std::int64_t execute(std::string_view sql, const store::Params& params) override {
      return inner_.execute(sql, params);
    }
    std::int64_t insert(std::string_view sql, const store::Params& params) override {
      return inner_.insert(sql, params);
    }
    store::Dialect dialect() const override { return inner_.dialect(); }
    UnixMillis now() override { return clock_.now(); }

   private:
    store::Session& inner_;
    const Clock& clock_;
    const std::function<void(std::string_view)>& before_query_;
  };
  void check() const {
    if (lost) throw store::DatabaseError("the database is away", true);
  }

  store::Database& inner_;
  const Clock& clock_;
};

// The locks of one imagined server.
struct LockTable {
  std::string boot = "boot1";
  std::map<std::string, const void*> holders;  // by uuid

  void restart() {
    boot += "'";
    holders.clear();
  }
};

class FakeLiveness final : public store::LivenessSession {
 public:
  FakeLiveness(LockTable& table, std::string uuid) : table_(table), uuid_(std::move(uuid)) {}
  ~FakeLiveness() override { FakeLiveness::release(); }
  bool acquire() override {
    boot_ = table_.boot;
    return table_.holders.emplace(uuid_, this).first->second == this;
  }
  bool still_held() override { return acquire(); }
  std::set<std::string> free_locks(const std::vector<std::string>& uuids) override {
    if (boot_ != table_.boot) throw store::DatabaseError("the session was cut", true);
    std::set<std::string> free;
    for (const auto& uuid : uuids) {
      if (!table_.holders.contains(uuid)) free.insert(uuid);
    }
    return free;
  }
  std::string server_boot() override { return boot_; }
  bool wait(Millis) override { return false; }
  void release() noexcept override {
    const auto held = table_.holders.find(uuid_);
    if (held != table_.holders.end() && held->second == this) table_.holders.erase(held);
  }

 private:
  LockTable& table_;
  const std::string uuid_;
  std::string boot_;
};

// One process of a member.
// Notes what is retried, and writes nothing.
class NotedRetry final : public PreparedRetry {
 public:
  NotedRetry(std::vector<std::int64_t>& noted, std::int64_t id) : noted_(noted), id_(id) {}
  void insert(store::Session&, UnixMillis) override {}
  void start() override { noted_.push_back(id_); }

 private:
  std::vector<std::int64_t>& noted_;
  const std::int64_t id_;
};

struct Process {
  Process(store::Database& inner, const Clock& clock, LockTable* locks, const std::string& uuid,
          const ClusterConfig& config, TakeoverHooks takeover = {})
      : database(inner, clock),
        self(uuid, 0),
        liveness(locks == nullptr ? nullptr : std::make_unique<FakeLiveness>(*locks, uuid)),
        logic({database, liveness.get(), self, nullptr}, config, hooks(std::move(takeover)),
              [this] { return self.uuid() + "-" + std::to_string(++nonce); }) {}

  Result<> start(bool active = true) {
    model::Member member;
    member.name = "name-" + self.uuid();
    member.host = "host-" + self.uuid();
    member.url = "http://" + self.uuid();
    member.active = active;
    return logic.start(member);
  }

  ClusterHooks hooks(TakeoverHooks takeover) {
    ClusterHooks all;
    all.membership.fenced = [this] { ++fenced; };
    all.membership.mode = [this](bool active) { modes.push_back(active); };
    all.takeover = std::move(takeover);
    all.recovery.retry = [this](const model::Execution& execution) {
      return std::make_unique<NotedRetry>(retried, execution.id);
    };
    all.recovery.reassign = [this](const model::Execution& execution) { reassigned.push_back(execution.id); };
    return all;
  }

  ClockedDatabase database;
  model::OwnIncarnation self;
  std::unique_ptr<FakeLiveness> liveness;
  int nonce = 0;
  int fenced = 0;
  std::vector<bool> modes;
  std::vector<std::int64_t> retried, reassigned;
  ClusterLogic logic;
};

class ClusterFixture : public ::testing::Test {
 protected:
  ClusterFixture() : database_(store::testing::open_or_fail(store::testing::fresh_database(store::Dialect::sqlite))) {
    config_.enabled = true;
    config_.autotakeover.enabled = true;
  }

  Process& add(const std::string& uuid, bool locks = true, TakeoverHooks hooks = {}) {
    auto process =
        std::make_unique<Process>(*database_, clock_, locks ? &locks_ : nullptr, uuid, config_, std::move(hooks));
    auto& added = *process;
    processes_[uuid] = std::move(process);
    return added;
  }
  Process& started(const std::string& uuid, bool locks = true, TakeoverHooks hooks = {}) {
    auto& process = add(uuid, locks, std::move(hooks));
    const auto result = process.start();
    if (!result) throw std::runtime_error(result.error().message);
    return process;
  }
  // As kill -9 does: nothing is written.
  void kill(const std::string& uuid) { processes_.erase(uuid); }

  // Time passes in steps of 200 ms, in which everybody looks, and beats at its interval.
  void pass(Millis time, const std::set<std::string>& hung = {}) {
    for (Millis gone{0}; gone < time; gone += Millis{200}) {
      clock_.advance(Millis{200});
      for (auto& [uuid, process] : processes_) {
        if (hung.contains(uuid) || process->database.lost) continue;
        if (clock_.now() % config_.heartbeat.interval.count() < 200) process->logic.beat();
        process->logic.watch();
      }
    }
  }

  void schedule(const std::string& job, const std::string& owner, const std::string& project = "p") {
    database_->execute(
        "INSERT INTO schedule (job_uuid, source, project, name, expression, zone, arg_string, missed_policy, "
        "server_uuid, next_ms) VALUES (?, 0, ?, '', '0 0 0 * * ?', 'UTC', '', 'skip', ?, 1)",
        {job, project, owner});
  }
  std::string owner(const std::string& job) {
    return database_->query("SELECT server_uuid FROM schedule WHERE job_uuid = ?", {job}).at(0).text(0);
  }
  model::ExecutionId execution(const std::string& uuid, std::int64_t number, const char* status) {
    model::Execution execution;
    execution.project = "p";
    execution.started = 1;
    execution.server_uuid = uuid;
    execution.incarnation = number;
    execution.status = status;
    return store::ExecutionStore(*database_).create(execution);
  }
  std::string status(model::ExecutionId id) { return store::ExecutionStore(*database_).find(id)->status; }
  // Kinds of the events, oldest first.
  std::vector<std::string> events(const std::string& kind) {
    std::vector<std::string> kinds;
    for (const auto& event : store::ClusterEventStore(*database_).list({.kind = kind, .max = 1000})) {
      kinds.insert(kinds.begin(), event.kind);
    }
    return kinds;
  }
  std::string last_message(const std::string& kind) {
    const auto events = store::ClusterEventStore(*database_).list({.kind = kind, .max = 1});
    return events.empty() ? "" : events.front().message;
  }
  model::Member row(const std::string& uuid) { return *store::MemberStore(*database_).find(uuid); }

  std::unique_ptr<store::Database> database_;
  ManualClock clock_{1'000'000'000'000};
  ClusterConfig config_;
  LockTable locks_;
  std::map<std::string, std::unique_ptr<Process>> processes_;
};

}  // namespace qd::cluster::fixture
