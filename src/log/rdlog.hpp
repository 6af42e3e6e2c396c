// rdlog v2, the file format of execution logs (docs of the peer: "text/x-rundeck-log-v2.0").
//
//   ^text/x-rundeck-log-v2.0^
//   ^2026-11-22T20:45:36Z|||{node=web1|step=1|stepctx=1|user=admin}|one line^
//   ^2026-11-22T20:45:36Z|stepbegin|VERBOSE|{…}|^
//   ^END^
//
// Type `log` and level NORMAL are left out. In metadata `=`, `|`, `}` and `\`, in the message `^` and `\` are escaped
// by a backslash. A message may go over several lines. Pure functions; thread-safe.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "log/block_marks.hpp"
#include "log/event.hpp"

namespace qd::log {

inline constexpr std::string_view rdlog_header = "^text/x-rundeck-log-v2.0^\n";
inline constexpr std::string_view rdlog_end = "^END^\n";

// Metadata in the form of the file, made once and used for many lines.
class EncodedMeta {
 public:
  EncodedMeta() = default;
  explicit EncodedMeta(const Meta& meta);
  const std::string& text() const { return text_; }  // "{a=1|b=2}", or "" when there are none
  const EventMarks& marks() const { return marks_; }

 private:
  std::string text_;
  EventMarks marks_;
};

// The other way: "{a=1|b=2}"; what is no metadata has none.
Meta decode_meta(std::string_view text);

// Append one event, newline included, to `out`.
void encode_event(std::string& out, const LogEvent& event);
void encode_event(std::string& out, UnixMillis time, Level level, std::string_view type, const EncodedMeta& meta,
                  std::string_view message);

struct RdlogItem {
  enum class Kind { header, event, end, garbage } kind = Kind::garbage;  // garbage: a line that is none of these
  LogEvent event;
  std::size_t size = 0;  // bytes of `data` that it took, newline included; never 0
};

// The first item of `data`, which starts at the beginning of a line. nullopt: `data` is empty or holds only the
// beginning of an item. With `complete` nothing follows `data`, and an event that lacks its end is given as far as it
// goes.
std::optional<RdlogItem> decode_item(std::string_view data, bool complete);

// Could an event (not header, end or the inside of a message) start here? Used to find one from the end of a file.
bool looks_like_event(std::string_view data);

}  // namespace qd::log
