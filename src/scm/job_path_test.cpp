#include "scm/job_path.hpp"

#include <gtest/gtest.h>

namespace qd::scm {
namespace {

TEST(JobPath, FillsTheTemplateOnce) {
  const PathFacts job{"id-1", "", "backup", "nightly/db", "ops"};
  EXPECT_EQ(job_path("${job.group}${job.name}-${job.id}.${config.format}", "xml", job), "nightly/db/backup-id-1.xml");
  EXPECT_EQ(job_path("${job.project}/${job.sourceId}.yaml", "yaml", job), "ops/id-1.yaml");
  EXPECT_EQ(job_path("${job.sourceId}", "xml", {"id-1", "src", "n", "", "p"}), "src");
  EXPECT_EQ(job_path("${job.group}${job.name}", "xml", {"i", "", "${job.id}", "", "p"}), "${job.id}");
  EXPECT_EQ(job_path("${job.other}$", "xml", job), "${job.other}$");
}

TEST(JobPath, StaysInTheRepository) {
  for (const char* path : {"a", "a/b.xml", "..a/b", "a b/ü.yaml", ".gitlab/x", "git/x", "a/.gitkeep"})
    EXPECT_TRUE(check_path(path)) << path;
  for (const char* path : {"",
                           "/a",
                           "a/",
                           "a//b",
                           ".",
                           "..",
                           "../a",
                           "a/../b",
                           "a/./b",
                           ".git",
                           ".git/hooks/x",
                           "a/.GIT/config",
                           "a/.git.",
                           "a/.git ",
                           ".git::$INDEX_ALLOCATION/x",
                           "git~1/x",
                           "a\\b",
                           "a\nb",
                           "a\x7f",
                           ".gitmodules",
                           "a/.gitattributes"})
    EXPECT_FALSE(check_path(path)) << path;
  EXPECT_FALSE(check_path(std::string(300, 'a')));
  std::string deep;
  for (int at = 0; at < 600; ++at) deep += "a/";
  EXPECT_FALSE(check_path(deep + "b"));
}

}  // namespace
}  // namespace qd::scm
