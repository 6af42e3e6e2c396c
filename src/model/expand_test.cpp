#include "model/expand.hpp"

#include <array>
#include <cstdio>
#include <functional>
#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace qd::model {
namespace {

DataContext with_options(DataContext::Group options) {
  DataContext context;
  context.set_group("option", std::move(options));
  return context;
}

// What /bin/sh prints for `command`; "<status N>" is added when it fails.
std::string shell(const std::string& command) {
  std::FILE* pipe = popen(("{ " + command + "\n} 2>&1").c_str(), "r");
  if (pipe == nullptr) return "<popen failed>";
  std::string output;
  std::array<char, 512> buffer{};
  while (const auto size = std::fread(buffer.data(), 1, buffer.size(), pipe)) output.append(buffer.data(), size);
  if (const int status = pclose(pipe); status != 0) output += "<status " + std::to_string(status) + ">";
  return output;
}

const std::vector<std::string>& attacks() {
  static const std::vector<std::string> values{
      "; echo PWNED",
      "$(echo PWNED)",
      "`echo PWNED`",
      "' ; echo PWNED ; '",
      "\" ; echo PWNED ; \"",
      "'\"'\"' ; echo PWNED ; '",
      "a\necho PWNED",
      "a\r\necho PWNED",
      "$IFS",
      "${HOME}",
      "\\' ; echo PWNED #",
      "\\",
      "\\\\",
      "-n",
      "--version",
      "&& echo PWNED",
      "| echo PWNED",
      "> /dev/null",
      "< /dev/null",
      "*",
      "?",
      "[a-z]*",
      "{a,b}",
      "# comment",
      "a b  c",
      "!!",
      "%s%n",
      "((1+1))",
      "'",
      "\"",
      "`",
      "$",
      "$'\\''; echo PWNED",
      "\xc3\xa4 \xe2\x82\xac",
      "\t",
  };
  return values;
}

// Each template prints its value once between marks, wherever it stands.
const std::vector<std::string>& places() {
  static const std::vector<std::string> templates{
      "printf '<%s>' ${option.x}",
      "printf '<%s>' \"${option.x}\"",
      "printf '<%s>' '${option.x}'",
      "printf '<%s>' \"$(printf '%s.' ${option.x})\" | sed '$s/\\.>$/>/'",
      "printf '<%s>' \"$(printf '%s.' \"${option.x}\")\" | sed '$s/\\.>$/>/'",
      "true && (printf '<%s>' ${option.x})",
      "# it's a comment\nprintf '<%s>' ${option.x}",
      "v=${option.x}; printf '<%s>' \"$v\"",
      "sh -c 'printf \"<%s>\" \"$1\"' sh ${option.x}",
  };
  return templates;
}

// Runs `place` with each attack in one shell and compares what each prints.
void expect_prints(const std::string& place, const std::function<std::string(const std::string&)>& expected) {
  std::string script;
  std::string output;
  for (const auto& attack : attacks()) {
    const auto command = expand_command(place, with_options({{"x", attack}}));
    ASSERT_TRUE(command.has_value()) << place << " with " << attack;
    script += *command + "\nprintf '\\001'\n";
    output += expected(attack) + "\001";
  }
  EXPECT_EQ(shell(script), output) << place;
}

TEST(ExpandCommand, AttacksStayOneWordWhereverTheyStand) {
  for (const auto& place : places()) {
    expect_prints(place, [](const std::string& attack) { return "<" + attack + ">"; });
  }
}

TEST(ExpandCommand, PartsOfOneWordStayOneWord) {
  expect_prints("printf '<%s>' a${option.x}b\"${option.x}\"'${option.x}'",
                [](const std::string& attack) { return "<a" + attack + "b" + attack + attack + ">"; });
}

TEST(ExpandCommand, AValueInACommentCannotLeaveIt) {
  expect_prints("echo ok # ${option.x}\necho end", [](const std::string&) { return "ok\nend\n"; });
}

TEST(ExpandCommand, PlacesWithoutSafeQuotingTakePlainValuesOnly) {
  for (const std::string place :
       {"cat <<EOF\n${option.x}\nEOF", "echo `echo ${option.x}`", "echo $((${option.x} + 1))", "echo $'${option.x}'",
        "echo \\${option.x}", "echo $${option.x}", "echo \"$(case a in a) echo ${option.x};; esac)\"",
        "x=1; echo ${x:-${option.x}}", "(( ${option.x} ))"}) {
    EXPECT_TRUE(expand_command(place, with_options({{"x", "plain-1.0"}})).has_value()) << place;
    const auto refused = expand_command(place, with_options({{"x", "a; b"}}));
    ASSERT_FALSE(refused.has_value()) << place;
    EXPECT_EQ(refused.error().kind, ErrorKind::invalid);
    EXPECT_NE(refused.error().message.find("${option.x}"), std::string::npos);
  }
}

TEST(ExpandCommand, AnEmptyValueDoesNotHideHowItsNeighboursJoin) {
  const auto context = with_options({{"e", ""}, {"x", "a\necho PWNED"}});
  EXPECT_EQ(*expand_command("echo a ${option.e}# ${option.x}", context), "echo a # a echo PWNED");
  EXPECT_FALSE(expand_command("cat <${option.e}<EOF\n${option.x}\nEOF", context).has_value());
  EXPECT_FALSE(expand_command("echo $${option.e}'${option.x}'", context).has_value());
}

TEST(ExpandCommand, ANulByteIsRefused) {
  EXPECT_FALSE(expand_command("echo ${option.x}", with_options({{"x", std::string("a\0b", 3)}})).has_value());
}

TEST(ExpandCommand, LeavesTheShellsOwnExpansionsAlone) {
  const auto context = with_options({{"x", "v"}});
  EXPECT_EQ(*expand_command("echo ${HOME} $PATH ${job.nope} ${a:-b} ${option.x}", context),
            "echo ${HOME} $PATH ${job.nope} ${a:-b} v");
  EXPECT_EQ(*expand_command("echo [${option.missing}] ${ option.x }", context), "echo [] ${ option.x }");
}

TEST(ExpandCommand, UnquotedOptionsAreRaw) {
  const auto context = with_options({{"dirs", "/a /b; echo"}, {"x", "p q"}});
  EXPECT_EQ(*expand_command("tar ${unquotedoption.dirs} ${option.x}", context), "tar /a /b; echo 'p q'");
}

TEST(ExpandText, PutsValuesInAsTheyAre) {
  DataContext context = with_options({{"x", "a b"}});
  context.set_group("globals", {{"a.b", "deep"}});
  EXPECT_EQ(expand_text("name: ${option.x}, ${globals.a.b} ${option.no}!", context), "name: a b, deep !");
  EXPECT_EQ(expand_text("${", context), "${");
  EXPECT_EQ(expand_text("${option.x", context), "${option.x");
  EXPECT_EQ(expand_text("${a:${option.x}}", context), "${a:a b}");
}

TEST(ExpandArguments, KeepsEveryArgumentOneValue) {
  const auto context = with_options({{"x", "a; b"}, {"empty", ""}});
  EXPECT_EQ(expand_arguments("-m ${option.x} \"two words\" *.txt --v=${option.x} ${option.empty} ${option.none} end",
                             context),
            (std::vector<std::string>{"-m", "a; b", "two words", "*.txt", "--v=a; b", "", "", "end"}));
  EXPECT_EQ(expand_arguments("${unquotedoption.x}", context), (std::vector<std::string>{"a;", "b"}));
}

TEST(ExpandTokens, FollowsThePeersRules) {
  DataContext context = with_options({{"domain", "mydomain"}, {"greeting", "hello you"}});
  struct Case {
    const char* script;
    const char* expanded;
  };
  for (const auto& [script, expanded] : std::vector<Case>{
           {"a @option.domain@ b", "a mydomain b"},
           {"email=\"user@@mail.@option.domain@\"", "email=\"user@mail.mydomain\""},
           {"email=\"user@@@option.domain@\"", "email=\"user@mydomain\""},
           {"text=\"Hi user@somewhere, @option.greeting@!\"", "text=\"Hi user@somewhere, hello you!\""},
           {"user@mail.@x", "userx"},
           {"@unquotedoption.domain@", "mydomain"},
           {"@option.none@|", "|"},
           {"end@", "end@"},
           {"end@x", "end@x"},
           {"@ @option.domain@", "@ mydomain"},
           {"$@ \"$@\"", "$@ \"$@\""},
           {"", ""},
       }) {
    EXPECT_EQ(expand_tokens(script, context), expanded) << script;
  }
}

TEST(DataContext, NamesEnvironmentVariables) {
  DataContext context = with_options({{"my-opt.x", "1"}});
  context.set("job", "user.name", "admin");
  const auto variables = context.environment();
  EXPECT_EQ(variables.at("RD_OPTION_MY_OPT_X"), "1");
  EXPECT_EQ(variables.at("RD_JOB_USER_NAME"), "admin");
  EXPECT_EQ(environment_name("option", "gr\xc3\xb6\xc3\x9f"), "RD_OPTION_GR____");
}

TEST(DataContext, CopiesAreIndependent) {
  const DataContext first = with_options({{"x", "1"}});
  DataContext second = first;
  second.set("option", "x", "2");
  EXPECT_EQ(*first.find("option", "x"), "1");
  EXPECT_EQ(*second.find("option", "x"), "2");
}

TEST(DataContext, ShowsNodes) {
  Node node;
  node.name = "web1";
  node.attributes = {{"hostname", "web1.example"}, {"osFamily", "unix"}, {"rack", "7"}};
  node.tags = {"b", "a"};
  const auto group = node_group(node);
  EXPECT_EQ(group.at("name"), "web1");
  EXPECT_EQ(group.at("os-family"), "unix");
  EXPECT_EQ(group.at("rack"), "7");
  EXPECT_EQ(group.at("tags"), "a,b");
  EXPECT_EQ(group.at("username"), "");
  EXPECT_FALSE(group.contains("osFamily"));
}

}  // namespace
}  // namespace qd::model
