// Server-sent events (the text/event-stream format of the WHATWG HTML standard), read piece by piece.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace qd::cli {

struct ServerEvent {
  std::string type = "message";
  std::string id;  // the last one given, also by an earlier event
  std::string data;
};

class EventStreamReader {
 public:
  explicit EventStreamReader(std::function<void(const ServerEvent&)> on_event);
  // Takes the next bytes and hands over each event that they complete. False, and nothing more is read, once a line or
  // an event is larger than 32 MB.
  bool feed(std::string_view bytes);

 private:
  void take_line(std::string_view line);
  void dispatch();

  std::function<void(const ServerEvent&)> on_event_;
  ServerEvent event_;
  bool has_data_ = false;
  bool after_return_ = false;  // the last byte was a carriage return: a line feed belongs to it
  std::string line_;
};

}  // namespace qd::cli
