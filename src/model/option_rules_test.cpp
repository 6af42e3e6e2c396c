#include "model/option_rules.hpp"

#include <gtest/gtest.h>

namespace qd::model {
namespace {

Option option(const std::string& name) {
  Option made;
  made.name = name;
  return made;
}

Job job_with(std::vector<Option> options) {
  Job job;
  job.options = std::move(options);
  return job;
}

std::string complaint(const Job& job, const OptionValues& given, const OptionSources& sources = {}) {
  const auto resolved = resolve_options(job, given, sources);
  return resolved ? "" : resolved.error().message;
}

TEST(OptionRules, AddDefaultsAndKeepTheOrderOfDefinition) {
  Option z = option("z");
  z.value = "last";
  Option a = option("a");
  a.multivalued = true;
  a.values = {"1", "2"};
  a.multivalue_all_selected = true;
  const auto resolved = resolve_options(job_with({z, a, option("none")}), {{"undeclared", "u v"}}, {});
  ASSERT_TRUE(resolved.has_value());
  EXPECT_EQ(resolved->arg_string, "-z last -a 1,2 -undeclared \"u v\"");
  EXPECT_FALSE(resolved->plain.contains("none"));
}

TEST(OptionRules, AGivenEmptyValueReplacesTheDefault) {
  Option o = option("o");
  o.value = "d";
  EXPECT_EQ(resolve_options(job_with({o}), {{"o", ""}}, {})->plain.at("o"), "");
  o.required = true;
  EXPECT_EQ(complaint(job_with({o}), {{"o", ""}}), "Option 'o' is required.");
}

TEST(OptionRules, ComplainsLikeThePeer) {
  Option required = option("opt2");
  required.required = true;
  Option regex = option("r");
  regex.regex = "[a-z]+";
  Option many = option("m");
  many.multivalued = true;
  many.delimiter = ";";
  many.regex = "\\d+";
  Option enforced = option("e");
  enforced.enforced = true;
  enforced.values = {"x", "y"};
  Option enforced_many = enforced;
  enforced_many.multivalued = true;
  Option date = option("d");
  date.is_date = true;
  date.date_format = "MM/DD/YYYY";
  struct Case {
    Option option;
    OptionValues given;
    const char* message;
  };
  for (const auto& [rule, given, message] : std::vector<Case>{
           {required, {}, "Option 'opt2' is required."},
           {required, {{"opt2", "v"}}, ""},
           {regex, {{"r", "abc"}}, ""},
           {regex, {{"r", ""}}, ""},
           {regex, {{"r", "abc1"}}, "Option r value: abc1 doesn't match regular expression: [a-z]+"},
           {many, {{"m", "1;22;"}}, ""},
           {many, {{"m", "1;b;c"}}, "Option m values: [b, c] did not all match regular expression: \\d+"},
           {enforced, {{"e", "y"}}, ""},
           {enforced, {{"e", "z"}}, "Option e value: z was not in the allowed values: [x, y]"},
           {enforced_many, {{"e", "x,y"}}, ""},
           {enforced_many, {{"e", "x,z"}}, "Option e values: x,z were not all in the allowed values: [x, y]"},
           {date, {{"d", "02/30/2026"}}, ""},
           {date, {{"d", "13/01/2026"}}, "Option d value: 13/01/2026 doesn't follow the date format: MM/DD/YYYY"},
       }) {
    EXPECT_EQ(complaint(job_with({rule}), given), message);
  }
  Option open = enforced;
  open.enforced = false;
  EXPECT_EQ(complaint(job_with({open}), {{"e", "z"}}), "");
}

TEST(OptionRules, SaysEverythingThatIsWrongAtOnce) {
  Option first = option("a");
  first.required = true;
  Option second = option("b");
  second.required = true;
  EXPECT_EQ(complaint(job_with({first, second}), {}), "Option 'a' is required.\nOption 'b' is required.");
}

TEST(OptionRules, SecureValuesAreKeptApart) {
  Option hidden = option("pass");
  hidden.secure = true;
  Option shown = option("key");
  shown.secure = shown.value_exposed = true;
  const auto resolved =
      resolve_options(job_with({hidden, shown, option("x")}), {{"pass", "p"}, {"key", "k"}, {"x", "1"}}, {});
  ASSERT_TRUE(resolved.has_value());
  EXPECT_EQ(resolved->arg_string, "-x 1");
  EXPECT_EQ(resolved->secure, (OptionValues{{"pass", "p"}}));
  EXPECT_EQ(resolved->secure_exposed, (OptionValues{{"key", "k"}}));
  EXPECT_EQ(resolved->visible(), (OptionValues{{"key", "k"}, {"x", "1"}}));
}

TEST(OptionRules, NeverShowsASecureValue) {
  Option secret = option("pass");
  secret.secure = true;
  secret.regex = "[0-9]+";
  EXPECT_EQ(complaint(job_with({secret}), {{"pass", "hunter2x"}}), "Option pass value was not valid");
  secret.regex.clear();
  secret.enforced = true;
  secret.values = {"1"};
  EXPECT_EQ(complaint(job_with({secret}), {{"pass", "hunter2x"}}), "Option pass value was not valid");
}

TEST(OptionRules, ReadsSecretsFromStorage) {
  Option secret = option("pass");
  secret.secure = true;
  secret.required = true;
  secret.storage_path = "keys/db";
  const OptionSources sources{[](const std::string& path) -> Result<std::string> { return "from " + path; }, {}};
  EXPECT_EQ(resolve_options(job_with({secret}), {}, sources)->secure.at("pass"), "from keys/db");
  EXPECT_EQ(resolve_options(job_with({secret}), {{"pass", "given"}}, sources)->secure.at("pass"), "given");
  EXPECT_EQ(complaint(job_with({secret}), {}),
            "Option pass is required, but storage value from \"keys/db\" could not be read.");
  secret.required = false;
  EXPECT_EQ(complaint(job_with({secret}), {}), "");
}

TEST(OptionRules, AsksAboutFiles) {
  Option file = option("f");
  file.type = "file";
  const OptionSources sources{{}, [](const Option& o, const std::string& id) -> std::optional<std::string> {
                                if (id == "good") return std::nullopt;
                                return "File ref \"" + id + "\" is not a valid for option " + o.name;
                              }};
  EXPECT_EQ(complaint(job_with({file}), {{"f", "good"}}, sources), "");
  EXPECT_EQ(complaint(job_with({file}), {{"f", "bad"}}, sources), "File ref \"bad\" is not a valid for option f");
}

TEST(OptionRules, ABrokenRegexIsAComplaint) {
  Option o = option("o");
  o.regex = "(";
  EXPECT_NE(complaint(job_with({o}), {{"o", "x"}}).find("The regular expression '(' is broken"), std::string::npos);
}

TEST(DateFormat, FollowsMomentTokens) {
  EXPECT_TRUE(follows_date_format("MM/DD/YYYY hh:mm a", "11/22/2026 09:03 pm"));
  EXPECT_FALSE(follows_date_format("MM/DD/YYYY hh:mm a", "11/22/2026 9:03 pm"));
  EXPECT_FALSE(follows_date_format("MM/DD/YYYY", "11/22/2026x"));
  EXPECT_FALSE(follows_date_format("YYYY-MM-DD", "2026-13-01"));
  EXPECT_TRUE(follows_date_format("YYYY-MM-DD[T]HH", "anything"));
  EXPECT_TRUE(follows_date_format("MMMM Do YYYY", "November 22nd 2026"));
}

}  // namespace
}  // namespace qd::model
