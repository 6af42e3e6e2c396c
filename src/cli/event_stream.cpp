#include "cli/event_stream.hpp"

namespace qd::cli {
namespace {

constexpr std::size_t kMaxEventBytes = 32u << 20;

}  // namespace

EventStreamReader::EventStreamReader(std::function<void(const ServerEvent&)> on_event)
    : on_event_(std::move(on_event)) {}

bool EventStreamReader::feed(std::string_view bytes) {
  while (!bytes.empty()) {
    if (after_return_ && bytes.front() == '\n') bytes.remove_prefix(1);
    after_return_ = false;
    const std::size_t end = bytes.find_first_of("\r\n");
    line_.append(bytes.substr(0, end));
    if (line_.size() + event_.data.size() > kMaxEventBytes) return false;
    if (end == std::string_view::npos) return true;
    after_return_ = bytes[end] == '\r';
    bytes.remove_prefix(end + 1);
    take_line(line_);
    line_.clear();
  }
  return true;
}

void EventStreamReader::take_line(std::string_view line) {
  if (line.empty()) return dispatch();
  const std::size_t colon = line.find(':');
  const std::string_view field = line.substr(0, colon);
  std::string_view value = colon == std::string_view::npos ? std::string_view() : line.substr(colon + 1);
  if (value.starts_with(' ')) value.remove_prefix(1);
  if (field == "event") {
    event_.type = value;
  } else if (field == "id") {
    event_.id = value;
  } else if (field == "data") {
    if (has_data_) event_.data += '\n';
    event_.data += value;
    has_data_ = true;
  }
}

void EventStreamReader::dispatch() {
  if (has_data_) on_event_(event_);
  event_.type = "message";
  event_.data.clear();
  has_data_ = false;
}

}  // namespace qd::cli
