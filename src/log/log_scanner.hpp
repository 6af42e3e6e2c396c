// Picks what is asked for out of parts of a log. Internal to log/.
#pragma once

#include <string>
#include <string_view>

#include "log/log_source.hpp"
#include "log/rdlog.hpp"
#include "log/reader.hpp"

namespace qd::log {

struct ScanLimits {
  std::size_t bytes = 0;  // to be read at most, by all parts together
  std::size_t keep = 0;   // events at most; beyond it the scan stops, or with `newest` the oldest are dropped instead
  bool newest = false;
  std::int64_t skip_lines = 0;  // so many events of type `log` are passed over first
};

// Goes over the items of one part after the other, a window at a time, and puts those that match into the page.
class LogScanner {
 public:
  LogScanner(const LogSource& file, const ReadRequest& request, std::int64_t file_size, ScanLimits limits,
             LogPage& page)
      : file_(file), request_(request), size_(file_size), limits_(limits), page_(page) {}

  // The part [start, end) of the file; parts come in order. It may begin in the middle of a line, whose rest belongs to
  // no event. False: there is enough, or no more may be read.
  Result<bool> scan(std::int64_t start, std::int64_t end);
  // Is `offset` the beginning of a line? For parts that come from an index.
  Result<bool> begins_line(std::int64_t offset) const;
  void finish();  // fills in where the scan ended

  std::size_t spent() const { return spent_; }
  bool skipping() const { return limits_.skip_lines > 0; }

 private:
  Result<> fill();
  std::int64_t position() const { return read_to_ - static_cast<std::int64_t>(buffer_.size() - used_); }
  void take_items(bool complete);
  void take(RdlogItem& item);
  bool passed_over(const LogEvent& event);
  void drop_oldest();

  const LogSource& file_;
  const ReadRequest& request_;
  std::int64_t size_;
  ScanLimits limits_;
  LogPage& page_;
  std::int64_t end_ = 0;      // of this part
  std::int64_t start_ = 0;    // of the first
  std::int64_t read_to_ = 0;  // the file was read up to here; the buffer holds what stands before
  std::size_t spent_ = 0;
  std::string buffer_;
  std::size_t used_ = 0;  // of the buffer
  bool begun_ = false;
  bool skip_line_ = false;
  bool stopped_ = false;
};

}  // namespace qd::log
