#include "store/execution_store.hpp"

#include <atomic>
#include <gmock/gmock.h>
#include <thread>

#include "store/job_store.hpp"
#include "store/project_store.hpp"
#include "store/testing/database_test_case.hpp"

namespace qd::store {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

namespace status = model::status;

model::Execution run_of(const std::string& job, UnixMillis started) {
  model::Execution execution;
  execution.uuid = "u" + std::to_string(started);
  execution.project = "ops";
  execution.job_uuid = job;
  execution.job_name = job.empty() ? "" : "Job " + job;
  execution.job_group = job.empty() ? "" : "g/" + job;
  execution.type = "user";
  execution.user = "ann";
  execution.status = status::running;
  execution.started = started;
  execution.server_uuid = "member1";
  execution.incarnation = 3;
  return execution;
}

class ExecutionStoreTest : public testing::DatabaseTestCase {
 protected:
  void SetUp() override {
    DatabaseTestCase::SetUp();
    store_ = std::make_unique<ExecutionStore>(*database_);
  }
  model::ExecutionId add(const std::string& job, UnixMillis started) { return store_->create(run_of(job, started)); }
  model::ExecutionId add_ended(const std::string& job, UnixMillis started, UnixMillis ended, const std::string& as) {
    const auto id = add(job, started);
    EXPECT_TRUE(store_->finish(id, "member1", 3, {.status = as, .ended = ended}));
    return id;
  }
  std::vector<UnixMillis> starts(const ExecutionQuery& query) {
    std::vector<UnixMillis> found;
    const auto page = store_->query(query);
    for (const auto& execution : page.executions) found.push_back(execution.started.value_or(-1));
    EXPECT_EQ(page.total, static_cast<std::int64_t>(found.size()));
    return found;
  }

  std::unique_ptr<ExecutionStore> store_;
};
QD_ON_EVERY_DATABASE(ExecutionStoreTest);

TEST_P(ExecutionStoreTest, KeepsEveryField) {
  auto execution = run_of("job", 5000);
  execution.job_revision = 7;
  execution.type = "user-scheduled";
  execution.roles = {"admin", "o,ps"};
  execution.status = status::scheduled;
  execution.description = "echo \"hi\" ✓\nand more";
  execution.arg_string = "-a 1";
  execution.options = {{"a", "1"}, {"ü", "%_'"}};
  execution.log_level = "DEBUG";
  execution.node_filter = "tags: web";
  execution.succeeded_nodes = {"n1"};
  execution.failed_nodes = {"n2", "n\"3"};
  execution.scheduled_for = 4000;
  execution.ended = 6000;
  execution.aborted_by = "bob";
  execution.abort_reason = "slow";
  execution.retry_attempt = 2;
  execution.retry_of = 11;
  execution.retried_as = 12;
  execution.original = 10;
  execution.log_path = "ops/job/1.rdlog";
  execution.log_size = 1234567890123;
  execution.extra["later"] = JsonArray{1, "two"};
  model::Job workflow;
  workflow.project = "ops";
  workflow.workflow.steps.push_back({.action = model::CommandStep{"id"},
                                     .description = {},
                                     .error_handler = {},
                                     .keepgoing_on_success = {},
                                     .plugins = {},
                                     .extra = {}});
  execution.ad_hoc = workflow;
  execution.id = store_->create(execution);
  EXPECT_GT(execution.id, 0);
  EXPECT_EQ(store_->find(execution.id), execution);
  EXPECT_THAT(store_->find_many({execution.id, 999}), ElementsAre(execution));
  execution.ad_hoc.reset();  // lists go without the workflow
  EXPECT_THAT(store_->query({}).executions, ElementsAre(execution));
  EXPECT_EQ(store_->find(execution.id + 1), std::nullopt);
}

TEST_P(ExecutionStoreTest, FinishesManyAndSaysWhichWereNotItsOwn) {
  std::vector<model::Execution> runs;
  for (int i = 0; i < 3; ++i) {
    runs.push_back(run_of("job", 1000));
    runs.back().id = store_->create(runs.back());
  }
  runs[1].incarnation = 2;
  ExecutionOutcome outcome{.status = status::succeeded, .ended = 2000, .succeeded_nodes = {"a"}, .state = "{}"};
  const auto finish = [&](const ExecutionOutcome& last) {
    return ExecutionStore::finish_all(*database_, {{runs[0], outcome}, {runs[1], outcome}, {runs[2], last}});
  };
  auto stateless = outcome;
  stateless.state.clear();
  EXPECT_EQ(finish(outcome), (std::vector<bool>{true, false, true}));
  EXPECT_EQ(finish(stateless), (std::vector<bool>{false, false, false}));
  EXPECT_EQ(store_->find(runs[0].id)->status, status::succeeded);
  EXPECT_EQ(store_->find(runs[1].id)->status, status::running);
  EXPECT_EQ(store_->find(runs[2].id)->ended, 2000);
}

TEST_P(ExecutionStoreTest, CreatesManyUnlessTheirLifeIsOver) {
  const auto insert = [&](const char* uuid, const char* state) {
    database_->execute("INSERT INTO member VALUES (?, 7, ?, '', '', '', '', '', 0, 0, '', '', '', '', '', '')",
                       {uuid, state});
  };
  insert("live", "live");
  insert("dead", "dead");
  const model::Incarnation live{"live", 7}, later{"live", 8}, earlier{"live", 6}, dead{"dead", 7}, alone{"nobody", 1};
  const auto a = run_of("a", 1000), b = run_of("b", 2000), c = run_of("c", 3000);
  const auto ids =
      ExecutionStore::create_all(*database_, {{live, a}, {live, b}, {earlier, a}, {dead, b}, {later, c}, {alone, c}});
  ASSERT_EQ(ids.size(), 6u);
  EXPECT_EQ(ids[2], 0);
  EXPECT_EQ(ids[3], 0);
  for (const std::size_t i : {0u, 1u, 4u, 5u}) EXPECT_GT(ids[i], 0) << i;
  auto kept = b;
  kept.id = ids[1];
  EXPECT_EQ(store_->find(ids[1]), kept);
  EXPECT_EQ(store_->query({}).total, 4);
}

TEST_P(ExecutionStoreTest, CreatesOnlyWhatIsUnchanged) {
  ProjectStore projects(*database_);
  JobStore jobs(*database_);
  ASSERT_TRUE(projects.create({.name = "ops", .config = {{"a", "1"}}, .created = 500}));
  model::Job job;
  job.uuid = "job";
  job.project = "ops";
  job.name = "Job job";
  ASSERT_EQ(jobs.create(job, "ann", "member1", 600), JobStore::SaveOutcome::saved);
  const model::Incarnation life{"nobody", 1};
  const auto run = run_of("job", 1000);
  auto version = projects.of_job("job")->version;
  const auto creates = [&] { return ExecutionStore::create_all(*database_, {{life, run, &version}}).at(0) > 0; };
  EXPECT_TRUE(creates());
  projects.set_config("ops", {{"a", "2"}});
  EXPECT_FALSE(creates());
  version = projects.of_job("job")->version;
  EXPECT_TRUE(creates());
  ASSERT_EQ(jobs.update(job, "ann", "member1", 700), JobStore::SaveOutcome::saved);
  EXPECT_FALSE(creates());
  version = projects.of_job("job")->version;
  EXPECT_TRUE(creates());
  // One that is made anew under its uuid and with the same revision is another one.
  jobs.remove("job");
  EXPECT_FALSE(creates());
  ASSERT_EQ(jobs.create(job, "ann", "member1", 800), JobStore::SaveOutcome::saved);
  ASSERT_EQ(jobs.update(job, "ann", "member1", 900), JobStore::SaveOutcome::saved);
  EXPECT_EQ(projects.of_job("job")->version.job.revision, version.job.revision);
  EXPECT_FALSE(creates());
}

TEST_P(ExecutionStoreTest, OnlyTheOwningIncarnationFinishes) {
  const auto id = add("job", 1000);
  const ExecutionOutcome outcome{.status = status::failed,
                                 .ended = 2000,
                                 .succeeded_nodes = {"a"},
                                 .failed_nodes = {"b", "c"},
                                 .aborted_by = "",
                                 .abort_reason = "",
                                 .log_size = 77,
                                 .state = "{\"x\":1}"};
  EXPECT_FALSE(store_->save_progress(id, "member1", 2, "{}"));
  EXPECT_TRUE(store_->save_progress(id, "member1", 3, "{\"step\":1}"));
  EXPECT_EQ(store_->state(id), "{\"step\":1}");
  EXPECT_FALSE(store_->finish(id, "member1", 4, outcome));
  EXPECT_FALSE(store_->finish(id, "member2", 3, outcome));
  EXPECT_TRUE(store_->finish(id, "member1", 3, outcome));
  EXPECT_FALSE(store_->finish(id, "member1", 3, outcome));
  EXPECT_FALSE(store_->save_progress(id, "member1", 3, "{}"));
  const auto ended = *store_->find(id);
  EXPECT_EQ(ended.status, status::failed);
  EXPECT_EQ(ended.ended, 2000);
  EXPECT_THAT(ended.failed_nodes, ElementsAre("b", "c"));
  EXPECT_EQ(ended.log_size, 77);
  EXPECT_EQ(store_->state(id), "{\"x\":1}");
  EXPECT_EQ(store_->state(id + 1), std::nullopt);
}

TEST_P(ExecutionStoreTest, AFinishWithoutStateKeepsTheLastOne) {
  const auto id = add("job", 1000);
  EXPECT_EQ(store_->state(id), "");
  store_->save_progress(id, "member1", 3, "{}");
  store_->finish(id, "member1", 3, {.status = status::succeeded, .ended = 2000});
  EXPECT_EQ(store_->state(id), "{}");
}

TEST_P(ExecutionStoreTest, WaitingExecutionsStartOnceOrAreCancelled) {
  auto later = run_of("job", 0);
  later.status = status::scheduled;
  later.started.reset();
  later.scheduled_for = 5000;
  const auto first = store_->create(later);
  later.scheduled_for = 4000;
  const auto second = store_->create(later);
  later.scheduled_for = 9000;
  const auto third = store_->create(later);
  const auto due = store_->due(5000, 10);
  ASSERT_EQ(due.size(), 2u);
  EXPECT_EQ(due[0].id, second);
  EXPECT_EQ(due[1].id, first);
  EXPECT_EQ(store_->due(5000, 1).size(), 1u);
  EXPECT_TRUE(store_->start(first, 5001, "member2", 9));
  EXPECT_FALSE(store_->start(first, 5001, "member2", 9));
  EXPECT_EQ(store_->find(first)->started, 5001);
  EXPECT_TRUE(store_->finish(first, "member2", 9, {.status = status::succeeded, .ended = 5002}));
  EXPECT_TRUE(store_->cancel_waiting(second, "bob", 4500));
  EXPECT_FALSE(store_->cancel_waiting(first, "bob", 4500));
  EXPECT_FALSE(store_->start(second, 6000, "member2", 9));
  EXPECT_EQ(store_->find(second)->status, status::aborted);
  EXPECT_EQ(store_->find(second)->aborted_by, "bob");
  EXPECT_EQ(store_->query({.statuses = {status::scheduled}}).executions.at(0).id, third);
}

TEST_P(ExecutionStoreTest, OrphansOfEarlierIncarnationsAreClosed) {
  const auto mine = add("a", 1000);
  auto other = run_of("a", 1001);
  other.server_uuid = "member2";
  const auto others = store_->create(other);
  EXPECT_EQ(store_->close_orphans("member1", 3, 2000), 0);
  EXPECT_EQ(store_->close_orphans("member1", 4, 2000), 1);
  EXPECT_EQ(store_->find(mine)->status, status::incomplete);
  EXPECT_EQ(store_->find(mine)->ended, 2000);
  EXPECT_EQ(store_->find(others)->status, status::running);
}

TEST_P(ExecutionStoreTest, RemovesWhatDoesNotRun) {
  const auto id = add("a", 1000);
  EXPECT_FALSE(store_->remove(id));
  store_->finish(id, "member1", 3, {.status = status::succeeded, .ended = 2000});
  store_->set_retried_as(id, 99);
  EXPECT_EQ(store_->find(id)->retried_as, 99);
  EXPECT_TRUE(store_->remove(id));
  EXPECT_FALSE(store_->remove(id));
  EXPECT_GT(add("a", 3000), id);  // an id is never given twice: the log of the old one may still lie around
}

TEST_P(ExecutionStoreTest, LimitsHold) {
  for (const std::int64_t limit : {1, 3}) {
    const auto job = "limited" + std::to_string(limit);
    std::atomic<int> created = 0, refused = 0;
    {
      std::vector<std::jthread> threads;
      for (int thread = 0; thread < 8; ++thread) {
        threads.emplace_back([&] {
          for (int i = 0; i < 25; ++i) {
            const auto id = store_->create_within_limit(run_of(job, 1000 + i), limit);
            if (!id) {
              ++refused;
              continue;
            }
            EXPECT_LE(store_->count_running(job), limit);
            ++created;
            EXPECT_TRUE(store_->finish(*id, "member1", 3, {.status = status::succeeded, .ended = 2000}));
          }
        });
      }
    }
    EXPECT_EQ(created + refused, 200);
    EXPECT_GE(created, 8);
    EXPECT_EQ(store_->count_running(job), 0);
  }
}

TEST_P(ExecutionStoreTest, ALimitCountsWhatRunsWithoutOne) {
  add("job", 1000);
  EXPECT_FALSE(store_->create_within_limit(run_of("job", 1001), 1));
  const auto second = store_->create_within_limit(run_of("job", 1002), 2);
  ASSERT_TRUE(second);
  EXPECT_FALSE(store_->create_within_limit(run_of("job", 1003), 2));
  EXPECT_TRUE(store_->create_within_limit(run_of("other", 1004), 1));
  store_->close_orphans("member1", 4, 2000);
  EXPECT_TRUE(store_->create_within_limit(run_of("job", 1005), 1));
}

TEST_P(ExecutionStoreTest, RacersNeverExceedALimitThatNobodyLeaves) {
  std::atomic<int> created = 0;
  {
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < 8; ++thread) {
      threads.emplace_back([&] {
        for (int i = 0; i < 5; ++i) created += store_->create_within_limit(run_of("full", 1000 + i), 5) ? 1 : 0;
      });
    }
  }
  EXPECT_EQ(created, 5);
  EXPECT_EQ(store_->count_running("full"), 5);
}

TEST_P(ExecutionStoreTest, ListsNewestFirstInPages) {
  for (const UnixMillis started : {3000, 1000, 2000, 2000}) add("a", started);
  const auto all = store_->query({.project = "ops"});
  ASSERT_EQ(all.executions.size(), 4u);
  EXPECT_THAT(starts({.project = "ops"}), ElementsAre(3000, 2000, 2000, 1000));
  EXPECT_GT(all.executions[1].id, all.executions[2].id);
  const auto page = store_->query({.project = "ops", .offset = 1, .max = 2});
  EXPECT_EQ(page.total, 4);
  EXPECT_THAT(page.executions, ElementsAre(all.executions[1], all.executions[2]));
  EXPECT_EQ(store_->query({.project = "other"}).total, 0);
  EXPECT_EQ(store_->query({.project = "ops", .max = 0}).total, 4);
  EXPECT_EQ(store_->ids_of_job("a").front(), all.executions[0].id);
  EXPECT_EQ(store_->count("ops"), 4);
}

TEST_P(ExecutionStoreTest, FiltersFindTheSameEverywhere) {
  add("a", 1000);
  add_ended("a", 2000, 2500, status::succeeded);
  add_ended("b", 3000, 3500, status::failed);
  add_ended("", 4000, 4500, "custom status");
  auto bobs = run_of("B_", 5000);
  bobs.user = "bob";
  bobs.project = "dev";
  bobs.server_uuid = "member2";
  bobs.type = "scheduled";
  store_->create(bobs);

  EXPECT_THAT(starts({}), ElementsAre(5000, 4000, 3000, 2000, 1000));
  EXPECT_THAT(starts({.project = "*"}), ElementsAre(5000, 4000, 3000, 2000, 1000));
  EXPECT_THAT(starts({.project = "dev"}), ElementsAre(5000));
  EXPECT_THAT(starts({.projects = {"dev", "ops", "x"}}), ElementsAre(5000, 4000, 3000, 2000, 1000));
  EXPECT_THAT(starts({.running_only = true}), ElementsAre(5000, 1000));
  EXPECT_THAT(starts({.finished_only = true}), ElementsAre(4000, 3000, 2000));
  EXPECT_THAT(starts({.statuses = {"custom status"}}), ElementsAre(4000));
  EXPECT_THAT(starts({.statuses = {status::failed, status::succeeded, status::running}}),
              ElementsAre(5000, 3000, 2000, 1000));
  EXPECT_THAT(starts({.statuses = {"unknown"}}), IsEmpty());
  EXPECT_THAT(starts({.user = "bob"}), ElementsAre(5000));
  EXPECT_THAT(starts({.job_uuids = {"a", "b"}}), ElementsAre(3000, 2000, 1000));
  EXPECT_THAT(starts({.exclude_job_uuids = {"a"}}), ElementsAre(5000, 3000));
  EXPECT_THAT(starts({.job_paths = {"g/a/Job a", "g/x/Job b"}}), ElementsAre(2000, 1000));
  EXPECT_THAT(starts({.exclude_job_paths = {"g/a/Job a"}}), ElementsAre(5000, 3000));
  EXPECT_THAT(starts({.group_part = "g"}), ElementsAre(5000, 3000, 2000, 1000));
  EXPECT_THAT(starts({.group_part = "-"}), ElementsAre(4000));
  EXPECT_THAT(starts({.group_exact = "g"}), IsEmpty());
  EXPECT_THAT(starts({.group_exact = "g/b"}), ElementsAre(3000));
  EXPECT_THAT(starts({.exclude_group_part = "g/a"}), ElementsAre(5000, 3000));
  EXPECT_THAT(starts({.exclude_group_exact = "g/b"}), ElementsAre(5000, 2000, 1000));
  EXPECT_THAT(starts({.job_part = "JOB b"}), ElementsAre(5000, 3000));
  EXPECT_THAT(starts({.job_part = "b_"}), ElementsAre(5000));
  EXPECT_THAT(starts({.exclude_job_part = "B"}), IsEmpty());  // every name has a b
  EXPECT_THAT(starts({.exclude_job_part = " A"}), ElementsAre(5000, 3000));
  EXPECT_THAT(starts({.job_exact = "Job b"}), ElementsAre(3000));
  EXPECT_THAT(starts({.exclude_job_exact = "Job b"}), ElementsAre(5000, 2000, 1000));
  EXPECT_THAT(starts({.ad_hoc = true}), ElementsAre(4000));
  EXPECT_THAT(starts({.ad_hoc = false}), ElementsAre(5000, 3000, 2000, 1000));
  EXPECT_THAT(starts({.type = "scheduled"}), ElementsAre(5000));
  EXPECT_THAT(starts({.server_uuid = "member2"}), ElementsAre(5000));
  EXPECT_THAT(starts({.started_after = 2000, .started_before = 3000}), ElementsAre(3000, 2000));
  EXPECT_THAT(starts({.ended_after = 2501, .ended_before = 4500}), ElementsAre(4000, 3000));
}

TEST_P(ExecutionStoreTest, FindsWhatRanOnANode) {
  const auto add_on = [&](UnixMillis started, std::vector<std::string> good, std::vector<std::string> bad) {
    const auto id = add("a", started);
    store_->finish(id, "member1", 3,
                   {.status = status::failed,
                    .ended = started,
                    .succeeded_nodes = std::move(good),
                    .failed_nodes = std::move(bad)});
  };
  add_on(1000, {"web1", "web2"}, {});
  add_on(2000, {"web10"}, {"web%"});
  add_on(3000, {}, {"we\"b", "web1"});
  EXPECT_THAT(starts({.node = "web1"}), ElementsAre(3000, 1000));
  EXPECT_THAT(starts({.node = "web%"}), ElementsAre(2000));
  EXPECT_THAT(starts({.node = "we\"b"}), ElementsAre(3000));
  EXPECT_THAT(starts({.node = "WEB1"}), IsEmpty());
}

TEST_P(ExecutionStoreTest, MeasuresDurations) {
  add_ended("a", 1000, 1500, status::succeeded);
  add_ended("a", 2000, 4500, status::succeeded);
  add_ended("a", 3000, 3100, status::failed);
  add("a", 5000);
  const auto metrics = store_->metrics({.job_uuids = {"a"}});
  EXPECT_EQ(metrics.total, 4);
  EXPECT_EQ(metrics.by_status, (std::map<std::string, std::int64_t>{{"succeeded", 2}, {"failed", 1}, {"running", 1}}));
  EXPECT_EQ(metrics.duration_count, 3);
  EXPECT_EQ(metrics.duration_sum, 3100);
  EXPECT_EQ(metrics.duration_min, 100);
  EXPECT_EQ(metrics.duration_max, 2500);
  EXPECT_EQ(store_->recent_durations("a").count, 2);
  EXPECT_EQ(store_->recent_durations("a").average(), 1500);
  EXPECT_EQ(store_->recent_durations("b").average(), std::nullopt);
  EXPECT_EQ(store_->metrics({.job_uuids = {"b"}}).total, 0);
}

TEST_P(ExecutionStoreTest, TalliesHowExecutionsEnded) {
  add_ended("a", 1000, 1500, status::succeeded);
  add_ended("a", 2000, 2500, status::succeeded);
  add_ended("a", 3000, 3100, status::failed);
  add_ended("a", 4000, 4100, "deployed 1.2");
  add_ended("a", 5000, 5100, "deployed 1.3");
  add("a", 6000);
  auto elsewhere = run_of("b", 7000);
  elsewhere.project = "web";
  elsewhere.user = "ben";
  store_->finish(store_->create(elsewhere), "member1", 3, {.status = status::succeeded, .ended = 7100});
  const auto told = [](const std::vector<ExecutionTally>& tallies) {
    std::vector<std::string> lines;
    for (const auto& one : tallies)
      lines.push_back(one.project + " " + one.user + " " + one.status + " " + std::to_string(one.count));
    return lines;
  };
  EXPECT_THAT(
      told(store_->tallies({.finished_only = true})),
      UnorderedElementsAre("ops ann succeeded 2", "ops ann failed 1", "ops ann other 2", "web ben succeeded 1"));
  EXPECT_THAT(told(store_->tallies({.projects = {"ops"}, .started_after = 3000, .finished_only = true})),
              UnorderedElementsAre("ops ann failed 1", "ops ann other 2"));
}

}  // namespace
}  // namespace qd::store
