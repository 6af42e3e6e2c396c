// Spans of distributed traces, as OpenTelemetry means them: what was done, from when to when, on whose behalf.
//
//   auto span = Span::begin("claim fires", SpanKind::internal);
//   span.set("count", 3);
//   …                                          // it ends with end(), or with the object
//
// While nobody collects spans, all of this does nothing and costs nothing. A span's parent is the span of the work
// context (base/work_context.hpp); to make what is done next its child, set a WorkScope with span.work().
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/work_context.hpp"

namespace qd::base {

enum class SpanKind { internal = 1, server = 2, client = 3, producer = 4, consumer = 5 };  // numbers of OTLP

struct SpanData {
  std::string name;
  SpanKind kind = SpanKind::internal;
  TraceContext context;    // its trace and its own id
  std::string parent;      // id of the span that encloses it; "" for none
  std::int64_t began = 0;  // nanoseconds since 1970, by this member's clock
  std::int64_t ended = 0;
  std::vector<std::pair<std::string, std::variant<std::string, std::int64_t>>> attributes;
  std::optional<std::string> failure;  // why it did not succeed
};

// Gets every span that ended. Called on any thread; must not block. Empty: nothing is traced.
using SpanSink = std::function<void(SpanData&&)>;
void set_span_sink(SpanSink sink);
bool tracing();

class Span {
 public:
  Span() = default;  // of nothing
  static Span begin(std::string name, SpanKind kind);
  // Child of a span of elsewhere; with an empty context as begin().
  static Span begin(std::string name, SpanKind kind, const TraceContext& parent);
  Span(Span&& other) noexcept;
  Span& operator=(Span&& other) noexcept;
  ~Span();

  void rename(std::string name);  // once it is known what it is
  void set(std::string_view name, std::string value);
  void set(std::string_view name, std::int64_t value);
  void fail(std::string why);
  void end();
  void drop();  // nobody is told of it
  // The current work, with this span for a parent.
  WorkContext work() const;

 private:
  std::unique_ptr<SpanData> data_;  // null: nothing is traced
};

// The header `traceparent` of W3C Trace Context, version 00. "" for an empty context; an empty context for what is
// none.
std::string traceparent_of(const TraceContext& context);
TraceContext parse_traceparent(std::string_view header);

}  // namespace qd::base
