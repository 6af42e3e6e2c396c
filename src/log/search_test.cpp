#include "log/search.hpp"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>

#include "base/id.hpp"
#include "log/rdlog.hpp"

namespace qd::log {
namespace {

class SearchTest : public ::testing::Test {
 protected:
  ~SearchTest() override { std::filesystem::remove(path); }
  void write(const std::vector<std::string>& messages) {
    std::string text(rdlog_header);
    for (const auto& message : messages)
      encode_event(text, {1'000'000'000'000, Level::normal, event_type::log, message, {{"node", "needle-node"}}});
    std::ofstream(path, std::ios::binary) << text;
  }
  std::vector<std::string> found(SearchRequest request) {
    std::vector<std::string> messages;
    const auto page = search_log(path, request);
    EXPECT_TRUE(page) << page.error().message;
    if (page) {
      for (const auto& hit : page->hits) messages.push_back(hit.event.message);
    }
    return messages;
  }
  static SearchRequest text(std::string part) {
    SearchRequest request;
    request.text = std::move(part);
    return request;
  }
  const std::string path =
      (std::filesystem::temp_directory_path() / ("qd-search-" + base::new_uuid() + ".rdlog")).string();
};

TEST_F(SearchTest, LooksAtMessagesAlone) {
  write({"a needle", "nothing", "another needle here", "NEEDLE"});
  EXPECT_EQ(found(text("needle")), (std::vector<std::string>{"a needle", "another needle here"}));
  EXPECT_TRUE(found(text("stepctx")).empty());
  EXPECT_TRUE(found(text("needle-node")).empty()) << "metadata is no message";
  auto any_case = text("needle");
  any_case.ignore_case = true;
  EXPECT_EQ(found(any_case).size(), 3U);
}

TEST_F(SearchTest, FindsInLinesThatFollowAndInEscapedText) {
  write({"first\nsecond needle\nthird", "2001 looks like a time", "caret ^ and \\ slash"});
  EXPECT_EQ(found(text("needle")), (std::vector<std::string>{"first\nsecond needle\nthird"}));
  EXPECT_EQ(found(text("third")).size(), 1U);
  EXPECT_EQ(found(text("^ and \\")).size(), 1U);
  EXPECT_EQ(found(text("first\nsecond")).size(), 1U);
}

TEST_F(SearchTest, FindsAcrossTheWindowsOfALargeFile) {
  std::vector<std::string> messages(40'000, std::string(100, 'x'));
  for (std::size_t i = 0; i < messages.size(); i += 1'000) messages[i] = "needle " + std::to_string(i);
  write(messages);
  EXPECT_EQ(found(text("needle")).size(), 40U);
  auto few = text("needle");
  few.max_hits = 7;
  std::size_t pages = 0, hits = 0;
  for (bool more = true; more && pages < 20; ++pages) {
    const auto page = *search_log(path, few);
    hits += page.hits.size();
    few.offset = page.next_offset;
    more = page.more;
  }
  EXPECT_EQ(hits, 40U);
  EXPECT_EQ(pages, 6U);
  auto short_look = text("needle");
  short_look.max_bytes = 1 << 20;
  const auto page = *search_log(path, short_look);
  EXPECT_TRUE(page.more);
  EXPECT_LT(page.hits.size(), 40U);
  EXPECT_GT(page.hits.size(), 0U);
}

TEST_F(SearchTest, AFileThatIsNotThereHasNoHits) {
  EXPECT_TRUE(found(text("x")).empty());
}

}  // namespace
}  // namespace qd::log
