#include "store/job_store.hpp"

#include <gmock/gmock.h>

#include "store/execution_store.hpp"
#include "store/project_store.hpp"
#include "store/testing/database_test_case.hpp"
#include "store/upload_store.hpp"

namespace qd::store {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

model::Job job_named(const std::string& uuid, const std::string& group, const std::string& name) {
  model::Job job;
  job.uuid = uuid;
  job.project = "ops";
  job.group = group;
  job.name = name;
  job.description = "first line\nsecond: ✓";
  job.workflow.steps.push_back({.action = model::CommandStep{"echo hi"},
                                .description = {},
                                .error_handler = {},
                                .keepgoing_on_success = {},
                                .plugins = {},
                                .extra = {}});
  return job;
}

class JobStoreTest : public testing::DatabaseTestCase {
 protected:
  void SetUp() override {
    DatabaseTestCase::SetUp();
    jobs_ = std::make_unique<JobStore>(*database_);
  }
  void create(const std::string& uuid, const std::string& group, const std::string& name) {
    ASSERT_EQ(jobs_->create(job_named(uuid, group, name), "ann", "member1", 1000), JobStore::SaveOutcome::saved);
  }
  std::vector<std::string> names(const JobQuery& query) {
    std::vector<std::string> found;
    for (const auto& job : jobs_->list(query)) found.push_back((job.group.empty() ? "" : job.group + "/") + job.name);
    return found;
  }

  std::unique_ptr<JobStore> jobs_;
};
QD_ON_EVERY_DATABASE(JobStoreTest);

TEST_P(JobStoreTest, KeepsTheWholeDefinition) {
  auto job = job_named("r2d2", "db/nightly", "backup");
  job.options.push_back({});
  job.options.back().name = "target";
  job.options.back().value = "a";
  job.schedule = model::Schedule{.crontab = "0 0 3 * * ? *", .parts = {}, .extra = {}};
  job.execution_enabled = false;
  EXPECT_EQ(jobs_->create(job, "ann", "member1", 1000), JobStore::SaveOutcome::saved);
  EXPECT_EQ(jobs_->create(job, "ann", "member1", 1000), JobStore::SaveOutcome::uuid_taken);
  const auto stored = jobs_->find("r2d2");
  ASSERT_TRUE(stored);
  EXPECT_EQ(stored->job, job);
  EXPECT_EQ(stored->revision, 1);
  EXPECT_EQ(stored->created, 1000);
  EXPECT_EQ(stored->updated_by, "ann");
  EXPECT_EQ(stored->server_uuid, "member1");
  const auto summary = jobs_->list({.project = "ops"}).at(0);
  EXPECT_TRUE(summary.scheduled);
  EXPECT_FALSE(summary.execution_enabled);
  EXPECT_EQ(summary.description, job.description);
  EXPECT_EQ(jobs_->find("c3po"), std::nullopt);
}

TEST_P(JobStoreTest, EverySaveIsARevision) {
  create("j1", "", "one");
  auto job = jobs_->find("j1")->job;
  job.description = "changed";
  EXPECT_EQ(jobs_->update(job, "bob", "member2", 2000, 1), JobStore::SaveOutcome::saved);
  EXPECT_EQ(jobs_->update(job, "eve", "member2", 2500, 1), JobStore::SaveOutcome::conflict);
  EXPECT_EQ(jobs_->update(job, "cat", "member2", 3000), JobStore::SaveOutcome::saved);
  job.uuid = "other";
  EXPECT_EQ(jobs_->update(job, "eve", "member2", 3000), JobStore::SaveOutcome::missing);
  EXPECT_TRUE(jobs_->set_enabled("j1", false, std::nullopt, 4000));
  EXPECT_FALSE(jobs_->set_enabled("other", false, std::nullopt, 4000));
  EXPECT_EQ(jobs_->revision("j1"), 4);
  EXPECT_EQ(jobs_->revision("other"), std::nullopt);
  const auto stored = *jobs_->find("j1");
  EXPECT_FALSE(stored.job.execution_enabled);
  EXPECT_TRUE(stored.job.schedule_enabled);
  EXPECT_EQ(stored.created, 1000);
  EXPECT_EQ(stored.updated, 4000);
  const auto revisions = jobs_->revisions("j1", 3);
  ASSERT_EQ(revisions.size(), 3u);
  EXPECT_EQ(revisions[0].revision, 4);
  EXPECT_EQ(revisions[0].job, stored.job);
  EXPECT_EQ(revisions[2].saved_by, "bob");
  EXPECT_EQ(revisions[2].job.description, "changed");
  EXPECT_TRUE(jobs_->remove("j1"));
  EXPECT_FALSE(jobs_->remove("j1"));
  EXPECT_THAT(jobs_->revisions("j1", 10), IsEmpty());
}

TEST_P(JobStoreTest, ListsInOneOrderEverywhere) {
  create("5", "b", "x");
  create("1", "", "zeta");
  create("2", "", "Alpha");
  create("3", "a", "é");
  create("4", "a", "z");
  create("6", "a/b", "m");
  create("7", "a", "z");
  EXPECT_THAT(names({.project = "ops"}), ElementsAre("Alpha", "zeta", "a/z", "a/z", "a/é", "a/b/m", "b/x"));
  EXPECT_THAT(names({.project = "ops", .offset = 1, .max = 2}), ElementsAre("zeta", "a/z"));
  EXPECT_THAT(names({.project = "none"}), IsEmpty());
  EXPECT_EQ(jobs_->count("ops"), 7);
  JobQuery piece{.project = "ops", .max = 2};
  std::vector<std::string> all;
  for (auto jobs = jobs_->list(piece); !jobs.empty(); jobs = jobs_->list(piece)) {
    for (const auto& job : jobs) all.push_back(job.uuid);
    piece.after = JobPlace{jobs.back().group, jobs.back().name, jobs.back().uuid};
  }
  EXPECT_THAT(all, ElementsAre("2", "1", "4", "7", "3", "6", "5"));
  EXPECT_EQ(jobs_->list_full({.project = "ops", .max = 1}).at(0).job, job_named("2", "", "Alpha"));
}

TEST_P(JobStoreTest, FiltersFindTheSameEverywhere) {
  create("1", "", "Backup 100%");
  create("2", "ops", "backup_db");
  create("3", "ops/db", "BACKUP.db");
  create("4", "ops2", "Ärger (x)");
  create("5", "ops.db", "backupXdb");
  const auto by_name = [&](const std::string& part) { return names({.project = "ops", .name_part = part}); };
  EXPECT_THAT(by_name("backup"), ElementsAre("Backup 100%", "ops/backup_db", "ops.db/backupXdb", "ops/db/BACKUP.db"));
  EXPECT_THAT(by_name("p_D"), ElementsAre("ops/backup_db"));
  EXPECT_THAT(by_name("p.d"), ElementsAre("ops/db/BACKUP.db"));
  EXPECT_THAT(by_name("0%"), ElementsAre("Backup 100%"));
  EXPECT_THAT(by_name("ÄRG"), ElementsAre("ops2/Ärger (x)"));
  EXPECT_THAT(by_name("ärg"), IsEmpty());
  EXPECT_THAT(by_name("(X)"), ElementsAre("ops2/Ärger (x)"));
  EXPECT_THAT(names({.name_exact = "backup_db"}), ElementsAre("ops/backup_db"));
  EXPECT_THAT(names({.group_part = "ops"}), ElementsAre("ops/backup_db", "ops/db/BACKUP.db"));
  EXPECT_THAT(names({.group_part = "-"}), ElementsAre("Backup 100%"));
  EXPECT_EQ(names({.group_part = "*"}).size(), 5u);
  EXPECT_THAT(names({.group_exact = "ops"}), ElementsAre("ops/backup_db"));
  EXPECT_THAT(names({.group_exact = "-"}), ElementsAre("Backup 100%"));
  EXPECT_THAT(names({.uuids = {"1", "4", "4", "9"}}), ElementsAre("Backup 100%", "ops2/Ärger (x)"));
  EXPECT_THAT(names({.scheduled = true}), IsEmpty());
  EXPECT_THAT(names({.server_uuid = "member1"}), IsEmpty());  // it saved them, but owns schedules only
}

TEST_P(JobStoreTest, FindsTags) {
  auto job = job_named("1", "", "tagged");
  job.extra["tags"] = "nightly, db";
  jobs_->create(job, "ann", "m", 1);
  EXPECT_THAT(names({.tag = "db"}), ElementsAre("tagged"));
  EXPECT_THAT(names({.tag = "d"}), IsEmpty());
}

TEST_P(JobStoreTest, NamesNeedNotBeUnique) {
  create("1", "g", "same");
  create("2", "g", "same");
  const auto found = jobs_->find_by_name("ops", "g", "same");
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].job.uuid, "1");
  EXPECT_THAT(jobs_->find_by_name("ops", "", "same"), IsEmpty());
}

TEST_P(JobStoreTest, ProjectsKeepConfigurationAndFiles) {
  ProjectStore projects(*database_);
  EXPECT_TRUE(projects.create({.name = "ops", .config = {{"project.label", "Öps"}}, .created = 42}));
  EXPECT_FALSE(projects.create({.name = "ops", .config = {}, .created = 43}));
  EXPECT_TRUE(projects.create({.name = "Dev", .config = {}, .created = 43}));
  EXPECT_TRUE(projects.change_config("ops", {{"a", "1"}, {"b", "2"}}, {"project.label"}));
  EXPECT_FALSE(projects.change_config("none", {{"a", "1"}}, {}));
  EXPECT_EQ(projects.find("ops")->config, (std::map<std::string, std::string>{{"a", "1"}, {"b", "2"}}));
  EXPECT_EQ(projects.find("ops")->created, 42);
  EXPECT_TRUE(projects.set_config("ops", {{"c", "3"}}));
  EXPECT_FALSE(projects.set_config("none", {}));
  EXPECT_EQ(projects.list().at(0).name, "Dev");
  EXPECT_EQ(projects.list().at(1).get("c"), "3");
  projects.put_file("ops", "readme.md", "# Old");
  projects.put_file("ops", "readme.md", "# New");
  EXPECT_EQ(projects.file("ops", "readme.md"), "# New");
  EXPECT_EQ(projects.file("Dev", "readme.md"), std::nullopt);
  EXPECT_TRUE(projects.remove_file("ops", "readme.md"));
  EXPECT_FALSE(projects.remove_file("ops", "readme.md"));
}

TEST_P(JobStoreTest, ARemovedProjectTakesEverythingWithIt) {
  ProjectStore projects(*database_);
  ExecutionStore executions(*database_);
  UploadStore uploads(*database_);
  for (const std::string name : {"ops", "dev"}) {
    projects.create({.name = name, .config = {}, .created = 1});
    auto job = job_named(name + "-job", "", "j");
    job.project = name;
    jobs_->create(job, "ann", "m", 1);
    model::Execution execution;
    execution.project = name;
    executions.create(execution);
    uploads.create({.id = name,
                    .project = name,
                    .job_uuid = job.uuid,
                    .option_name = "o",
                    .file_name = "f",
                    .user = "u",
                    .sha256 = "s",
                    .size = 1,
                    .created = 1,
                    .expires = {},
                    .state = "temp",
                    .execution = {}},
                   "x");
    projects.put_file(name, "motd.md", "hi");
  }
  EXPECT_TRUE(projects.remove("ops"));
  EXPECT_FALSE(projects.remove("ops"));
  EXPECT_FALSE(jobs_->find("ops-job"));
  EXPECT_EQ(executions.count("ops"), 0);
  EXPECT_FALSE(uploads.content("ops"));
  EXPECT_FALSE(projects.file("ops", "motd.md"));
  EXPECT_EQ(database_->query("SELECT COUNT(*) FROM job_revision").at(0).integer(0), 1);
  EXPECT_TRUE(jobs_->find("dev-job"));
  EXPECT_EQ(executions.count("dev"), 1);
  EXPECT_TRUE(uploads.content("dev"));
  EXPECT_TRUE(projects.file("dev", "motd.md"));
}

}  // namespace
}  // namespace qd::store
