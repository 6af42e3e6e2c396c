#include "cli/event_stream.hpp"

#include <gtest/gtest.h>
#include <vector>

namespace qd::cli {
namespace {

std::vector<ServerEvent> read_in_pieces(std::string_view text, std::size_t size) {
  std::vector<ServerEvent> events;
  EventStreamReader reader([&](const ServerEvent& event) { events.push_back(event); });
  for (std::size_t at = 0; at < text.size(); at += size) EXPECT_TRUE(reader.feed(text.substr(at, size)));
  return events;
}

TEST(EventStream, ReadsEventsHoweverTheyAreCut) {
  const std::string_view text =
      ": hello\nretry: 5\n\nevent: output\nid: 17\ndata: [1,\ndata: 2]\n\ndata:x\r\n\r\nevent: end\rdata: {}\r\rdata: "
      "unfinished\n";
  for (std::size_t size = 1; size <= text.size(); ++size) {
    const auto events = read_in_pieces(text, size);
    ASSERT_EQ(events.size(), 3u) << size;
    EXPECT_EQ(events[0].type, "output");
    EXPECT_EQ(events[0].id, "17");
    EXPECT_EQ(events[0].data, "[1,\n2]");
    EXPECT_EQ(events[1].type, "message");
    EXPECT_EQ(events[1].id, "17");
    EXPECT_EQ(events[1].data, "x");
    EXPECT_EQ(events[2].type, "end");
    EXPECT_EQ(events[2].data, "{}");
  }
}

TEST(EventStream, RefusesEventsWithoutEnd) {
  EventStreamReader reader([](const ServerEvent&) { FAIL() << "there is no whole event"; });
  const std::string megabyte(1u << 20, 'x');
  bool taken = true;
  for (int i = 0; i < 33 && taken; ++i) taken = reader.feed(megabyte);
  EXPECT_FALSE(taken);
}

}  // namespace
}  // namespace qd::cli
