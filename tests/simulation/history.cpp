#include "history.hpp"

#include <algorithm>
#include <iostream>

#include "store/job_store.hpp"
#include "store/migrations.hpp"

#include "promises.hpp"
#include "sim_member.hpp"

namespace qd::simulation {

namespace {

constexpr UnixMillis kSecond = 1'000;
constexpr UnixMillis kTrouble = 90 * kSecond;  // how long faults happen
constexpr std::size_t kRoomForAll = 50;

// The same table without its key: whoever is late claims a fire once more.
constexpr const char* kFireWithoutKey[] = {"ALTER TABLE fire RENAME TO fire_with_key",
                                           "CREATE TABLE fire AS SELECT * FROM fire_with_key WHERE 0"};

constexpr const char* kPolicy = "rundeck.clusterMode.remoteExecution.";
constexpr const char* kTwice = "twice";
constexpr const char* kSecondSchedule =
    "INSERT INTO schedule (job_uuid, source, project, name, expression, zone, arg_string, missed_policy, server_uuid, "
    "next_ms) SELECT job_uuid, 7, project, 'second', expression, zone, '', missed_policy, ?, next_ms FROM schedule "
    "WHERE job_uuid = ?";

class History {
 public:
  explicit History(const HistoryOptions& options) : options_(options), world_(options.seed), server_(world_) {}

  HistoryReport run() {
    SimDatabase database(server_);
    store::migrate(database);
    if (options_.broken_claim) {
      for (const char* sql : kFireWithoutKey) database.execute(sql);
    }
    configure();
    for (int i = 1; i <= 2 + static_cast<int>(world_.pick(3)); ++i) uuids_.push_back("m" + std::to_string(i));
    add_jobs(database);
    for (const auto& uuid : uuids_) start_member(uuid, world_.now() + static_cast<UnixMillis>(world_.pick(2'000)));
    begin_ = world_.now();
    for (auto at = begin_ + 2 * kSecond; at < begin_ + kTrouble;
         at += 1 + static_cast<UnixMillis>(world_.pick(9'000))) {
      world_.at(at, [this] { disturb(); });
    }
    world_.run(begin_ + kTrouble);
    heal();
    world_.run(begin_ + kTrouble + calm_.count());
    check(database);
    return std::move(report_);
  }

 private:
  void say(const std::string& what) const {
    if (options_.trace) std::cout << "  " << (world_.now() - begin_) << " ms: " << what << "\n";
  }

  Millis some(std::uint64_t least, std::uint64_t most) {
    return Millis{static_cast<std::int64_t>(least + world_.pick(most - least + 1))};
  }

  void configure() {
    auto& cluster = config_.cluster;
    cluster.enabled = true;
    cluster.fast_failure_detection = world_.chance(0.5);
    cluster.heartbeat = {some(300, 2'000), some(0, 1'000), some(4'000, 6'000), some(7'000, 15'000)};
    cluster.autotakeover.enabled = true;
    cluster.autotakeover.delay = some(0, 3'000);
    cluster.autotakeover.sleep = some(0, 5'000);
    cluster.recovery.delay = some(0, 2'000);
    cluster.recovery.sleep = some(0, 3'000);
    cluster.process_interval = some(100, 1'000);
    if (world_.chance(0.3)) cluster.autotakeover.policy = cluster::TakeoverPolicy::remote_execution;
    config_.policies = choose_policies();
    config_.start_within = some(500, 5'000);
    config_.queue_room = 3 + world_.pick(4);
    config_.scheduler.rules.missed_after = some(2'000, 20'000);
    config_.scheduler.batch = 1 + world_.pick(4);
    config_.scheduler.max_due = 1 + world_.pick(10);
    calm_ = cluster.heartbeat.consider_dead + cluster.autotakeover.delay + cluster.autotakeover.sleep +
            cluster.recovery.delay + cluster.recovery.sleep + Millis{40'000};
    auto& faults = server_.faults;
    faults.lost = world_.chance(0.5) ? 0.01 : 0;
    faults.pause = world_.chance(0.5) ? 0.002 : 0;
    faults.kill = world_.chance(0.5) ? 0.001 : 0;
    faults.skew = world_.chance(0.5) ? 0.01 : 0;
    faults.longest_pause = some(500, 30'000);
  }

  cluster::PolicyConfig choose_policies() {
    static constexpr const char* kinds[] = {"None", "Random", "RoundRobin", "Load", "Queue", "Preset"};
    std::map<std::string, std::string> keys{{kPolicy + std::string("policy"), kinds[world_.pick(std::size(kinds))]},
                                            {kPolicy + std::string("config.uuid"), "m1"}};
    if (world_.chance(0.2)) keys[kPolicy + std::string("config.allowed")] = "Other";
    return *cluster::parse_policy_config(keys);
  }

  void add_jobs(SimDatabase& database) {
    store::JobStore jobs(database);
    static constexpr const char* crons[] = {"* * * * * ?", "0/2 * * * * ?", "0/5 * * * * ?", "0/17 * * * * ?"};
    for (int i = 0; i < 4; ++i) {
      model::Job job;
      job.uuid = (world_.chance(0.3) ? std::string(kLimitedJob) : "many") + std::to_string(i);
      job.project = "p";
      job.name = job.uuid;
      job.time_zone = "UTC";
      job.schedule.emplace();
      job.schedule->crontab = crons[i];
      const auto policy = world_.pick(3);
      job.extra["missedFires"] = policy == 0 ? "skip" : policy == 1 ? "once" : "all";
      jobs.create(job, "ann", uuids_[world_.pick(uuids_.size())], world_.now());
      first_due_[job.uuid] = *store::ScheduleStore(database).of_job(job.uuid).at(0).next;
    }
    // A job with a second schedule that fires at the same times: each is one fire.
    model::Job twice;
    twice.uuid = twice.name = kTwice;
    twice.project = "p";
    twice.time_zone = "UTC";
    twice.schedule.emplace();
    twice.schedule->crontab = "0/3 * * * * ?";
    jobs.create(twice, "ann", uuids_.front(), world_.now());
    database.execute(kSecondSchedule, {uuids_.back(), kTwice});
  }

  void start_member(const std::string& uuid, UnixMillis at) {
    auto member = std::make_shared<SimMember>(server_, locks_, config_, truth_, uuid);
    members_[uuid] = member;
    member->start(at);
  }

  // A process that ended is started again after a while, as by its service manager.
  void tend() {
    for (const auto& uuid : uuids_) {
      if (!members_[uuid]->process().dead) continue;
      ++report_.kills;
      graves_.push_back(members_[uuid]);
      say("restarts " + uuid);
      start_member(uuid, world_.now() + static_cast<UnixMillis>(world_.pick(12'000)));
    }
  }

  void disturb() {
    tend();
    const auto& uuid = uuids_[world_.pick(uuids_.size())];
    auto& process = members_[uuid]->process();
    const auto a_while = world_.now() + static_cast<UnixMillis>(world_.pick(25'000));
    switch (world_.pick(7)) {
      case 0:
        say("kill " + uuid);
        world_.kill(process);
        break;
      case 1:
        say("pause " + uuid + " for " + std::to_string(a_while - world_.now()));
        ++report_.pauses;
        process.paused_until = a_while;
        break;
      case 2:
        say("cut " + uuid + " for " + std::to_string(a_while - world_.now()));
        ++report_.cuts;
        process.unreachable_until = a_while;
        break;
      case 3:
        say("stop " + uuid);
        members_[uuid]->stop_cleanly();
        break;
      case 4:
        say("the database restarts");
        ++report_.restarts;
        ++server_.boot;
        locks_.clear();
        break;
      case 5: {  // a person lets a member run nothing, or run again
        const bool active = world_.chance(0.6);
        say(uuid + (active ? " is to be active" : " is to be passive"));
        if (server_.open == 0) (void)members_[uuid]->cluster().request_mode(uuid, active, "ann");
        break;
      }
      default: {  // a person moves schedules about
        const auto& to = uuids_[world_.pick(uuids_.size())];
        say("all schedules to " + to);
        SimDatabase database(server_);
        if (server_.open == 0) store::ScheduleStore(database).take_over(store::TakeoverFilter{}, to, 10);
      }
    }
  }

  void heal() {
    say("healed");
    server_.faults = {};
    // With as little room as before, the backlog of an outage may need longer than what is left, or grow: where a
    // policy allows only another member, a single one may have to run all. That nothing is forgotten shows when there
    // is room.
    config_.queue_room = kRoomForAll;
    server_.end_open_transaction();
    for (const auto& [uuid, member] : members_) {
      member->process().paused_until = 0;
      member->process().unreachable_until = 0;
      member->process().skew = Millis{0};
      member->runner().set_room(kRoomForAll);
      (void)member->cluster().request_mode(uuid, true, "ann");
    }
    tend();
    // A clean stop may still be under way: whoever ends is started again.
    for (UnixMillis at = kSecond; at < calm_.count() - 20'000; at += kSecond) {
      world_.at(world_.now() + at, [this] { tend(); });
    }
  }

  void check(SimDatabase& database) {
    server_.end_open_transaction();  // of a fiber that would have gone on
    check_promises(database, truth_, first_due_, world_.now(), config_.longest_run, report_.violations);
    report_.ledger = count_ledger(database);
    report_.takeovers = static_cast<std::uint64_t>(
        database.query("SELECT COUNT(*) FROM proposal WHERE kind = 'takeover' AND state = 'done'").at(0).integer(0));
    report_.statements = server_.statements;
    report_.recovered = truth_.recovered;
    report_.fenced = truth_.fenced;
    report_.forwarded = truth_.forwarded;
    report_.queued = truth_.queued;
    report_.taken_back = truth_.taken_back;
  }

  const HistoryOptions options_;
  World world_;
  SimServer server_;
  SimLocks locks_;
  SimConfig config_;
  Truth truth_;
  Millis calm_{0};
  UnixMillis begin_ = 0;
  std::vector<std::string> uuids_;
  std::map<std::string, std::shared_ptr<SimMember>> members_;
  std::vector<std::shared_ptr<SimMember>> graves_;  // ended processes: their fibers unwind later
  std::map<std::string, UnixMillis> first_due_;
  HistoryReport report_;
};

}  // namespace

HistoryReport run_history(const HistoryOptions& options) {
  return History(options).run();
}

}  // namespace qd::simulation
