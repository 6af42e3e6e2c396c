#include "auth/jaas_config.hpp"

#include <gmock/gmock.h>

namespace qd::auth {
namespace {

using testing::HasSubstr;

JaasModules modules_of(std::string_view text, const std::string& name, const JaasExpand& expand = {}) {
  const auto all = parse_jaas(text, "jaas.conf", expand);
  if (!all) throw std::runtime_error(all.error().message);
  return all->at(name);
}

std::string complaint(std::string_view text, const JaasExpand& expand = {}) {
  const auto all = parse_jaas(text, "jaas.conf", expand);
  return all ? "none" : all.error().message;
}

TEST(JaasConfig, SeveralModulesWithFlagsCommentsAndQuotes) {
  const auto modules = modules_of(
      "// who may come in\n"
      "multiauth {\n"
      "  com.dtolabs.rundeck.jetty.jaas.JettyCachingLdapLoginModule sufficient\n"
      "    debug=\"true\" /* not\n here */ bindPassword=\"a\\\"b\\\\c;}\"\n"
      "    timeoutRead=10000;\n"
      "  # a comment that Java would refuse\n"
      "  org.eclipse.jetty.jaas.spi.PropertyFileLoginModule REQUIRED file='/etc/realm';\n"
      "};\n"
      "other { x.Y optional; };\n",
      "multiauth");
  ASSERT_EQ(modules.size(), 2u);
  EXPECT_EQ(modules[0].short_name(), "JettyCachingLdapLoginModule");
  EXPECT_EQ(modules[0].flag, LoginFlag::sufficient);
  EXPECT_EQ(modules[0].line, 3);
  EXPECT_EQ(modules[0].text("bindPassword"), "a\"b\\c;}");
  EXPECT_EQ(modules[0].text("timeoutRead"), "10000");
  EXPECT_TRUE(modules[0].truth("debug", false));
  EXPECT_EQ(modules[1].flag, LoginFlag::required);
  EXPECT_EQ(modules[1].text("file"), "/etc/realm");
}

TEST(JaasConfig, NamesInValuesAreReplaced) {
  const JaasExpand expand = [](const std::string& name) -> std::optional<std::string> {
    if (name == "LDAP_BINDPWD") return "pä$s${x}";
    return std::nullopt;
  };
  EXPECT_EQ(modules_of("a { x.Y required p=\"<${LDAP_BINDPWD}>\"; };", "a", expand)[0].text("p"), "<pä$s${x}>");
  EXPECT_THAT(complaint("a {\n x.Y required\n p=\"${NOBODY}\"; };", expand),
              HasSubstr("jaas.conf:3: ${NOBODY} is neither"));
}

TEST(JaasConfig, MistakesAreNamedWithTheirLine) {
  EXPECT_THAT(
      complaint("ldap {\n  x.Y maybe\n debug=\"true\";\n};"),
      HasSubstr("jaas.conf:2: expected required, requisite, sufficient or optional after x.Y, but there is 'maybe'"));
  EXPECT_THAT(complaint("ldap {\n  x.Y required debug \"true\";\n};"),
              HasSubstr("jaas.conf:2: expected = after the option debug"));
  EXPECT_THAT(complaint("ldap {\n  x.Y required debug=\"true\"\n}"), HasSubstr("jaas.conf:3: expected an option"));
  EXPECT_THAT(complaint("ldap {\n  x.Y required a=\"1\" a=\"2\";\n};"), HasSubstr("the option a is there twice"));
  EXPECT_THAT(complaint("ldap {\n  x.Y required a=\"1;\n};"), HasSubstr("jaas.conf:2: the text that begins with"));
  EXPECT_THAT(complaint("ldap {\n  x.Y required;\n}\n"), HasSubstr("jaas.conf:4: expected ; after }"));
  EXPECT_THAT(complaint("ldap {\n};"), HasSubstr("jaas.conf:2: expected a login module"));
  EXPECT_THAT(complaint("ldap x"), HasSubstr("jaas.conf:1: expected { after 'ldap'"));
  EXPECT_THAT(complaint("a { x.Y required; };\na { x.Y required; };"), HasSubstr("jaas.conf:2: there are two"));
  EXPECT_THAT(complaint("/* open"), HasSubstr("jaas.conf:1: the comment that begins here"));
}

}  // namespace
}  // namespace qd::auth
