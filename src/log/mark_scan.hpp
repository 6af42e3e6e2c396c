// Goes over a log's bytes for what its index wants to know, without decoding messages. Internal to log/.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <unordered_map>

#include "base/result.hpp"
#include "log/block_marks.hpp"

namespace qd::log {

class MarkScan {
 public:
  // Appends up to `size` bytes of the log from `offset` on; fewer at its end.
  using Read = std::function<Result<std::string>(std::int64_t offset, std::size_t size)>;
  // All events before `offset`, which is the beginning of a line, since the call before; false ends the scan.
  using OnEvents = std::function<bool(std::int64_t offset, const BlockMarks& marks)>;

  // From `from`, the beginning of a line, to `to`. False: on_events ended it.
  Result<bool> run(const Read& read, std::int64_t from, std::int64_t to, const OnEvents& on_events);

 private:
  enum class Head { event, other, cut };  // cut: it may be an event, more is needed to tell
  Head read_head(std::string_view line);
  const EventMarks& known_marks(std::string_view meta);

  BlockMarks marks_;
  std::unordered_map<std::string, EventMarks> known_;  // by metadata as it stands in the file
  const EventMarks none_ = marks_of("", "");
};

}  // namespace qd::log
