#include "cli/arguments.hpp"

#include <gtest/gtest.h>

#include "cli/catalog.hpp"

namespace qd::cli {
namespace {

const Command& verb(const std::string& path) {
  for (const Command& command : catalog()) {
    if (command.path == path) return command;
  }
  throw std::logic_error("no verb " + path);
}

using Strings = std::vector<std::string>;

TEST(Arguments, ReadsRdsShortOptions) {
  const auto args = parse_arguments(verb("run"), {"-p", "ops", "-j", "web/restart", "-f", "-%", "%id", "-@",
                                                  "2026-01-01T00:00:00Z", "--", "-env", "prod", "--", "-x"});
  ASSERT_TRUE(args) << args.error().message;
  EXPECT_EQ(args->text("project"), "ops");
  EXPECT_EQ(args->text("outformat"), "%id");
  EXPECT_TRUE(args->has("follow"));
  EXPECT_FALSE(args->has("quiet"));
  EXPECT_EQ(args->text("at"), "2026-01-01T00:00:00Z");
  EXPECT_EQ(args->trailing, (Strings{"-env", "prod", "--", "-x"}));
}

TEST(Arguments, ListsTakeWordsUpToTheNextOption) {
  const auto args = parse_arguments(verb("executions query"), {"-j", "a/b", "c", "-g", "-", "-m", "5"});
  ASSERT_TRUE(args) << args.error().message;
  EXPECT_EQ(args->list("jobs"), (Strings{"a/b", "c"}));
  EXPECT_EQ(args->text("group"), "-");
  EXPECT_EQ(args->number("max"), 5);
}

TEST(Arguments, SplitCommaLists) {
  const auto args = parse_arguments(verb("jobs list"), {"-i", "a,b", "c"});
  ASSERT_TRUE(args);
  EXPECT_EQ(args->comma_list("idlist"), (Strings{"a", "b", "c"}));
}

TEST(Arguments, TellOffsetFromOutputFormat) {
  auto args = parse_arguments(verb("executions query"), {"-o", "40"});
  ASSERT_TRUE(args);
  EXPECT_EQ(args->number("offset"), 40);
  args = parse_arguments(verb("executions query"), {"-o", "json"});
  ASSERT_TRUE(args);
  EXPECT_EQ(args->text("output"), "json");
  EXPECT_FALSE(args->has("offset"));
  args = parse_arguments(verb("jobs list"), {"-o", "yaml"});
  ASSERT_TRUE(args);
  EXPECT_EQ(args->text("output"), "yaml");
}

TEST(Arguments, SayWhatIsWrong) {
  const std::pair<Strings, const char*> wrong[] = {{{"--nonsense"}, "--nonsense"},
                                                   {{"stray"}, "stray"},
                                                   {{"-m", "many"}, "many"},
                                                   {{"-o", "xml"}, "xml"},
                                                   {{"--", "x"}, "`--`"}};
  for (const auto& [words, part] : wrong) {
    const auto args = parse_arguments(verb("executions query"), words);
    ASSERT_FALSE(args) << part;
    EXPECT_NE(args.error().message.find(part), std::string::npos) << args.error().message;
  }
  const auto missing = parse_arguments(verb("tokens create"), {"-r", "ops"});
  ASSERT_FALSE(missing);
  EXPECT_NE(missing.error().message.find("--user"), std::string::npos);
}

TEST(Catalog, FindsTheLongestPath) {
  std::size_t length = 0;
  EXPECT_EQ(find_command({"projects", "configure", "get", "x"}, length)->path, "projects configure get");
  EXPECT_EQ(length, 3u);
  EXPECT_EQ(find_command({"run"}, length)->path, "run");
  EXPECT_EQ(find_command({"projects", "configure"}, length), nullptr);
}

TEST(Catalog, EveryVerbParsesItsHelpAndHasExamplesOfItself) {
  for (const Command& command : catalog()) {
    const auto args = parse_arguments(command, {"--help"});
    ASSERT_TRUE(args) << command.path << ": " << args.error().message;
    EXPECT_TRUE(args->has("help")) << command.path;
    ASSERT_FALSE(command.examples.empty()) << command.path;
    for (const std::string& example : command.examples) {
      EXPECT_NE(example.find("qd " + command.path), std::string::npos) << example;
    }
  }
}

TEST(Catalog, GuessesWhatWasMeant) {
  EXPECT_EQ(most_like("lst", {"load", "list", "info"}), "list");
  EXPECT_EQ(most_like("exec", {"jobs", "executions"}), "executions");
  EXPECT_EQ(most_like("zzzz", {"jobs", "executions"}), "");
}

}  // namespace
}  // namespace qd::cli
