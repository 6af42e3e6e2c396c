// Reads ranges of an execution's log file, also while it is being written. Where the log has an index (log_index.hpp),
// lines by number, one node and one step are found without reading the rest.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "log/event.hpp"

namespace qd::log {

struct ReadRequest {
  std::int64_t offset = 0;      // byte offset, as a page's next_offset gave it; an odd one starts at the next event
  std::int64_t skip_lines = 0;  // so many log events from there on, of any node and step, are passed over
  std::optional<std::int64_t> last_lines;  // instead: so many matching log events from the end
  std::optional<std::int64_t> max_lines;   // at most so many matching events
  std::string node;                        // "": any
  // "": any. "2/1": events of that step, on any node ("2/1@node=web1" too). "2/": step 2 and everything inside it.
  std::string stepctx;
  bool with_state = false;  // also stepbegin, nodeend…, not only `log`
  bool finished = false;  // the execution has ended: an event that was cut off at the end of the file is given as it is
  std::int64_t index_place = 0;      // as the page before gave it, or 0: spares reading the index from its beginning
  std::size_t max_bytes = 8u << 20;  // of the file, read by this call (last_lines may read some of them twice)
};

struct ReadEvent {
  LogEvent event;
  std::int64_t offset = 0;  // where it starts
  std::int64_t next = 0;    // where the next one starts
};

struct LogPage {
  std::vector<ReadEvent> events;
  std::int64_t next_offset = 0;  // where to go on, with the next two
  std::int64_t skip_lines = 0;   // still to be passed over
  std::int64_t index_place = 0;
  std::int64_t bytes_read = 0;  // of the file, for this page; much of it may have been left out
  bool exists = true;           // false: no file yet, everything else is empty
  bool ended = false;           // the end marker was reached: nothing will follow
  bool more = false;            // stopped by max_lines or max_bytes: the file holds more behind next_offset
  bool truncated = false;       // last_lines: max_bytes were not enough for that many
  std::int64_t file_size = 0;
  UnixMillis last_modified = 0;
};

// Blocks: call it on a WorkerPool. Errors: the file cannot be read, or is no rdlog. Memory is bounded by max_bytes
// and the size of a block of the index (4 MiB).
Result<LogPage> read_log(const std::string& path, const ReadRequest& request);

struct LogStat {
  bool exists = false;
  std::int64_t size = 0;
  UnixMillis last_modified = 0;
};
LogStat stat_log(const std::string& path);

}  // namespace qd::log
