#include "http/event_stream.hpp"

#include <gtest/gtest.h>

namespace qd::http {
namespace {

TEST(Event, IsWrittenFieldByField) {
  EXPECT_EQ(format_event({"12", "output", "a\nb\r\n"}), "id: 12\nevent: output\ndata: a\ndata: b\ndata: \n\n");
  EXPECT_EQ(format_event({"", "", "x"}), "data: x\n\n");
  EXPECT_EQ(format_event({"", "", ""}), "data: \n\n");
}

TEST(Event, CannotForgeFields) {
  EXPECT_EQ(format_event({"1\ndata: x", "a\r\nb", "x\ry"}), "id: 1data: x\nevent: ab\ndata: x\ndata: y\n\n");
}

}  // namespace
}  // namespace qd::http
