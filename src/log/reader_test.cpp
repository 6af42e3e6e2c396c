#include "log/reader.hpp"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>

#include "log/rdlog.hpp"

namespace qd::log {
namespace {

constexpr UnixMillis reader_noon = 1795348800000;

class LogReaderTest : public testing::Test {
 protected:
  void SetUp() override {
    path_ = testing::TempDir() + "reader-" + testing::UnitTest::GetInstance()->current_test_info()->name() + ".rdlog";
    text_ = rdlog_header;
  }
  void TearDown() override { std::filesystem::remove(path_); }

  void add(std::string message, Meta meta = {}, std::string type = event_type::log) {
    encode_event(text_, LogEvent{reader_noon, Level::normal, std::move(type), std::move(message), std::move(meta)});
  }
  void save() const { std::ofstream(path_, std::ios::binary) << text_; }

  LogPage read(const ReadRequest& request) const { return read_log(path_, request).value(); }
  static std::vector<std::string> messages(const LogPage& page) {
    std::vector<std::string> result;
    for (const auto& item : page.events) result.push_back(item.event.message);
    return result;
  }

  std::string path_;
  std::string text_;
};

using Texts = std::vector<std::string>;

TEST_F(LogReaderTest, SaysThatThereIsNoFile) {
  const auto page = read({});
  EXPECT_FALSE(page.exists);
  EXPECT_FALSE(stat_log(path_).exists);
}

TEST_F(LogReaderTest, RefusesWhatIsNoLog) {
  text_ = "some text\nof lines\n";
  save();
  ReadRequest end;
  end.last_lines = 5;
  for (const auto& request : {ReadRequest{}, end}) {
    const auto page = read_log(path_, request);
    ASSERT_FALSE(page);
    EXPECT_NE(page.error().message.find("is not an execution log"), std::string::npos) << page.error().message;
  }
}

TEST_F(LogReaderTest, AnEmptyOrJustBegunFileHoldsNothingYet) {
  text_.clear();
  save();
  EXPECT_TRUE(read({}).exists);
  EXPECT_EQ(read({}).next_offset, 0);
  text_ = rdlog_header.substr(0, 9);
  save();
  EXPECT_TRUE(read({}).events.empty());
}

TEST_F(LogReaderTest, RefusesAFileOfAnotherKind) {
  text_ = "12:00:00|admin|1|hello\n";
  save();
  const auto page = read_log(path_, {});
  ASSERT_FALSE(page);
  EXPECT_NE(page.error().message.find(path_), std::string::npos);
}

TEST_F(LogReaderTest, FollowsAGrowingFile) {
  add("one");
  const auto complete = text_.size();
  text_ += "^2026-11-22T12:00:00Z||||tw";
  save();
  ReadRequest request;
  auto page = read(request);
  EXPECT_EQ(messages(page), Texts{"one"});
  EXPECT_EQ(page.next_offset, static_cast<std::int64_t>(complete));
  EXPECT_FALSE(page.more);
  EXPECT_FALSE(page.ended);
  EXPECT_EQ(page.events[0].next, page.next_offset);

  text_ += "o^\n";
  save();
  request.offset = page.next_offset;
  page = read(request);
  EXPECT_EQ(messages(page), Texts{"two"});
  text_ += rdlog_end;
  save();
  request.offset = page.next_offset;
  page = read(request);
  EXPECT_TRUE(page.events.empty());
  EXPECT_TRUE(page.ended);
  EXPECT_EQ(page.next_offset, page.file_size);
  EXPECT_EQ(page.file_size, static_cast<std::int64_t>(text_.size()));
  EXPECT_GT(page.last_modified, 1'600'000'000'000);
}

TEST_F(LogReaderTest, OfAFinishedExecutionItGivesTheCutOffRestToo) {
  add("one");
  text_ += "^2026-11-22T12:00:00Z||||cut";
  save();
  ReadRequest request;
  request.finished = true;
  const auto page = read(request);
  EXPECT_EQ(messages(page), (Texts{"one", "cut"}));
  EXPECT_EQ(page.next_offset, page.file_size);
}

TEST_F(LogReaderTest, StopsAtTheMostLines) {
  for (int i = 0; i < 10; ++i) add(std::to_string(i));
  text_ += rdlog_end;
  save();
  ReadRequest request;
  request.max_lines = 4;
  Texts all;
  int pages = 0;
  while (true) {
    const auto page = read(request);
    for (const auto& message : messages(page)) all.push_back(message);
    EXPECT_LE(page.events.size(), 4u);
    ++pages;
    if (page.ended) break;
    ASSERT_TRUE(page.more);
    request.offset = page.next_offset;
  }
  EXPECT_EQ(all, (Texts{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}));
  EXPECT_EQ(pages, 3);
}

TEST_F(LogReaderTest, GivesTheLastLines) {
  add("start", {}, event_type::step_begin);
  for (int i = 0; i < 10; ++i) add("line\nof several " + std::to_string(i));
  add("end", {}, event_type::step_end);
  text_ += rdlog_end;
  save();
  ReadRequest request;
  request.last_lines = 2;
  auto page = read(request);
  EXPECT_EQ(messages(page), (Texts{"line\nof several 8", "line\nof several 9"}));
  EXPECT_TRUE(page.ended);
  EXPECT_EQ(page.next_offset, page.file_size);
  request.last_lines = 100;
  EXPECT_EQ(read(request).events.size(), 10u);
  request.last_lines = 0;
  EXPECT_TRUE(read(request).events.empty());
}

TEST_F(LogReaderTest, FiltersByNodeStepAndType) {
  add("a1", {{"node", "a"}, {"stepctx", "1"}});
  add("b1", {{"node", "b"}, {"stepctx", "1@node=b"}});
  add("a2", {{"node", "a"}, {"stepctx", "2/1"}});
  add("b2", {{"node", "b"}, {"stepctx", "2@node=b/1"}});
  add("begin", {{"node", "b"}, {"stepctx", "2"}}, event_type::node_begin);
  add("twelve", {{"node", "b"}, {"stepctx", "12"}});
  add("none");
  save();
  const auto found = [this](std::string node, std::string step, bool state = false) {
    ReadRequest request;
    request.node = std::move(node);
    request.stepctx = std::move(step);
    request.with_state = state;
    return messages(read(request));
  };
  EXPECT_EQ(found("a", ""), (Texts{"a1", "a2"}));
  EXPECT_EQ(found("", "1"), (Texts{"a1", "b1"}));
  EXPECT_EQ(found("", "1@node=b"), (Texts{"b1"}));
  EXPECT_EQ(found("b", "2"), (Texts{}));
  EXPECT_EQ(found("b", "2", true), (Texts{"begin"}));
  EXPECT_EQ(found("", "2/"), (Texts{"a2", "b2"}));
  EXPECT_EQ(found("", "2/1"), (Texts{"a2", "b2"}));
  EXPECT_EQ(found("", "", true).size(), 7u);
  ReadRequest last;
  last.last_lines = 1;
  last.node = "a";
  EXPECT_EQ(messages(read(last)), Texts{"a2"});
}

TEST_F(LogReaderTest, AnyOffsetStartsAtTheNextEvent) {
  add("one\ntwo");
  add("three");
  save();
  for (std::int64_t offset = -5; offset <= static_cast<std::int64_t>(text_.size()) + 5; ++offset) {
    ReadRequest request;
    request.offset = offset;
    for (const auto& message : messages(read(request)))
      EXPECT_TRUE(message == "one\ntwo" || message == "three") << offset;
    EXPECT_LE(read(request).next_offset, static_cast<std::int64_t>(text_.size()));
  }
}

TEST_F(LogReaderTest, AnEventLargerThanTheBudgetDoesNotStopTheReader) {
  add(std::string(5000, 'x'));
  add("after");
  text_ += rdlog_end;
  save();
  ReadRequest request;
  request.max_bytes = 1000;
  std::size_t large = 0;
  bool after = false;
  for (int calls = 0; calls < 50; ++calls) {
    const auto page = read(request);
    for (const auto& message : messages(page)) {
      if (message == "after") after = true;
      if (message.starts_with('x')) large = message.size();
    }
    if (page.ended) break;
    ASSERT_GT(page.next_offset, request.offset);
    request.offset = page.next_offset;
  }
  EXPECT_TRUE(after);
  EXPECT_GT(large, 900u);
}

TEST_F(LogReaderTest, ReadsALargeFileInWindowsAndItsTailAlone) {
  const Meta meta{{"node", "web1"}, {"step", "1"}, {"stepctx", "1"}, {"user", "admin"}};
  const std::string filler(1000, '.');
  int count = 0;
  while (text_.size() < (50u << 20)) add("line " + std::to_string(count++) + filler, meta);
  text_ += rdlog_end;
  save();
  ReadRequest request;
  request.max_bytes = 1u << 20;
  int next = 0;
  while (true) {
    const auto page = read(request);
    for (const auto& item : page.events) ASSERT_EQ(item.event.message, "line " + std::to_string(next++) + filler);
    ASSERT_LE(page.next_offset - request.offset, static_cast<std::int64_t>(request.max_bytes));
    if (page.ended) break;
    ASSERT_TRUE(page.more);
    request.offset = page.next_offset;
  }
  EXPECT_EQ(next, count);

  ReadRequest tail;
  tail.last_lines = 3;
  tail.max_bytes = 64 * 1024;  // far less than the file
  const auto page = read(tail);
  ASSERT_EQ(page.events.size(), 3u);
  EXPECT_EQ(page.events[2].event.message, "line " + std::to_string(count - 1) + filler);
  EXPECT_FALSE(page.truncated);
  tail.last_lines = 10'000;
  EXPECT_TRUE(read(tail).truncated);
}

}  // namespace
}  // namespace qd::log
