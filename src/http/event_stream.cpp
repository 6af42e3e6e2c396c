#include "http/event_stream.hpp"

#include <algorithm>

namespace qd::http {

namespace {

std::string one_line(std::string_view text) {
  std::string line(text);
  std::erase_if(line, [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
  return line;
}

}  // namespace

std::string format_event(const Event& event) {
  std::string out;
  out.reserve(event.data.size() + 64);
  if (!event.id.empty()) out.append("id: ").append(one_line(event.id)).append("\n");
  if (!event.event.empty()) out.append("event: ").append(one_line(event.event)).append("\n");
  std::string_view data = event.data;
  const bool has_returns = data.find('\r') != std::string_view::npos;  // searching for two letters is slow
  while (true) {
    const auto end = std::min(has_returns ? data.find_first_of("\r\n") : data.find('\n'), data.size());
    out.append("data: ").append(data.substr(0, end)).append("\n");
    if (end == data.size()) break;
    data.remove_prefix(end + (data.substr(end, 2) == "\r\n" ? 2 : 1));
  }
  return out.append("\n");
}

bool EventStream::send(const Event& event) {
  return stream_->write(format_event(event));
}

bool EventStream::heartbeat() {
  return stream_->write(":\n\n");
}

bool EventStream::retry_after(unsigned milliseconds) {
  return stream_->write("retry: " + std::to_string(milliseconds) + "\n\n");
}

Response event_stream_response(std::function<void(EventStream)> start) {
  Response response;
  response.headers.emplace("Content-Type", "text/event-stream;charset=utf-8");
  response.headers.emplace("Cache-Control", "no-cache, no-transform");
  response.headers.emplace("X-Accel-Buffering", "no");
  response.stream = [start = std::move(start)](std::shared_ptr<Stream> stream) {
    start(EventStream(std::move(stream)));
  };
  return response;
}

}  // namespace qd::http
