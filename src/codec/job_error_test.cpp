// What is wrong with a job file is said with job, line and field, and costs that job only.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "codec/job_codec.hpp"

namespace qd::codec {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

std::string message_of(std::string_view text, JobFormat format, std::size_t index = 0) {
  const auto decoded = decode_jobs(text, format);
  if (!decoded) return "file: " + decoded.error().message;
  if (index >= decoded->size()) return "no such job";
  const auto& job = (*decoded)[index].job;
  return job ? "fine" : job.error().message;
}

std::string yaml_message(const std::string& fields) {
  return message_of("- name: j\n  description: d\n" + fields, JobFormat::yaml);
}

constexpr const char* sequence = "  sequence: {commands: [{exec: id}]}\n";

constexpr const char* three_jobs_yaml = R"(- name: first
  sequence:
    commands:
    - exec: id
- name: nightly
  description: d
  options:
  - name: w
  - name: x
    required: maybe
  sequence:
    commands:
    - exec: id
- name: third
  sequence:
    commands:
    - exec: id
)";

TEST(JobErrors, NameJobLineAndFieldInYaml) {
  const auto decoded = decode_jobs(three_jobs_yaml, JobFormat::yaml).value();
  ASSERT_EQ(decoded.size(), 3U);
  EXPECT_TRUE(decoded[0].job);
  EXPECT_TRUE(decoded[2].job);
  EXPECT_EQ(decoded[2].line, 14);
  EXPECT_EQ(decoded[1].line, 5);
  EXPECT_EQ(decoded[1].name, "nightly");
  EXPECT_EQ(decoded[1].job.error().message,
            R"(job 2 ("nightly") line 10: option "x": 'required' must be true or false, not "maybe")");
}

TEST(JobErrors, NameJobLineAndFieldInJson) {
  const std::string text = R"([
  {"name": "first", "sequence": {"commands": [{"exec": "a, [\"}{ "}]}},
  {
    "name": "nightly",
    "options": [
      {"name": "w"},
      {"name": "x",
       "required": "maybe"}
    ],
    "sequence": {"commands": [{"exec": "id"}]}
  }
])";
  EXPECT_EQ(message_of(text, JobFormat::json, 1),
            R"(job 2 ("nightly") line 8: option "x": 'required' must be true or false, not "maybe")");
  EXPECT_EQ(decode_jobs(text, JobFormat::json)->at(1).line, 3);
}

TEST(JobErrors, NameJobLineAndFieldInXml) {
  const std::string text = R"(<joblist>
  <job><name>first</name><sequence><command><exec>id</exec></command></sequence></job>
  <job>
    <name>nightly</name>
    <context><options>
      <option name="z"/>
      <option name="x" required="maybe"/>
    </options></context>
    <sequence><command><exec>id</exec></command></sequence>
  </job>
</joblist>)";
  EXPECT_EQ(message_of(text, JobFormat::xml, 0), "fine");
  EXPECT_EQ(message_of(text, JobFormat::xml, 1),
            R"(job 2 ("nightly") line 7: option "x": 'required' must be true or false, not "maybe")");
}

TEST(JobErrors, PointAtStepsOfXml) {
  const std::string text = R"(<joblist><job><name>n</name>
  <sequence>
    <command><exec>id</exec></command>
    <command><jobref><arg line="x"/></jobref></command>
  </sequence>
</job></joblist>)";
  EXPECT_EQ(message_of(text, JobFormat::xml),
            R"(job 1 ("n") line 4: step 2: the job reference needs a name or a uuid)");
}

TEST(JobErrors, SayWhatAJobLacks) {
  EXPECT_EQ(message_of("- description: d\n  sequence: {commands: [{exec: id}]}", JobFormat::yaml),
            "job 1 line 1: 'name' is required");
  EXPECT_THAT(message_of("[{\"name\": \"a/b\", \"sequence\": {\"commands\": [{\"exec\": \"id\"}]}}]", JobFormat::json),
              HasSubstr("'name' must not contain \"/\""));
  EXPECT_THAT(yaml_message(""), HasSubstr("'sequence' must hold at least one command"));
  EXPECT_THAT(yaml_message("  sequence: {commands: [{}]}"), HasSubstr("step 1 has none of exec, script"));
  EXPECT_THAT(yaml_message("  sequence: {commands: [{exec: ''}]}"), HasSubstr("step 1: the command is empty"));
  EXPECT_THAT(yaml_message("  sequence: {commands: [text]}"), HasSubstr("step 1 must be a map, not \"text\""));
  EXPECT_THAT(message_of("<joblist><job/></joblist>", JobFormat::xml), HasSubstr("'name' is required"));
}

TEST(JobErrors, NameTheFieldOfAWrongShape) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"  timeout: [1]", "'timeout' must be text, not a list"},
      {"  loglevel: LOUD", "'loglevel' must be DEBUG, VERBOSE, INFO, WARN or ERROR, not \"LOUD\""},
      {"  retry: often", "'retry' must be a number of retries or an option reference, not \"often\""},
      {"  options: text", "'options' must be a list or a map, not \"text\""},
      {"  options: [{value: 1}]", "option 1: 'name' is required"},
      {"  options: [{name: a b}]", "option \"a b\": 'name' may hold letters, digits, _, . and - only"},
      {"  options: [{name: a}, {name: a}]", "option \"a\" is there twice"},
      {"  options: [{name: a, multivalued: true, secure: true}]", "'multivalued' and 'secure' exclude each other"},
      {"  options: [{name: a, enforced: true}]", "'enforced' needs 'values' or 'valuesUrl'"},
      {"  options: [{name: a, enforced: true, values: [x], value: y}]", "the default \"y\" is none of its 'values'"},
      {"  options: [{name: a, storagePath: x}]", "'storagePath' must start with keys/"},
      {"  options: [{name: a, values: [[]]}]", "'values' must be a list of texts, and holds a list"},
      {"  nodefilters: text", "'nodefilters' must be a map, not \"text\""},
      {"  nodefilters: {filter: a, dispatch: {rankOrder: up}}", "'rankOrder' must be ascending or descending"},
      {"  schedule: {crontab: '* *'}", "must have six or seven fields"},
      {"  notification: {onsuccess: {plugin: {}}}", "notification onsuccess plugin: 'type' is required"},
      {"  notification: {onsuccess: {email: {subject: s}}}", "'email' needs 'recipients'"},
      {"  notification: {onsuccess: [{type: email}]}",
       "notification onsuccess: 'configuration' is required beside 'type'"},
      {"  notification: {onsuccess: {type: url, config: {format: json}}}",
       "notification onsuccess url: 'urls' is required"},
      {"  orchestrator: {configuration: {a: b}}", "orchestrator: 'type' is required"},
      {"  group: a/../b", "'group' must not contain \"..\""},
      {"  uuid: a/b", "'uuid' may hold letters, digits and -_.+ only"},
      {"  description: \"a\\0b\"", "'description' holds a NUL character"},
  };
  for (const auto& [field, message] : cases) {
    EXPECT_THAT(yaml_message(field + "\n" + sequence), HasSubstr(message)) << field;
    EXPECT_THAT(yaml_message(field + "\n" + sequence), StartsWith("job 1 (\"j\") line ")) << field;
  }
  EXPECT_EQ(yaml_message(sequence), "fine");
}

// As the peer does.
TEST(JobErrors, UnknownKindsOfNotificationAreLeftOutAndToldOf) {
  const auto decoded = [](const std::string& text, JobFormat format) {
    auto jobs = decode_jobs(text, format);
    EXPECT_TRUE(jobs && jobs->size() == 1 && jobs->front().job) << text;
    return std::move(jobs->front());
  };
  const auto yaml = [&](const std::string& trigger) {
    return decoded("- name: j\n  sequence: {commands: [{exec: id}]}\n  notification: {onsuccess: " + trigger + "}\n",
                   JobFormat::yaml);
  };
  const auto alone = yaml("{fax: {to: x}}");
  EXPECT_TRUE(alone.job->notifications.empty());
  EXPECT_THAT(alone.ignored, testing::ElementsAre(HasSubstr("notification onsuccess: 'fax' is no kind of")));
  const auto beside = yaml("{fax: 1, pager: 2, email: {recipients: a@example.com}}");
  EXPECT_EQ(beside.job->notifications.size(), 1u);
  EXPECT_EQ(beside.ignored.size(), 2u);
  EXPECT_THAT(yaml("{type: pager, fax: 1}").ignored, testing::ElementsAre(HasSubstr("not known beside 'type'")));
  EXPECT_TRUE(yaml("{urls: 'http://x', more: 1}").ignored.empty()) << "kept with the webhook";
  const auto xml = decoded(
      "<joblist><job><name>n</name><notification><onsuccess><fax/><email recipients='a@example.com'/></onsuccess>"
      "</notification><sequence><command><exec>id</exec></command></sequence></job></joblist>",
      JobFormat::xml);
  EXPECT_EQ(xml.job->notifications.size(), 1u);
  EXPECT_THAT(xml.ignored, testing::ElementsAre(HasSubstr("notification onsuccess: <fax> is no kind of")));
}

TEST(JobErrors, NameWhatXmlHolds) {
  const auto xml = [](const std::string& part) {
    return message_of("<joblist><job><name>n</name>" + part +
                          "<sequence><command><exec>id</exec></command></sequence></job></joblist>",
                      JobFormat::xml);
  };
  EXPECT_EQ(xml(""), "fine");
  EXPECT_THAT(xml("<notification><onsuccess><fax/></onsuccess></notification>"),
              HasSubstr("notification onsuccess: <fax> is no kind of notification"));
  EXPECT_THAT(xml("<notification><onsuccess><email/></onsuccess></notification>"), HasSubstr("'recipients'"));
  EXPECT_THAT(xml("<notification><onsuccess><webhook/></onsuccess></notification>"), HasSubstr("'urls'"));
  EXPECT_THAT(xml("<context><options><choice/></options></context>"), HasSubstr("\"choice\""));
  EXPECT_THAT(xml("<description>&bogus;</description>"), HasSubstr("<description>: \"&bogus;\" is no character"));
  EXPECT_THAT(xml("<description>&#0;</description>"), HasSubstr("is no character"));
  EXPECT_THAT(xml("<description>&#xD800;</description>"), HasSubstr("is no character"));
  EXPECT_THAT(xml("<timeout unit='s'>5</timeout>"), HasSubstr("'timeout' must be text, not a map"));
  EXPECT_THAT(xml("<name>again</name>"), HasSubstr("'name' must be text, not a list"));
}

TEST(JobErrors, OfTheWholeFile) {
  EXPECT_THAT(message_of("<project/>", JobFormat::xml), HasSubstr("must be <joblist>, not <project>"));
  EXPECT_THAT(message_of("<joblist/>", JobFormat::xml), HasSubstr("no <job> element"));
  EXPECT_THAT(message_of("<joblist>\n<job>\n</joblist>", JobFormat::xml), HasSubstr("broken at line 3"));
  EXPECT_THAT(message_of("text", JobFormat::yaml), HasSubstr("must be a list of jobs; this one is \"text\""));
  EXPECT_THAT(message_of("", JobFormat::yaml), HasSubstr("must be a list of jobs"));
  EXPECT_THAT(message_of("- a\n- [b\n", JobFormat::yaml), HasSubstr("file: The YAML text is not accepted at line 2"));
  EXPECT_THAT(message_of("[]\n---\n[]", JobFormat::yaml), HasSubstr("more than one document"));
  EXPECT_THAT(message_of("- name: j\n  sequence:\n\tcommands: []\n", JobFormat::yaml),
              HasSubstr("broken at line 3: the line is indented with a tab; YAML takes spaces only"));
  EXPECT_THAT(message_of("[{\"name\": }]", JobFormat::json), HasSubstr("file: The JSON text is broken at line 1"));
  EXPECT_THAT(message_of("3", JobFormat::json), HasSubstr("must be a list of jobs"));
  EXPECT_THAT(message_of("[3]", JobFormat::json), HasSubstr("job 1 line 1: a job must be a map, not \"3\""));
  EXPECT_EQ(decode_jobs("[]", JobFormat::json)->size(), 0U);
}

}  // namespace
}  // namespace qd::codec
