#include "api/brief_jobs.hpp"

#include <gtest/gtest.h>

namespace qd::api {
namespace {

store::JobSummary job(const std::string& name, const std::string& group = "") {
  store::JobSummary summary;
  summary.uuid = "id of " + name;
  summary.name = name;
  summary.group = group;
  return summary;
}

std::vector<std::string> names(const JsonObject& brief) {
  std::vector<std::string> found;
  for (const Json& row : brief.at("jobs").as_array()) found.emplace_back(row.at(1).as_string());
  return found;
}

TEST(BriefJobs, AreInTheOrderInWhichPeopleReadNames) {
  const auto brief = brief_jobs_json({job("job 10"), job("Job 9"), job("a"), job("job 9b"), job("B2 x"), job("")});
  EXPECT_EQ(names(brief), (std::vector<std::string>{"", "a", "B2 x", "Job 9", "job 9b", "job 10"}));
}

TEST(BriefJobs, OfOneNameAreInTheOrderOfTheirGroups) {
  const auto brief = brief_jobs_json({job("x", "team 10"), job("x", "team 9"), job("x")});
  EXPECT_EQ(brief.at("groups"), (JsonArray{"", "team 9", "team 10"}));
}

TEST(BriefJobs, NameTheirGroupByItsPlace) {
  const auto brief = brief_jobs_json({job("a", "web"), job("b"), job("c", "web")});
  EXPECT_EQ(brief.at("groups"), (JsonArray{"web", ""}));
  EXPECT_EQ(brief.at("jobs").as_array()[2], (JsonArray{"id of c", "c", 0, "", false, true, true}));
}

TEST(BriefJobs, MayBeNone) {
  EXPECT_EQ(brief_jobs_json({}), (JsonObject{{"groups", JsonArray{}}, {"jobs", JsonArray{}}}));
}

}  // namespace
}  // namespace qd::api
