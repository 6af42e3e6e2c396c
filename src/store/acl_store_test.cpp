#include "store/acl_store.hpp"

#include <gmock/gmock.h>

#include "store/project_store.hpp"
#include "store/testing/database_test_case.hpp"

namespace qd::store {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class AclStoreTest : public testing::DatabaseTestCase {};
QD_ON_EVERY_DATABASE(AclStoreTest);

AclText policy_text(const std::string& project, const std::string& name, const std::string& content) {
  return {.project = project, .name = name, .content = content, .updated = 5, .updated_by = "ann"};
}

TEST_P(AclStoreTest, PoliciesAreKeptAndEveryChangeCounts) {
  AclStore acls(*database_);
  EXPECT_EQ(acls.version(), 0);
  EXPECT_TRUE(acls.create(policy_text("", "b.aclpolicy", "two")));
  EXPECT_TRUE(acls.create(policy_text("", "a.aclpolicy", "one")));
  EXPECT_TRUE(acls.create(policy_text("web", "a.aclpolicy", "web's")));
  EXPECT_EQ(acls.version(), 3);
  EXPECT_FALSE(acls.create(policy_text("", "a.aclpolicy", "again")));
  EXPECT_FALSE(acls.update(policy_text("web", "b.aclpolicy", "none")));
  EXPECT_FALSE(acls.remove("db", "a.aclpolicy"));
  EXPECT_EQ(acls.version(), 3);

  EXPECT_THAT(acls.names(""), ElementsAre("a.aclpolicy", "b.aclpolicy"));
  EXPECT_THAT(acls.names("web"), ElementsAre("a.aclpolicy"));
  EXPECT_EQ(acls.find("", "a.aclpolicy"), policy_text("", "a.aclpolicy", "one"));
  EXPECT_EQ(acls.find("web", "b.aclpolicy"), std::nullopt);

  EXPECT_TRUE(acls.update(policy_text("", "a.aclpolicy", "changed \xC3\xA4\n")));
  EXPECT_EQ(acls.find("", "a.aclpolicy")->content, "changed \xC3\xA4\n");
  EXPECT_TRUE(acls.remove("", "b.aclpolicy"));
  EXPECT_EQ(acls.version(), 5);
  EXPECT_EQ(acls.all().size(), 2U);
}

TEST_P(AclStoreTest, APolicyGoesWithItsProject) {
  AclStore acls(*database_);
  ProjectStore projects(*database_);
  projects.create({"web", {}, 1});
  acls.create(policy_text("web", "a.aclpolicy", "web's"));
  acls.create(policy_text("", "a.aclpolicy", "the system's"));
  EXPECT_TRUE(projects.remove("web"));
  EXPECT_THAT(acls.names("web"), IsEmpty());
  EXPECT_THAT(acls.names(""), ElementsAre("a.aclpolicy"));
  EXPECT_EQ(acls.version(), 3) << "members that keep policies must read them again";
}

}  // namespace
}  // namespace qd::store
