#include "log/log_scanner.hpp"

#include <algorithm>
#include <utility>

#include "base/text.hpp"

namespace qd::log {
namespace {

constexpr std::size_t scan_window_bytes = 256 * 1024;

// "2@node=web1" is matched by "2" and by itself.
bool same_step(std::string_view wanted, std::string_view found) {
  if (wanted == found) return true;
  return wanted.find('@') == std::string_view::npos && wanted == found.substr(0, found.find('@'));
}

bool step_matches(std::string_view wanted, std::string_view found) {
  const bool inside_too = wanted.ends_with('/');
  if (inside_too) wanted.remove_suffix(1);
  const auto wanted_steps = base::split(wanted, '/');
  const auto found_steps = base::split(found, '/');
  if (found_steps.size() < wanted_steps.size()) return false;
  if (!inside_too && found_steps.size() != wanted_steps.size()) return false;
  return std::equal(wanted_steps.begin(), wanted_steps.end(), found_steps.begin(), same_step);
}

bool matches(const ReadRequest& request, const LogEvent& event) {
  if (!request.with_state && event.type != event_type::log) return false;
  if (!request.node.empty()) {
    const auto node = event.meta.find("node");
    if (node == event.meta.end() || node->second != request.node) return false;
  }
  if (request.stepctx.empty()) return true;
  const auto step = event.meta.find("stepctx");
  return step != event.meta.end() && step_matches(request.stepctx, step->second);
}

}  // namespace

Result<bool> LogScanner::begins_line(std::int64_t offset) const {
  if (offset == 0) return true;
  std::string before;
  if (auto read = file_.read(before, offset - 1, 1); !read) return fail(read.error());
  return before == "\n";
}

Result<bool> LogScanner::scan(std::int64_t start, std::int64_t end) {
  if (stopped_) return false;
  if (!begun_ || start != read_to_) {
    buffer_.clear();
    used_ = 0;
    read_to_ = start;
    const auto aligned = begins_line(start);
    if (!aligned) return fail(aligned.error());
    skip_line_ = !*aligned;
  }
  if (!std::exchange(begun_, true)) start_ = start;
  end_ = std::min(end, size_);
  while (!stopped_) {
    take_items(false);
    if (stopped_ || read_to_ >= end_) break;
    if (spent_ >= limits_.bytes) return false;
    if (auto read = fill(); !read) return fail(read.error());
  }
  return !stopped_;
}

Result<> LogScanner::fill() {
  buffer_.erase(0, used_);
  used_ = 0;
  const auto rest = static_cast<std::size_t>(end_ - read_to_);
  const auto before = buffer_.size();
  const auto want = std::min({scan_window_bytes, limits_.bytes - spent_, rest});
  if (auto read = file_.read(buffer_, read_to_, want); !read) return read;
  const auto got = buffer_.size() - before;
  if (got == 0) size_ = end_ = read_to_;  // the file became shorter
  read_to_ += static_cast<std::int64_t>(got);
  spent_ += got;
  return {};
}

void LogScanner::take_items(bool complete) {
  if (skip_line_) {
    const auto end = buffer_.find('\n', used_);
    used_ = end == std::string::npos ? buffer_.size() : end + 1;
    if (end == std::string::npos) return;
    skip_line_ = false;
  }
  while (!stopped_) {
    auto item = decode_item(std::string_view(buffer_).substr(used_), complete);
    if (!item) return;
    take(*item);
  }
}

bool LogScanner::passed_over(const LogEvent& event) {
  if (limits_.skip_lines == 0) return false;
  if (event.type == event_type::log) --limits_.skip_lines;
  return true;
}

void LogScanner::take(RdlogItem& item) {
  const auto at = position();
  if (item.kind == RdlogItem::Kind::event && !passed_over(item.event) && matches(request_, item.event)) {
    if (page_.events.size() == limits_.keep && !limits_.newest) {
      stopped_ = true;  // the event stays for the next page
      return;
    }
    page_.events.push_back({std::move(item.event), at, at + static_cast<std::int64_t>(item.size)});
    if (page_.events.size() > 2 * limits_.keep + 16) drop_oldest();
  }
  used_ += item.size;
  if (item.kind == RdlogItem::Kind::end) page_.ended = stopped_ = true;
}

void LogScanner::drop_oldest() {
  if (page_.events.size() > limits_.keep)
    page_.events.erase(page_.events.begin(), page_.events.end() - static_cast<std::ptrdiff_t>(limits_.keep));
}

void LogScanner::finish() {
  const bool all_read = read_to_ >= size_;
  if (!stopped_ && all_read && request_.finished) take_items(true);
  // One event larger than the whole budget: give its beginning, so that the caller gets on.
  if (!stopped_ && !all_read && position() == start_) take_items(true);
  if (limits_.newest) drop_oldest();
  page_.next_offset = position();
  page_.more = !page_.ended && (stopped_ || !all_read);
  page_.skip_lines = limits_.skip_lines;
  page_.bytes_read = static_cast<std::int64_t>(spent_);
}

}  // namespace qd::log
