// Server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html) on top of a Stream.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "http/message.hpp"

namespace qd::http {

struct Event {
  std::string id;     // "" for none; what a client that comes back sends as Last-Event-ID
  std::string event;  // "" for the default, "message"
  std::string data;   // any text; line breaks are kept
};

// The bytes of one event. Line breaks in `id` and `event` would forge fields: they are dropped.
std::string format_event(const Event& event);

// Writes events to a stream. Copies write to the same stream. Thread-safe.
class EventStream {
 public:
  explicit EventStream(std::shared_ptr<Stream> stream) : stream_(std::move(stream)) {}

  // False when the client is gone or too slow.
  bool send(const Event& event);
  // One that format_event() made, for several streams.
  bool send(SharedBytes formatted) { return stream_->write(std::move(formatted)); }
  // A comment, which clients ignore: shows that the stream lives, and finds out whether the client does.
  bool heartbeat();
  // Tells the client how long to wait before it comes back.
  bool retry_after(unsigned milliseconds);

  Stream& stream() { return *stream_; }

 private:
  std::shared_ptr<Stream> stream_;
};

// 200 with the headers of an event stream (no caching, no buffering by proxies); `start` gets the stream as
// Response::stream does.
Response event_stream_response(std::function<void(EventStream)> start);

}  // namespace qd::http
