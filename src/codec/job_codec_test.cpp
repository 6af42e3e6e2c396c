// Job files as a whole: golden files, and encode and decode as inverses in and across the formats.
#include "codec/job_codec.hpp"

#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sstream>

namespace qd::codec {
namespace {

using testing::HasSubstr;

constexpr JobFormat formats[] = {JobFormat::xml, JobFormat::yaml, JobFormat::json};

const char* ending(JobFormat format) {
  return format == JobFormat::xml ? "xml" : format == JobFormat::yaml ? "yaml" : "json";
}

std::string read_source_file(const std::string& path) {
  std::ifstream file(std::string(QD_SOURCE_DIR) + "/" + path, std::ios::binary);
  EXPECT_TRUE(file) << path;
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string golden(const std::string& name) {
  return read_source_file("tests/golden/jobs/" + name);
}

std::vector<model::Job> sound_jobs(std::string_view text, JobFormat format) {
  std::vector<model::Job> jobs;
  const auto decoded = decode_jobs(text, format);
  EXPECT_TRUE(decoded) << decoded.error().message;
  if (!decoded) return jobs;
  for (const DecodedJob& entry : *decoded) {
    EXPECT_TRUE(entry.job) << entry.job.error().message;
    if (entry.job) jobs.push_back(*entry.job);
  }
  return jobs;
}

void expect_round_trips(const std::vector<model::Job>& jobs) {
  for (const JobFormat format : formats) {
    const std::string text = encode_jobs(jobs, format);
    const auto again = sound_jobs(text, format);
    EXPECT_TRUE(again == jobs) << text;
  }
  for (const model::Job& job : jobs) {
    const auto again = job_from_json(job_to_json(job));
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_TRUE(*again == job) << job.name;
  }
}

TEST(JobCodec, WritesEveryElementAsTheGoldenFiles) {
  const auto jobs = sound_jobs(golden("every-element.yaml"), JobFormat::yaml);
  ASSERT_EQ(jobs.size(), 3U);
  for (const JobFormat format : formats) {
    EXPECT_EQ(encode_jobs(jobs, format), golden(std::string("every-element.") + ending(format)));
  }
}

TEST(JobCodec, ReadsTheSameJobsFromEachFormat) {
  const auto jobs = sound_jobs(golden("every-element.yaml"), JobFormat::yaml);
  EXPECT_TRUE(sound_jobs(golden("every-element.json"), JobFormat::json) == jobs);
  EXPECT_TRUE(sound_jobs(golden("every-element.xml"), JobFormat::xml) == jobs);
  expect_round_trips(jobs);
}

TEST(JobCodec, ReadsFormsThatItNeverWrites) {
  for (const JobFormat format : formats) {
    const std::string name = std::string("other-forms.") + ending(format);
    const auto jobs = sound_jobs(golden(name), format);
    EXPECT_EQ(encode_jobs(jobs, JobFormat::yaml),
              golden(std::string("other-forms-") + ending(format) + "-normal.yaml"));
    expect_round_trips(jobs);
  }
}

TEST(JobCodec, ReadsTheExamples) {
  EXPECT_EQ(sound_jobs(read_source_file("examples/jobs/hello.yaml"), JobFormat::yaml).size(), 1U);
  EXPECT_EQ(sound_jobs(read_source_file("examples/jobs/nightly-report.xml"), JobFormat::xml).size(), 1U);
  EXPECT_EQ(sound_jobs(read_source_file("examples/jobs/cleanup.json"), JobFormat::json).size(), 1U);
}

model::Job job_with_command(std::string command) {
  model::Job job;
  job.name = "j";
  job.node_filter_editable = true;
  model::Step step;
  step.action = model::CommandStep{std::move(command)};
  job.workflow.steps.push_back(step);
  return job;
}

// Texts that some parser would read as something else, cut, trim or break.
const std::vector<std::string> awkward_texts = {"yes",
                                                "No",
                                                "on",
                                                "y",
                                                "null",
                                                "~",
                                                "true",
                                                "012",
                                                "0x1F",
                                                "0b1",
                                                "0o7",
                                                "1_000",
                                                "12:30:45",
                                                "1e3",
                                                "1.50",
                                                ".5",
                                                "+1",
                                                "-1",
                                                ".inf",
                                                ".nan",
                                                "2026-11-22",
                                                "2026-11-22T10:00:00Z",
                                                "=",
                                                "<<",
                                                "- item",
                                                "-",
                                                "--",
                                                "---",
                                                "--- x",
                                                "...",
                                                "a: b",
                                                "a:",
                                                ": a",
                                                "#no comment",
                                                "a #b",
                                                "[x]",
                                                "{x}",
                                                "&anchor",
                                                "*alias",
                                                "!tag",
                                                "%TAG",
                                                "@at",
                                                "`tick`",
                                                "'single'",
                                                "\"double\"",
                                                "it's \"both\"",
                                                "a, b",
                                                "? what",
                                                "| pipe",
                                                "> fold",
                                                " leading",
                                                "trailing ",
                                                "  ",
                                                "\t",
                                                "\ttab first",
                                                "a\ttab",
                                                "line\nline",
                                                "line\n",
                                                "line\n\n",
                                                "\nline",
                                                "\n",
                                                "\n\n",
                                                " indented\nline",
                                                "a\n  b\n c",
                                                "a\n \nb",
                                                "a\n\t\nb",
                                                "windows\r\nline",
                                                "old mac\r",
                                                "\x1b[31mred\x1b[0m",
                                                "\x7f",
                                                "caf\xC3\xA9",
                                                "\xF0\x9F\x9A\x80",
                                                "\xE2\x80\xA8",
                                                "\xEF\xBB\xBF"
                                                "bom",
                                                "\xC2\x85",
                                                "\xEF\xBF\xBE",
                                                "]]>",
                                                "<![CDATA[x]]>\n",
                                                "<b>&amp;</b>",
                                                "&lol;",
                                                "&#0;",
                                                "a\n]]>\nb",
                                                "${option.a}",
                                                "\\n",
                                                "\\",
                                                "x\\",
                                                "# a\n# b",
                                                "- a\n- b",
                                                "a\n---\nb",
                                                "a\n...\n",
                                                "\xE2\x80\x9Cq\xE2\x80\x9D",
                                                "100%",
                                                "key: |\n  text",
                                                "a\nb:\n",
                                                "true\n",
                                                "1\n2"};

TEST(JobCodec, KeepsAwkwardTextsEverywhere) {
  std::vector<model::Job> jobs;
  for (const std::string& text : awkward_texts) {
    model::Job job = job_with_command(text);
    job.description = text;
    job.workflow.steps.front().description = text;
    job.workflow.steps.front().extra["note"] = text;
    job.workflow.steps.push_back({});
    model::ScriptStep script;
    script.script = script.args = text;
    job.workflow.steps.back().action = script;
    job.workflow.steps.push_back({});
    job.workflow.steps.back().action = model::PluginStep{text, true, {{text, text}}};
    job.workflow.plugin_config["LogFilter"] =
        JsonArray{JsonObject{{"type", text}, {"config", JsonObject{{"a", text}}}}};
    job.orchestrator = model::PluginUse{text, {{"a", text}}};
    job.plugins["ExecutionLifecycle"] = JsonObject{{text, JsonObject{{text, text}}}};
    job.plugins["Other"] = JsonObject{{"p", JsonObject{{"deep", JsonObject{{text, JsonArray{text, nullptr}}}}}}};
    job.extra[text] = JsonObject{{text, text}};
    model::Option option;
    option.name = "o";
    option.value = text;
    option.values = {text, "other"};
    option.label = text;
    option.type = "file";
    option.config["c"] = text;
    job.options.push_back(option);
    model::Notification mail;
    mail.trigger = "onsuccess";
    mail.kind = model::Notification::Kind::email;
    mail.config = JsonObject{{"recipients", "a@example.org"}, {"subject", text}, {text, text}};
    job.notifications.push_back(mail);
    jobs.push_back(job);
  }
  for (const model::Job& job : jobs) expect_round_trips({job});
}

TEST(JobCodec, KeepsUnknownFieldsOfAllTypesInAllPlaces) {
  const Json values = JsonArray{1,
                                -1,
                                1.5,
                                1e20,
                                9223372036854775808U,
                                true,
                                nullptr,
                                "t",
                                JsonArray(),
                                JsonObject(),
                                "",
                                JsonObject{{"a b", JsonArray{JsonArray{1}}}, {"element", "x"}, {"<text>", "y"}}};
  for (const Json& value : values.get_array()) {
    for (const char* key : {"new", "two words", "element", "data", "@x", "<text>", "command", "context", "dispatch",
                            "logging", "entry", "extra-fields", "scriptargs", "step-plugin", "value", "<<"}) {
      model::Job job = job_with_command("id");
      job.extra[key] = value;
      job.workflow.extra[key] = value;
      job.workflow.steps.front().extra[key] = value;
      job.schedule = model::Schedule{"0 0 0 * * ?", {}, {{key, value}}};
      job.node_filters = model::NodeFilters{"a", "", {"1", false, true, false, {}, "", true, {}}, {}};
      if (std::string_view(key) != "dispatch") job.node_filters->extra[key] = value;
      job.node_filters->dispatch.extra[key] = value;
      model::Option option;
      option.name = "o";
      if (std::string_view(key) != "value") option.extra[key] = value;
      job.options.push_back(option);
      job.workflow.steps.push_back({});
      model::JobRefStep reference;
      reference.uuid = "u";
      reference.extra[key] = value;
      job.workflow.steps.back().action = reference;
      job.workflow.steps.push_back({});
      job.workflow.steps.back().action = model::PluginStep{"p", false, {{key, value}}};
      model::Notification told;
      told.trigger = "onfailure";
      told.type = "p";
      told.config[key] = value;
      job.notifications.push_back(told);
      expect_round_trips({job});
    }
  }
}

TEST(JobCodec, KeepsFieldsOfOtherKindsOfSteps) {
  const auto jobs = sound_jobs(R"([{"name": "n", "sequence": {"commands": [
    {"type": "p", "nodeStep": true, "script": "a", "exec": "b", "scriptargs": "c"},
    {"jobref": {"name": "j"}, "script": "a", "args": "c", "configuration": {"k": "v"}},
    {"exec": "e", "script": "a", "args": "c", "scriptfile": "f", "step-plugin": {"type": "q"}},
    {"script": "a", "scripturl": "http://u/", "exec": null}]}}])",
                               JobFormat::json);
  ASSERT_EQ(jobs.size(), 1U);
  expect_round_trips(jobs);
}

TEST(JobCodec, ReadsBuiltInNotificationsThatAreWrittenLikePlugins) {
  const auto written = sound_jobs(R"(- name: n
  sequence: {commands: [{exec: id}]}
  notification:
    onstart: {type: pager, config: {to: ops}}
    onsuccess:
    - type: email
      config: {recipients: ops@example.org, subject: done}
    onfailure:
    - {type: url, configuration: {urls: 'https://example.org/hook', httpMethod: post, format: json}}
)",
                                  JobFormat::yaml);
  const auto usual = sound_jobs(R"(- name: n
  sequence: {commands: [{exec: id}]}
  notification:
    onstart: {plugin: {type: pager, configuration: {to: ops}}}
    onsuccess:
      email: {recipients: ops@example.org, subject: done}
    onfailure: {urls: 'https://example.org/hook', httpMethod: post, format: json}
)",
                                JobFormat::yaml);
  EXPECT_EQ(written, usual);
}

TEST(JobCodec, ReadsFormatNames) {
  EXPECT_EQ(parse_job_format("XML").value(), JobFormat::xml);
  EXPECT_EQ(parse_job_format("yml").value(), JobFormat::yaml);
  EXPECT_EQ(parse_job_format("json").value(), JobFormat::json);
  EXPECT_EQ(parse_job_format("csv").error().kind, ErrorKind::unsupported_format);
}

TEST(JobCodec, DocumentOfTheDatabaseIsNotHeldToTheRules) {
  const auto job = job_from_json(JsonObject{{"name", "a/b"}, {"loglevel", "LOUD"}});
  ASSERT_TRUE(job);
  EXPECT_EQ(job->log_level, "LOUD");
  EXPECT_THAT(job_from_json(Json("text")).error().message, HasSubstr("must be a map"));
}

}  // namespace
}  // namespace qd::codec
