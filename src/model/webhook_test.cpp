#include <gmock/gmock.h>

#include "model/webhook_rules.hpp"
#include "model/webhook_text.hpp"

namespace qd::model {
namespace {

using ::testing::HasSubstr;

Json posted(std::string_view text) {
  return parse_json(text).value();
}

const Json& event() {
  static const Json document = posted(
      R"({"a": "x y", "n": 7, "yes": true, "none": null, "list": [{"id": 1}, {"id": 2}], "odd key": {"b-c": "deep"},
          "when": "2026-03-01T12:00:00Z", "epoch": 1772366400, "millis": 1772366400000, "tags": ["red", "blue"],
          "evil": "\" -other v ${raw} \\${x}"})");
  return document;
}

WebhookValues values() {
  WebhookValues all{event(), "{raw}", {{"id", "e1"}, {"X-GitHub-Event", "push"}}, {}};
  all.secret = [](const std::string& path) -> Result<std::string> {
    if (path == "keys/a") return std::string("opened");
    return fail(ErrorKind::not_found, "there is no key " + path);
  };
  return all;
}

std::string expanded(std::string_view text) {
  const auto all = values();
  const auto result = expand_webhook_text(text, all);
  return result ? *result : "error: " + result.error().message;
}

TEST(WebhookText, TakesValuesOfEveryKind) {
  EXPECT_EQ(expanded("plain $a \\${data.a}"), "plain $a ${data.a}");
  EXPECT_EQ(expanded("<${data.a}> ${data.n} ${data.yes} ${data.none} ${data.missing}"), "<x y> 7 true null null");
  EXPECT_EQ(expanded("${data.list[1].id} ${data.list[-1].id} ${data.list[9]} ${data.list}"),
            R"(2 2 null [{"id":1},{"id":2}])");
  EXPECT_EQ(expanded("${data['odd key'].'b-c'} ${data[\"odd key\"]?.b-c} ${ data.a }"), "deep deep x y");
  EXPECT_EQ(expanded("${raw} ${webhook.id} ${webhook['X-GitHub-Event']} ${webhook.nothing}"), "{raw} e1 push null");
  EXPECT_EQ(expanded("${path('$.list[*].id')} ${path(\"$['odd key']\")}"), R"([1,2] {"b-c":"deep"})");
  EXPECT_EQ(expanded("${KS:keys/a}"), "opened");
}

TEST(WebhookText, LooksIntoNoValueAgain) {
  EXPECT_EQ(expanded("${data.evil}"), R"(" -other v ${raw} \${x})");
}

TEST(WebhookText, NamesWhatItCannotTake) {
  for (const char* text : {"${}", "${data.}", "${data.a.b}", "${data.missing.b}", "${data.list.id}", "${data.a[0]}",
                           "${System.exit(0)}", "${raw.length()}", "${data.list[x]}", "${path($.a)}", "${path('$.no')}",
                           "${KS:keys/none}", "${webhook}", "${webhook.id.more}", "${data['a'}"}) {
    EXPECT_THAT(expanded(text), HasSubstr("error: Failed to substitute data: ")) << text;
  }
  EXPECT_THAT(expanded("x ${data.a"), HasSubstr("not closed"));
}

TEST(WebhookText, OnlyTheSettingNamesOptions) {
  const auto all = values();
  const auto options =
      expand_webhook_args(R"(-one ${data.evil} -two "a ${data.evil}" ${data.evil} -three 3 -${data.n} v)", all);
  ASSERT_TRUE(options);
  const std::string evil = R"(" -other v ${raw} \${x})";
  EXPECT_EQ(*options,
            (std::map<std::string, std::string>{{"one", evil}, {"two", "a " + evil}, {"three", "3"}, {"7", "v"}}));
}

bool holds(WebhookCondition::Kind kind, const std::string& path, const std::string& value) {
  return judge_condition({kind, path, value}, event()).satisfied;
}

TEST(WebhookRules, JudgeConditions) {
  using Kind = WebhookCondition::Kind;
  EXPECT_TRUE(holds(Kind::equals, "$.n", "7"));
  EXPECT_FALSE(holds(Kind::equals, "$.none", "null"));
  EXPECT_FALSE(holds(Kind::equals, "$.missing", ""));
  EXPECT_TRUE(holds(Kind::contains, "$.a", " "));
  EXPECT_TRUE(holds(Kind::contains, "$.tags", "red"));
  EXPECT_FALSE(holds(Kind::contains, "$.tags", "re"));
  EXPECT_TRUE(holds(Kind::exists, "$.list[0].id", ""));
  EXPECT_FALSE(holds(Kind::exists, "$.none", "x"));
  EXPECT_TRUE(holds(Kind::is_a, "$.list", "list"));
  EXPECT_TRUE(holds(Kind::is_a, "$", "map"));
  EXPECT_TRUE(holds(Kind::is_a, "$.missing", "null"));
  EXPECT_TRUE(holds(Kind::date_time_after, "$.when", "2026-03-01T13:59:00+02:00"));
  EXPECT_FALSE(holds(Kind::date_time_after, "$.when", "2026-03-01T12:00:00Z"));
  EXPECT_TRUE(holds(Kind::date_time_before, "$.epoch", "2026-03-01T12:00:01Z"));
  EXPECT_TRUE(holds(Kind::date_time_before, "$.millis", "2026-03-01T12:00:01Z"));
  EXPECT_THAT(judge_condition({Kind::date_time_after, "$.a", "2026-03-01T12:00:00Z"}, event()).error,
              HasSubstr("no date"));
  EXPECT_THAT(judge_condition({Kind::equals, "$[?(@.a)]", "x"}, event()).error, HasSubstr("cannot be read"));
}

TEST(WebhookRules, FollowTheirPolicy) {
  WebhookRule rule;
  EXPECT_TRUE(judge_rule(rule, event()).satisfied);
  rule.any = true;
  EXPECT_TRUE(judge_rule(rule, event()).satisfied);
  rule.conditions = {{WebhookCondition::Kind::equals, "$.n", "7"}, {WebhookCondition::Kind::equals, "$.n", "8"}};
  EXPECT_TRUE(judge_rule(rule, event()).satisfied);
  rule.any = false;
  EXPECT_FALSE(judge_rule(rule, event()).satisfied);
}

TEST(WebhookRules, AreReadWithTheirNumbers) {
  const auto routing = read_webhook_routing(posted(R"({"batchKey": "$.m", "rules": [{"jobId": "j", "policy": "any",
      "enabled": "false", "jobOptions": [{"name": "o", "value": "$.a"}], "conditions": [{"path": "$.a", "value": "v"}]}]})")
                                                .as_object());
  ASSERT_TRUE(routing);
  ASSERT_EQ(routing->rules.size(), 1u);
  EXPECT_TRUE(routing->rules[0].any);
  EXPECT_FALSE(routing->rules[0].enabled);
  EXPECT_EQ(routing->rules[0].conditions.at(0).kind, WebhookCondition::Kind::equals);
  const auto error = [](std::string_view text) {
    return read_webhook_routing(posted(text).as_object()).error().message;
  };
  EXPECT_THAT(error(R"({"rules": [{"jobId": "j"}, {}]})"), HasSubstr("rule 2: 'jobId'"));
  EXPECT_THAT(error(R"({"rules": [{"jobId": "j", "policy": "some"}]})"), HasSubstr("all or any"));
}

TEST(WebhookRules, FlattenBatches) {
  const auto document = posted(R"({"m": [[1, [2]], 3], "o": {}})");
  EXPECT_EQ(webhook_events(document, "$.m").value(), (std::vector<Json>{1, 2, 3}));
  EXPECT_EQ(webhook_events(document, "").value(), std::vector<Json>{document});
  EXPECT_FALSE(webhook_events(document, "$.o"));
  EXPECT_FALSE(webhook_events(document, "$.gone"));
}

TEST(WebhookRules, RenderPathsAndTemplates) {
  const auto all = values();
  EXPECT_EQ(render_webhook_value("$.a", all).value(), "x y");
  EXPECT_EQ(render_webhook_value("v ${data.a}", all).value(), "v x y");
  EXPECT_EQ(render_webhook_value("${data.a}", all).value(), "x y");
  EXPECT_EQ(render_webhook_value("\\${data.a}", all).value(), "x y");
  EXPECT_EQ(render_webhook_value("$.gone", all).error().kind, ErrorKind::not_found);
}

}  // namespace
}  // namespace qd::model
