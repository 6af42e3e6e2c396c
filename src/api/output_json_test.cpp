#include "api/output_json.hpp"

#include <gtest/gtest.h>

#include "api/answers.hpp"

namespace qd::api {
namespace {

log::LogEvent line(const char* text, log::Meta meta, log::Level level = log::Level::normal) {
  log::LogEvent event;
  event.message = text;
  event.meta = std::move(meta);
  event.level = level;
  return event;
}

JsonArray written(EntryList::Form form) {
  EntryList list(form);
  list.add(line("first", {{"node", "n1"}, {"stepctx", "1"}}));
  list.add(line("second", {{"node", "n1"}, {"stepctx", "1"}}));
  list.add(line("second", {{"node", "n1"}, {"stepctx", "1"}}));
  list.add(line("fourth", {{"node", "n1"}, {"stepctx", "2"}}, log::Level::debug));
  list.add(line("fifth", {}, log::Level::debug));
  return parse_json(std::move(list).finish()).value().as_array();
}

TEST(OutputJson, KeepsOnlyWhatChanged) {
  const JsonArray small = written({.compacted = true, .bare_text = true});
  EXPECT_EQ(small[0].at("node"), Json("n1"));
  EXPECT_EQ(small[1], Json("second"));
  EXPECT_EQ(small[2], Json(JsonObject{}));
  EXPECT_EQ(small[3], (Json{{"log", "fourth"}, {"level", "DEBUG"}, {"stepctx", "2"}}));
  EXPECT_EQ(small[4].at("node"), Json(nullptr));
  EXPECT_EQ(small[4].at("stepctx"), Json(nullptr));
}

TEST(OutputJson, NewVersionsGetObjectsOnly) {
  EXPECT_EQ(written({.compacted = true})[1], (Json{{"log", "second"}}));
}

TEST(OutputJson, WritesWholeEntriesOtherwise) {
  const JsonArray whole = written({});
  ASSERT_EQ(whole.size(), 5u);
  EXPECT_EQ(whole[2].at("stepctx"), Json("1"));
}

TEST(OutputJson, ShowsTypeAndMetadataOfStateEvents) {
  log::LogEvent event = line("", {{"node", "n1"}, {"step", "1"}});
  event.type = log::event_type::node_begin;
  const JsonObject entry = entry_json(event, true, false);
  EXPECT_EQ(entry.at("type"), Json("nodebegin"));
  EXPECT_EQ(entry.at("step"), Json("1"));
}

TEST(Answers, CarryTheErrorEnvelope) {
  const http::Response response =
      error_answer(Error{ErrorKind::not_found, "Job ID does not exist: x", "api.error.item.doesnotexist"});
  EXPECT_EQ(response.status, 404);
  const Json body = parse_json(response.body).value();
  EXPECT_EQ(body, (Json{{"error", true},
                        {"apiversion", 59},
                        {"errorCode", "api.error.item.doesnotexist"},
                        {"message", "Job ID does not exist: x"}}));
}

TEST(Answers, SayWhenToComeBack) {
  EXPECT_EQ(error_answer(Error{ErrorKind::unavailable, "later", ""}).headers.find("Retry-After")->second, "1");
}

}  // namespace
}  // namespace qd::api
