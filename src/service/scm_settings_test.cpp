#include "service/scm_settings.hpp"

#include <gtest/gtest.h>

namespace qd::service {
namespace {

TEST(StoredScm, ReadsWhatItWrites) {
  StoredScm stored{"git-import", true, "ann", {"ops", "admin"}, {{"url", "ssh://a@b/c"}, {"odd = key", "x\ny"}}, {}};
  EXPECT_EQ(read_stored_scm(Integration::importing, write_stored_scm(Integration::importing, stored)).value(), stored);
  stored.tracked = std::vector<std::string>{"a.xml", "b c.xml"};
  EXPECT_EQ(read_stored_scm(Integration::importing, write_stored_scm(Integration::importing, stored)).value(), stored);
  EXPECT_FALSE(read_stored_scm(Integration::exporting, write_stored_scm(Integration::importing, stored)));
}

// As Rundeck keeps it in the project's folder.
TEST(StoredScm, ReadsTheFileOfARundeck) {
  const auto stored = read_stored_scm(Integration::exporting,
                                      "#stored config\n#Mon Jan 01 00:00:00 UTC 2024\nscm.export.enabled=true\n"
                                      "scm.export.type=git-export\nscm.export.username=admin\n"
                                      "scm.export.roles.count=2\nscm.export.roles.0=user\nscm.export.roles.1=admin\n"
                                      "scm.export.config.url=ssh\\://git@host/x\nscm.export.config.format=xml\n")
                          .value();
  EXPECT_TRUE(stored.enabled);
  EXPECT_EQ(stored.roles, (std::vector<std::string>{"user", "admin"}));
  EXPECT_EQ(stored.config, (ScmValues{{"url", "ssh://git@host/x"}, {"format", "xml"}}));
  EXPECT_FALSE(stored.tracked);
}

TEST(StoredScm, IsNotFooledByCounts) {
  const auto stored =
      read_stored_scm(Integration::exporting, "scm.export.type=x\nscm.export.roles.count=99999999999\n");
  EXPECT_TRUE(stored->roles.empty());
}

TEST(ScmSettings, HaveTheDefaultsOfTheIntegration) {
  const auto imports = scm_settings(Integration::importing, {{"format", "yaml"}});
  EXPECT_TRUE(imports.pulls);
  EXPECT_EQ(imports.pattern, ".*\\.yaml");
  const auto exports = scm_settings(Integration::exporting, {{"fetchTimeout", "5"}});
  EXPECT_FALSE(exports.pulls);
  EXPECT_EQ(exports.fetch_limit, Millis{5000});
  EXPECT_EQ(exports.branch, "master");
}

}  // namespace
}  // namespace qd::service
