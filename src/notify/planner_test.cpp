#include "notify/planner.hpp"

#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>

#include "store/testing/database_test_case.hpp"

namespace qd::notify {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using Kind = model::Notification::Kind;

class PlannerTest : public ::testing::Test {
 protected:
  PlannerTest()
      : database_(store::testing::open_or_fail(store::testing::fresh_database(store::Dialect::sqlite))),
        profiles_(*database_),
        executions_(*database_) {
    config_.server_url = "http://qd";
    config_.api_url = "http://qd/api/59";
    config_.member_uuid = "m1";
    config_.mail.from = "ops@example.com";
    profiles_.save({.login = "ann", .first_name = "Ann", .last_name = "Lee", .email = "ann@example.com"});
    model::Job job;
    job.uuid = "j1";
    job.name = "deploy";
    job.group = "web";
    job.project = "p";
    job_ = job;
    event_.trigger = "success";
    event_.execution.id = 9;
    event_.execution.project = "p";
    event_.execution.job_uuid = "j1";
    event_.execution.job_name = "deploy";
    event_.execution.user = "ann";
    event_.execution.status = "succeeded";
    event_.execution.started = 1'000;
    event_.execution.ended = 3'500;
    event_.execution.arg_string = "-env <test>";
    event_.context.set_group("option", {{"env", "<test>"}, {"list", "a@b.c, d@e.f"}, {"url", "http://x/a?b=c d"}});
    event_.context.set_group("job", {{"user.name", "ann"}});
    event_.context.set_group("export", {{"out", "1&2"}});
  }

  std::vector<store::Delivery> plan(model::Notification notification) {
    job_.notifications = {std::move(notification)};
    event_.job = std::make_shared<const model::Job>(job_);
    return Planner(config_, profiles_, executions_).plan(event_);
  }
  std::vector<store::Delivery> mails(JsonObject config) {
    return plan({"on" + event_.trigger, Kind::email, "", std::move(config)});
  }
  std::vector<store::Delivery> webhooks(JsonObject config) {
    return plan({"on" + event_.trigger, Kind::webhook, "", std::move(config)});
  }
  static JsonObject content(const store::Delivery& delivery) { return parse_json(delivery.content)->get_object(); }

  std::unique_ptr<store::Database> database_;
  store::ProfileStore profiles_;
  store::ExecutionStore executions_;
  PlannerConfig config_;
  model::Job job_;
  model::NotificationEvent event_;
};

TEST_F(PlannerTest, OnlyWhatTheTriggerAsksFor) {
  EXPECT_TRUE(plan({"onfailure", Kind::webhook, "", {{"urls", "http://x"}}}).empty());
}

TEST_F(PlannerTest, AWebhookForEachUrl) {
  const auto planned =
      webhooks({{"urls",
                 "http://u:pw@h/cb?id=${execution.id}&s=${execution.status}&t=${notification.trigger}&x=${export.out}, "
                 "${option.url}"},
                {"format", "json"}});
  ASSERT_EQ(planned.size(), 2u);
  EXPECT_EQ(content(planned[0]).at("url"), "http://u:pw@h/cb?id=9&s=succeeded&t=success&x=1%262");
  EXPECT_EQ(planned[0].target, "http://h/cb");
  EXPECT_EQ(content(planned[1]).at("url"), "http://x/a?b=c d");
  const auto body = *parse_json(text_or(content(planned[0]), "body"));
  EXPECT_EQ(body.at("trigger"), "success");
  EXPECT_EQ(body.at("executionId"), 9);
  EXPECT_EQ(body.at("execution").at("date-ended").at("unixtime"), 3'500);
  EXPECT_EQ(planned[0].execution, 9);
  EXPECT_EQ(planned[0].member, "m1");
}

TEST_F(PlannerTest, XmlIsTheDefaultAndGetHasNoBody) {
  const auto posted = webhooks({{"urls", "http://h/"}});
  EXPECT_THAT(text_or(content(posted[0]), "body"),
              ::testing::StartsWith("<notification trigger='success' status='succeeded' executionId='9'>"));
  EXPECT_THAT(posted[0].content, HasSubstr("text/xml"));
  const auto got = webhooks({{"urls", "http://h/"}, {"httpMethod", "get"}});
  EXPECT_EQ(content(got[0]).at("method"), "GET");
  EXPECT_EQ(content(got[0]).at("body"), "");
}

TEST_F(PlannerTest, SignsWhereThereIsAKey) {
  EXPECT_THAT(webhooks({{"urls", "http://h/"}})[0].content, Not(HasSubstr("SHA256")));
  config_.webhook_key = "k";
  // printf 'http://h/success9k' | sha256sum
  EXPECT_THAT(webhooks({{"urls", "http://h/"}})[0].content,
              HasSubstr("5cd45fbd111e8a6170ef01c7313d40c2650a26328eeb751fb5e5afc465a27d10"));
}

TEST_F(PlannerTest, WhatIsNoUrlFailsAtOnce) {
  const auto planned = webhooks({{"urls", "ftp://h/x"}});
  EXPECT_EQ(planned[0].state, "failed");
  EXPECT_THAT(planned[0].outcome, HasSubstr("is no http or https URL"));
}

TEST_F(PlannerTest, AMailForEachRecipient) {
  const auto planned = mails({{"recipients", "${job.user.email},${option.list}"}, {"subject", "${job.name} done"}});
  std::vector<std::string> targets;
  for (const auto& one : planned) targets.push_back(one.target);
  EXPECT_THAT(targets, ElementsAre("ann@example.com", "a@b.c", "d@e.f"));
  EXPECT_EQ(content(planned[0]).at("subject"), "deploy done");
  EXPECT_EQ(content(planned[0]).at("from"), "ops@example.com");
  EXPECT_THAT(text_or(content(planned[0]), "html"), HasSubstr("&lt;test&gt;"));
}

TEST_F(PlannerTest, TellsWhyThereIsNobodyToSendTo) {
  const auto missing = mails({{"recipients", "${option.none}"}});
  ASSERT_EQ(missing.size(), 1u);
  EXPECT_EQ(missing[0].state, "failed");
  const auto unknown = mails({{"recipients", "${globals.none}@x, nobody"}});
  EXPECT_THAT(unknown[0].outcome, HasSubstr("has no value here"));
  EXPECT_THAT(unknown[1].outcome, HasSubstr("is no mail address"));
}

TEST_F(PlannerTest, SubjectsComeFromTheNotificationTheTemplatesOrTheDefault) {
  EXPECT_EQ(content(mails({{"recipients", "a@b"}})[0]).at("subject"), "SUCCESS [p] web/deploy -env <test>");
  config_.mail.templates["rundeck.mail.success.template.subject"] = "ok: ${job.name} (${execution.user})";
  EXPECT_EQ(content(mails({{"recipients", "a@b"}})[0]).at("subject"), "ok: deploy (ann)");
}

TEST_F(PlannerTest, TemplatesAreFilledAndTheirValuesEscaped) {
  const auto folder = std::filesystem::temp_directory_path() / "qd-planner-test";
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "t.md") << "# ${job.name}\n\n${option.env} ${logoutput.data}\n";
  config_.mail.base_folder = folder.string();
  config_.mail.templates["rundeck.mail.template.file"] = "t.md";
  EXPECT_EQ(content(mails({{"recipients", "a@b"}})[0]).at("html"),
            "<h1>deploy</h1>\n<p>&lt;test&gt; ${logoutput.data}\n</p>\n");
  config_.mail.templates["rundeck.mail.template.file"] = "gone.html";
  EXPECT_THAT(text_or(content(mails({{"recipients", "a@b"}})[0]), "html"), HasSubstr("<!DOCTYPE html>"));
  std::filesystem::remove_all(folder);
}

TEST_F(PlannerTest, AttachesTheLogAsAskedFor) {
  const auto log = [&](JsonObject config) {
    config["recipients"] = "a@b";
    return content(mails(std::move(config))[0]).at("log");
  };
  EXPECT_EQ(log({}).at("file"), "");
  EXPECT_EQ(log({{"attachLog", "true"}}).at("file"), "deploy-9.log");
  EXPECT_EQ(log({{"attachLog", true}, {"attachLogInline", true}}).at("file"), "");
  EXPECT_EQ(log({{"attachLog", true}, {"attachLogInline", true}}).at("inside"), true);
  config_.mail.templates["rundeck.mail.template.log.extension"] = "html";
  EXPECT_EQ(log({{"attachLog", true}, {"attachLogInFile", true}}).at("file"), "deploy-9.html");
  event_.trigger = "start";
  EXPECT_EQ(log({{"attachLog", true}}).at("file"), "");
}

TEST_F(PlannerTest, SendsNoMailOrToOneAddressOnly) {
  config_.mail.only_to = "trial@example.com";
  EXPECT_EQ(content(mails({{"recipients", "a@b"}})[0]).at("to"), "trial@example.com");
  config_.mail.disabled = true;
  EXPECT_TRUE(mails({{"recipients", "a@b"}}).empty());
}

TEST_F(PlannerTest, PluginsGetTheirSettingsFilledAndTheData) {
  const auto planned = plan({"onsuccess", Kind::plugin, "Pager", {{"text", "${job.name} ${option.env}"}}});
  ASSERT_EQ(planned.size(), 1u);
  EXPECT_EQ(planned[0].type, "Pager");
  const auto told = content(planned[0]);
  EXPECT_EQ(told.at("config").at("text"), "deploy <test>");
  EXPECT_EQ(told.at("data").at("execution").at("nodestatus").at("total"), 0);
  EXPECT_EQ(told.at("data").at("execution").at("context").at("export").at("out"), "1&2");
}

}  // namespace
}  // namespace qd::notify
