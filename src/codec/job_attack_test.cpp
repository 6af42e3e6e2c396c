// Hostile files: a clear error or a job each, within bounded time and memory.
#include <chrono>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "codec/job_codec.hpp"

namespace qd::codec {
namespace {

using testing::HasSubstr;

constexpr JobFormat all_formats[] = {JobFormat::xml, JobFormat::yaml, JobFormat::json};

std::string repeated(std::string_view part, std::size_t times) {
  std::string text;
  text.reserve(part.size() * times);
  for (std::size_t i = 0; i < times; ++i) text += part;
  return text;
}

// What went wrong with the file, or with its first job; "fine" for neither.
Error outcome(std::string_view text, JobFormat format) {
  const auto decoded = decode_jobs(text, format);
  if (!decoded) return decoded.error();
  if (decoded->empty()) return {ErrorKind::invalid, "no job", {}};
  return decoded->front().job ? Error{ErrorKind::invalid, "fine", {}} : decoded->front().job.error();
}

TEST(JobAttacks, AHundredMegabytes) {
  const std::string body(100u << 20, ' ');
  for (const JobFormat format : all_formats) {
    EXPECT_EQ(outcome(body, format).kind, ErrorKind::too_large);
    EXPECT_THAT(outcome(body, format).message, HasSubstr("at most 16777216 are accepted"));
  }
}

TEST(JobAttacks, DeepNesting) {
  constexpr std::size_t depth = 10'000;
  EXPECT_THAT(outcome(repeated("[", depth) + repeated("]", depth), JobFormat::json).message, HasSubstr("broken"));
  EXPECT_THAT(outcome(repeated("{\"a\":", depth), JobFormat::json).message, HasSubstr("broken"));
  EXPECT_THAT(outcome(repeated("[", depth), JobFormat::yaml).message, HasSubstr("a bracket is not closed"));
  EXPECT_THAT(outcome(repeated("{a: ", depth), JobFormat::yaml).message, HasSubstr("a bracket is not closed"));
  EXPECT_THAT(outcome(repeated("[\n", depth) + repeated("]", depth), JobFormat::yaml).message,
              HasSubstr("deeper than 64 levels"));
  EXPECT_THAT(outcome(repeated("- ", depth) + "x", JobFormat::yaml).message, HasSubstr("deeper than 64 levels"));
  EXPECT_THAT(outcome(repeated("? ", depth) + "x", JobFormat::yaml).message, HasSubstr("not accepted"));
  const std::string tags = repeated("<a>", depth) + repeated("</a>", depth);
  EXPECT_THAT(outcome("<joblist><job>" + tags + "</job></joblist>", JobFormat::xml).message,
              HasSubstr("<a> is nested deeper than 64 levels"));
  const std::string lists = repeated("<list>", depth) + repeated("</list>", depth);
  EXPECT_THAT(outcome("<joblist><job><x data='true'>" + lists + "</x></job></joblist>", JobFormat::xml).message,
              HasSubstr("nested deeper than 64 levels"));
}

TEST(JobAttacks, EntityBomb) {
  std::string bomb = "<!DOCTYPE joblist [<!ENTITY a0 \"lol\">";
  for (int i = 1; i < 10; ++i) {
    bomb += "<!ENTITY a" + std::to_string(i) + " \"" + repeated("&a" + std::to_string(i - 1) + ";", 10) + "\">";
  }
  bomb += "]><joblist><job><name>&a9;</name></job></joblist>";
  EXPECT_THAT(outcome(bomb, JobFormat::xml).message, HasSubstr("document type"));
  const std::string file =
      "<!DOCTYPE x [<!ENTITY f SYSTEM \"file:///etc/passwd\">]><joblist><job><name>&f;</name></job></joblist>";
  EXPECT_THAT(outcome(file, JobFormat::xml).message, HasSubstr("document type"));
  EXPECT_THAT(outcome("<joblist><job><name>&f;</name></job></joblist>", JobFormat::xml).message, HasSubstr("&f;"));
}

TEST(JobAttacks, AliasBomb) {
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + repeated(before + ", ", 9) + before + "]\n";
  }
  EXPECT_EQ(outcome(bomb, JobFormat::yaml).kind, ErrorKind::too_large);
  EXPECT_THAT(outcome(bomb, JobFormat::yaml).message, HasSubstr("aliases expand to too much"));
  const std::string wide = "- &a " + std::string(1u << 20, 'x') + "\n" + repeated("- *a\n", 10'000);
  EXPECT_EQ(outcome(wide, JobFormat::yaml).kind, ErrorKind::too_large);
  EXPECT_THAT(outcome("- &a [*a]", JobFormat::yaml).message, HasSubstr("within the value that it repeats"));
  EXPECT_THAT(outcome("- *nowhere", JobFormat::yaml).message, HasSubstr("broken"));
}

TEST(JobAttacks, MoreValuesThanAllowed) {
  DecodeLimits limits;
  limits.max_nodes = 10'000;
  const auto kind = [&](const std::string& text, JobFormat format) {
    const auto decoded = decode_jobs(text, format, limits);
    return decoded ? ErrorKind::internal : decoded.error().kind;
  };
  const std::string list = "[" + repeated("0,", limits.max_nodes) + "0]";
  EXPECT_EQ(kind(list, JobFormat::json), ErrorKind::too_large);
  EXPECT_EQ(kind(list, JobFormat::yaml), ErrorKind::too_large);
  const std::string elements = repeated("<a/>", 2 * limits.max_nodes + 1);
  EXPECT_EQ(kind("<joblist>" + elements + "</joblist>", JobFormat::xml), ErrorKind::too_large);
}

TEST(JobAttacks, BrokenUtf8AndNulBytes) {
  for (const JobFormat format : all_formats) {
    EXPECT_THAT(outcome("[{\"name\": \"\xC3\x28\"}]", format).message, HasSubstr("not valid UTF-8"));
    EXPECT_THAT(outcome("<joblist>\xFF\xFE</joblist>", format).message, HasSubstr("not valid UTF-8"));
    EXPECT_THAT(outcome(std::string("[{\"name\": \"a\0b\"}]", 18), format).message, HasSubstr("NUL byte, at byte 12"));
  }
  const std::string escaped = R"([{"name": "a\u0000b", "sequence": {"commands": [{"exec": "id"}]}}])";
  EXPECT_THAT(outcome(escaped, JobFormat::json).message, HasSubstr("'name' holds a NUL character"));
  EXPECT_THAT(outcome(R"([{"a\u0000b": 1}])", JobFormat::json).message, HasSubstr("holds a NUL character"));
  EXPECT_THAT(outcome("- name: a\x04"
                      "b",
                      JobFormat::yaml)
                  .message,
              HasSubstr("control character (code 4) at line 1"));
  EXPECT_THAT(outcome(R"(["\ud800"])", JobFormat::json).message, HasSubstr("broken"));
}

TEST(JobAttacks, TenThousandOptionsAndSteps) {
  model::Job job;
  job.name = "large";
  job.node_filter_editable = true;
  for (int i = 0; i < 10'000; ++i) {
    model::Option option;
    option.name = "o" + std::to_string(i);
    job.options.push_back(option);
    model::Step step;
    step.action = model::CommandStep{"echo " + option.name};
    job.workflow.steps.push_back(step);
  }
  for (const JobFormat format : all_formats) {
    const auto start = std::chrono::steady_clock::now();
    const auto decoded = decode_jobs(encode_jobs({job}, format), format);
    const auto seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    ASSERT_TRUE(decoded && decoded->front().job);
    EXPECT_TRUE(*decoded->front().job == job);
    EXPECT_LT(seconds, 60);
  }
}

// Each of many bad jobs is answered; finding their lines must not read the file again for each.
TEST(JobAttacks, ManyBadJobs) {
  constexpr std::size_t count = 20'000;
  const std::vector<std::pair<JobFormat, std::string>> files = {
      {JobFormat::json, "[" + repeated("{\"name\": \"\"},\n", count) + "{}]"},
      {JobFormat::yaml, repeated("- name: ''\n", count + 1)},
      {JobFormat::xml, "<joblist>" + repeated("<job/>\n", count + 1) + "</joblist>"}};
  for (const auto& [format, text] : files) {
    const auto decoded = decode_jobs(text, format);
    ASSERT_TRUE(decoded);
    ASSERT_EQ(decoded->size(), count + 1);
    EXPECT_EQ(decoded->back().job.error().message, "job 20001 line 20001: 'name' is required");
  }
}

TEST(JobAttacks, OptionsOfOneNameStayLinear) {
  const std::string same = "<joblist><job><name>n</name><context><options>" + repeated("<option name='a'/>", 50'000) +
                           "</options></context></job></joblist>";
  EXPECT_THAT(outcome(same, JobFormat::xml).message, HasSubstr("option \"a\" is there twice"));
}

}  // namespace
}  // namespace qd::codec
