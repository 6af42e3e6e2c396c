#include "auth/jaas_modules.hpp"

#include <gmock/gmock.h>

#include "auth/temp_dir_testing.hpp"

namespace qd::auth {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class JaasModulesTest : public testing::Test {
 protected:
  Result<std::unique_ptr<LoginChain>> load(const std::string& modules) {
    const auto file = dir_.write("jaas.conf", "RDpropertyfilelogin {\n" + modules + "\n};\n");
    return load_jaas({.file = file, .realm_file = dir_.path() / "realm.properties"}, {}, clock_);
  }
  std::string complaint(const std::string& modules) {
    const auto chain = load(modules);
    return chain ? "none" : chain.error().message;
  }
  LoginOutcome log_in(const std::string& modules, const std::string& user, const std::string& password) {
    auto chain = load(modules);
    if (!chain) throw std::runtime_error(chain.error().message);
    SharedLogin shared;
    return (*chain)->log_in({user, password}, shared);
  }

  TempDir dir_;
  SystemClock clock_;
  std::string realm_ = dir_.write("realm.properties", "ann: secret,ops,dev\n").string();
  std::string roles_ = dir_.write("roles.properties", "ann: -,build\n").string();
};

TEST_F(JaasModulesTest, PropertyFilesGiveRolesAsTheirModulesDo) {
  const auto roles = [&](const std::string& module) { return log_in(module, "ann", "secret").facts.roles; };
  EXPECT_THAT(
      roles("org.eclipse.jetty.jaas.spi.PropertyFileLoginModule required debug=\"true\" file=\"" + realm_ + "\";"),
      ElementsAre("ops", "dev", "ann"));
  EXPECT_THAT(roles("org.rundeck.jaas.jetty.ReloadablePropertyFileLoginModule required;"), ElementsAre("ops", "dev"));
  EXPECT_THAT(roles("org.rundeck.jaas.jetty.JettyAuthPropertyFileLoginModule required storePass=\"true\";"
                    "org.rundeck.jaas.jetty.JettyRolePropertyFileLoginModule required useFirstPass=\"true\" file=\"" +
                    roles_ + "\";"),
              ElementsAre("build"));
}

TEST_F(JaasModulesTest, RolesAloneLetNobodyIn) {
  EXPECT_NE(log_in("org.rundeck.jaas.jetty.JettyRolePropertyFileLoginModule required useFirstPass=\"true\" file=\"" +
                       roles_ + "\";",
                   "ann", "secret")
                .kind,
            LoginOutcome::Kind::good);
}

TEST_F(JaasModulesTest, MistakesNameFileLineAndWhatIsExpected) {
  EXPECT_THAT(complaint("com.example.Kerberos required;"),
              HasSubstr("jaas.conf:2: there is no login module com.example.Kerberos; expected one of"));
  const std::string ldap = "com.dtolabs.rundeck.jetty.jaas.JettyCachingLdapLoginModule required ";
  EXPECT_THAT(complaint(ldap + "userBaseDn=\"x\";"), HasSubstr("needs the option providerUrl"));
  EXPECT_THAT(complaint(ldap + "providerUrl=\"ldap://x\";"), HasSubstr("needs the option userBaseDn"));
  EXPECT_THAT(complaint(ldap + "providerUrl=\"http://x\" userBaseDn=\"x\";"),
              HasSubstr("expected ldap:// or ldaps://"));
  EXPECT_THAT(complaint(ldap + "providerUrl=\"ldap://x\" userBaseDn=\"x\" cacheDurationMillis=\"soon\";"),
              HasSubstr("expected a number"));
  EXPECT_THAT(complaint(ldap + "providerUrl=\"ldap://x\" userBaseDn=\"x\" rolPrefix=\"soon\";"),
              HasSubstr("there is no option rolPrefix"));
  EXPECT_THAT(complaint("org.rundeck.jaas.jetty.JettyPamLoginModule required;"), HasSubstr("needs the option service"));
  EXPECT_THAT(complaint("org.rundeck.jaas.jetty.JettyRolePropertyFileLoginModule required;"),
              HasSubstr("needs useFirstPass"));
  const auto other = load_jaas({.file = dir_.write("j", "ldap { x.Y required; };"), .module = "ad"}, {}, clock_);
  EXPECT_THAT(other.error().message, HasSubstr("there is no configuration ad in it"));
  EXPECT_THAT(load_jaas({.file = "/nowhere/jaas.conf"}, {}, clock_).error().message, HasSubstr("cannot be read"));
}

}  // namespace
}  // namespace qd::auth
