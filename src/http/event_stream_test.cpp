#include "http/event_stream.hpp"

#include <gtest/gtest.h>

namespace qd::http {
namespace {

TEST(EventStream, WritesEveryLineOfTheData) {
  EXPECT_EQ(format_event("output", "a\nb\r\n", "12"), "id: 12\nevent: output\ndata: a\ndata: b\ndata: \n\n");
  EXPECT_EQ(format_event("", "x", ""), "data: x\n\n");
  EXPECT_EQ(format_comment("hi"), ": hi\n\n");
}

}  // namespace
}  // namespace qd::http
