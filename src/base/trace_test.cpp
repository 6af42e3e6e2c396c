#include "base/trace.hpp"

#include <gtest/gtest.h>

namespace qd::base {
namespace {

struct TraceTest : testing::Test {
  void SetUp() override {
    set_span_sink([this](SpanData&& span) { spans.push_back(std::move(span)); });
  }
  void TearDown() override { set_span_sink({}); }
  std::vector<SpanData> spans;
};

TEST_F(TraceTest, ChildrenNameTheirParent) {
  {
    auto outer = Span::begin("outer", SpanKind::server);
    const WorkScope scope(outer.work());
    auto inner = Span::begin("inner", SpanKind::internal);
    inner.set("key", "value");
    inner.fail("broken");
  }
  ASSERT_EQ(spans.size(), 2U);
  EXPECT_EQ(spans[0].name, "inner");
  EXPECT_EQ(spans[0].parent, spans[1].context.span_id);
  EXPECT_EQ(spans[0].context.trace_id, spans[1].context.trace_id);
  EXPECT_EQ(spans[0].failure, "broken");
  EXPECT_EQ(spans[1].parent, "");
  EXPECT_LE(spans[0].began, spans[0].ended);
}

TEST_F(TraceTest, SpansGoOnWithTracesOfElsewhere) {
  const TraceContext there{std::string(32, 'a'), std::string(16, 'b')};
  Span::begin("here", SpanKind::consumer, there).end();
  ASSERT_EQ(spans.size(), 1U);
  EXPECT_EQ(spans[0].context.trace_id, there.trace_id);
  EXPECT_EQ(spans[0].parent, there.span_id);
}

TEST_F(TraceTest, NobodyIsToldOfWhatIsDropped) {
  auto span = Span::begin("x", SpanKind::internal);
  span.drop();
  span.end();
  EXPECT_TRUE(spans.empty());
}

TEST_F(TraceTest, WithoutASinkNothingIsKept) {
  set_span_sink({});
  EXPECT_FALSE(tracing());
  auto span = Span::begin("x", SpanKind::internal);
  EXPECT_TRUE(span.work().trace.trace_id.empty());
  span.end();
  EXPECT_TRUE(spans.empty());
}

TEST(TraceParent, IsReadAndWritten) {
  const std::string trace = "4bf92f3577b34da6a3ce929d0e0e4736", span = "00f067aa0ba902b7";
  EXPECT_EQ(traceparent_of({trace, span}), "00-" + trace + "-" + span + "-01");
  EXPECT_EQ(parse_traceparent("00-" + trace + "-" + span + "-00"), (TraceContext{trace, span}));
  EXPECT_EQ(parse_traceparent("01-" + trace + "-" + span + "-00-more"), (TraceContext{trace, span}));
  EXPECT_EQ(traceparent_of({}), "");
  for (const std::string& bad :
       {std::string(), std::string("x"), "ff-" + trace + "-" + span + "-00", "00-" + trace + "-" + span + "-00-more",
        "00-" + std::string(32, '0') + "-" + span + "-00", "00-" + trace.substr(1) + "-" + span + "-00",
        "00-" + trace + "-00F067AA0BA902B7-00"}) {
    EXPECT_EQ(parse_traceparent(bad), TraceContext{}) << bad;
  }
}

}  // namespace
}  // namespace qd::base
