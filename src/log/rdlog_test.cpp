#include "log/rdlog.hpp"

#include <gtest/gtest.h>
#include <vector>

namespace qd::log {
namespace {

constexpr UnixMillis noon = 1795348800000;  // 2026-11-22T12:00:00Z
using ItemKind = RdlogItem::Kind;

LogEvent line(std::string message, Meta meta = {}) {
  return {noon, Level::normal, "log", std::move(message), std::move(meta)};
}

std::string encoded(const LogEvent& event) {
  std::string text;
  encode_event(text, event);
  return text;
}

struct Golden {
  LogEvent event;
  std::string text;
};

// Written from the format's facts: what is left out, what is escaped where, keys in alphabetical order.
std::vector<Golden> golden() {
  return {
      {line("hello"), "^2026-11-22T12:00:00Z||||hello^\n"},
      {line(""), "^2026-11-22T12:00:00Z||||^\n"},
      {line("hi", {{"user", "admin"}, {"node", "web1"}, {"step", "1"}, {"stepctx", "1"}}),
       "^2026-11-22T12:00:00Z|||{node=web1|step=1|stepctx=1|user=admin}|hi^\n"},
      {{noon, Level::error, "log", "bad", {}}, "^2026-11-22T12:00:00Z||ERROR||bad^\n"},
      {{noon, Level::verbose, "stepbegin", "", {{"stepctx", "2/1@node=a"}}},
       "^2026-11-22T12:00:00Z|stepbegin|VERBOSE|{stepctx=2/1@node\\=a}|^\n"},
      {line("a ^ b \\ c | d = e } f"), "^2026-11-22T12:00:00Z||||a \\^ b \\\\ c | d = e } f^\n"},
      {line("x", {{"k=|}\\^", "v=|}\\^"}}), "^2026-11-22T12:00:00Z|||{k\\=\\|\\}\\\\^=v\\=\\|\\}\\\\^}|x^\n"},
      {line("{not meta}"), "^2026-11-22T12:00:00Z||||{not meta}^\n"},
      {line("one\ntwo\n"), "^2026-11-22T12:00:00Z||||one\ntwo\n^\n"},
      {line("^END^"), "^2026-11-22T12:00:00Z||||\\^END\\^^\n"},
      {line("\xE2\x82\xAC \xF0\x9F\x98\x80\r"), "^2026-11-22T12:00:00Z||||\xE2\x82\xAC \xF0\x9F\x98\x80\r^\n"},
      {line("ends with \\"), "^2026-11-22T12:00:00Z||||ends with \\\\^\n"},
  };
}

TEST(Rdlog, EncodesAsTheFormatSays) {
  for (const auto& [event, text] : golden()) EXPECT_EQ(encoded(event), text);
}

TEST(Rdlog, DecodesWhatItEncodes) {
  std::string file(rdlog_header);
  for (const auto& [event, text] : golden()) file += text;
  file += rdlog_end;
  std::string_view rest = file;
  auto item = decode_item(rest, false);
  ASSERT_TRUE(item && item->kind == ItemKind::header);
  rest.remove_prefix(item->size);
  for (const auto& [event, text] : golden()) {
    item = decode_item(rest, false);
    ASSERT_TRUE(item) << text;
    EXPECT_EQ(item->kind, ItemKind::event) << text;
    EXPECT_EQ(item->event, event) << text;
    EXPECT_EQ(item->size, text.size());
    rest.remove_prefix(item->size);
  }
  item = decode_item(rest, false);
  ASSERT_TRUE(item && item->kind == ItemKind::end);
  EXPECT_EQ(item->size, rest.size());
}

TEST(Rdlog, EveryPrefixIsIncompleteUntilTheWholeItemIsThere) {
  for (const auto& [event, text] : golden()) {
    for (std::size_t size = 0; size < text.size(); ++size) {
      const auto item = decode_item(std::string_view(text).substr(0, size), false);
      EXPECT_FALSE(item) << text.substr(0, size);
    }
  }
  EXPECT_FALSE(decode_item(rdlog_header.substr(0, 10), false));
  EXPECT_FALSE(decode_item(rdlog_end.substr(0, 5), false));
}

TEST(Rdlog, ReadsTheOtherSpellings) {
  const auto explicit_form = decode_item("^2026-11-22T13:00:00+01:00|log|NORMAL|{a=1}|x^\n", false);
  ASSERT_TRUE(explicit_form);
  EXPECT_EQ(explicit_form->event, line("x", {{"a", "1"}}));
  const auto lone_backslashes = decode_item("^2026-11-22T12:00:00Z|||{a=C:\\dir}|C:\\dir^\n", false);
  ASSERT_TRUE(lone_backslashes);
  EXPECT_EQ(lone_backslashes->event, line("C:\\dir", {{"a", "C:\\dir"}}));
}

TEST(Rdlog, ABrokenLineIsGarbageAndTheNextOneIsRead) {
  const std::string good = "^2026-11-22T12:00:00Z||||good^\n";
  for (const std::string bad :
       {"garbage\n", "\n", "^\n", "^2026-11-22T12:00:00Z|x\n", "^yesterday||||x^\n",
        "^2026-11-22T12:00:00Z||LOUD||x^\n", "^2026-11-22T12:00:00Z|||{a=1|x^\n", "^2026-11-22T12:00:00Z|||{a}|x^\n",
        "^2026-11-22T12:00:00Z|||{a=1}x^\n", "^2026-11-22T12:00:00Z|||x^\n", "^END^ \n"}) {
    const std::string file = bad + good;
    const auto first = decode_item(file, true);
    ASSERT_TRUE(first) << bad;
    EXPECT_EQ(first->kind, ItemKind::garbage) << bad;
    EXPECT_EQ(first->size, bad.size()) << bad;
    const auto second = decode_item(std::string_view(file).substr(first->size), true);
    ASSERT_TRUE(second && second->kind == ItemKind::event) << bad;
    EXPECT_EQ(second->event.message, "good");
  }
}

TEST(Rdlog, AnEventWithoutItsEndKeepsWhatItHas) {
  const auto at_end = decode_item("^2026-11-22T12:00:00Z||||cut of", true);
  ASSERT_TRUE(at_end && at_end->kind == ItemKind::event);
  EXPECT_EQ(at_end->event.message, "cut of");

  const std::string restarted = "^2026-11-22T12:00:00Z||||cut\n^2026-11-22T12:00:01Z||||next^\n";
  const auto cut = decode_item(restarted, false);
  ASSERT_TRUE(cut);
  EXPECT_EQ(cut->event.message, "cut");
  const auto next = decode_item(std::string_view(restarted).substr(cut->size), false);
  ASSERT_TRUE(next);
  EXPECT_EQ(next->event.message, "next");
}

TEST(Rdlog, PreparedMetadataGivesTheSameText) {
  const Meta meta{{"node", "a|b"}, {"step", "1"}};
  std::string text;
  encode_event(text, noon + 999, Level::normal, event_type::log, EncodedMeta(meta), "x");
  EXPECT_EQ(text, encoded(line("x", meta)));
  EXPECT_EQ(EncodedMeta(Meta{}).text(), "");
  EXPECT_EQ(EncodedMeta(Meta{{"a", "1\n2"}}).text(), "{a=1 2}");
}

TEST(Rdlog, RecognisesTheStartOfAnEvent) {
  EXPECT_TRUE(looks_like_event("^2026-11-22T12:00:00Z|"));
  EXPECT_FALSE(looks_like_event("^2026-11-22T12:00:00Z"));
  EXPECT_FALSE(looks_like_event("^END^"));
}

TEST(Level, NamesAndThresholds) {
  for (const auto level : {Level::error, Level::warn, Level::normal, Level::verbose, Level::debug, Level::other}) {
    EXPECT_EQ(parse_level(to_text(level)), level);
  }
  EXPECT_EQ(parse_level("INFO"), std::nullopt);
  EXPECT_EQ(parse_threshold("INFO"), Level::normal);
  EXPECT_EQ(parse_threshold("ERR"), Level::error);
  EXPECT_EQ(parse_threshold("loud"), std::nullopt);
  EXPECT_TRUE(passes(Level::error, Level::normal));
  EXPECT_TRUE(passes(Level::normal, Level::normal));
  EXPECT_FALSE(passes(Level::debug, Level::normal));
}

}  // namespace
}  // namespace qd::log
