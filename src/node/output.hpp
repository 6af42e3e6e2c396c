// Where the output of commands goes, and how it is cut into lines.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace qd::node {

enum class Stream { out, err };

// Takes raw output of one command on one node. Called on the loop's thread only; must not block or throw.
class OutputSink {
 public:
  virtual ~OutputSink() = default;

  // `chunk` is what one read gave: any bytes, cut anywhere; valid during the call only.
  virtual void write(Stream stream, std::string_view chunk) = 0;

  // Back-pressure. While full() the source reads no more, so that the command waits in its own write().
  virtual bool full() const { return false; }
  // Calls `ready` once there is room again, on the loop's thread, at once or later. Used only while full().
  virtual void when_ready(std::function<void()> ready) { ready(); }
};

// Keeps everything: for tests and for commands whose short output is read by the server. Beyond `limit` bytes per
// stream the rest is dropped and `cut` is set.
class CollectOutput final : public OutputSink {
 public:
  explicit CollectOutput(std::size_t limit = 1u << 20) : limit_(limit) {}
  void write(Stream stream, std::string_view chunk) override;

  std::string out;
  std::string err;
  bool cut = false;

 private:
  std::size_t limit_;
};

// Cuts the output of one stream into lines. "\n" and "\r\n" end a line and are not part of it; a line longer than
// `max_line` bytes is passed on in pieces (never inside a UTF-8 character); broken UTF-8 is repaired.
class LineAssembler {
 public:
  using Line = std::function<void(std::string_view line)>;

  explicit LineAssembler(Line line, std::size_t max_line = 64 * 1024) : line_(std::move(line)), max_line_(max_line) {}

  void write(std::string_view chunk);
  // The stream ended: passes on a last line that has no newline. Also useful when a prompt should be shown.
  void finish();

 private:
  void append(std::string_view piece);
  void emit(std::string_view line, bool ended);

  Line line_;
  std::size_t max_line_;
  std::string partial_;  // start of a line whose end has not come yet
};

}  // namespace qd::node
