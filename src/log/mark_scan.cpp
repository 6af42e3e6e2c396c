#include "log/mark_scan.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "log/rdlog.hpp"

namespace qd::log {
namespace {

constexpr std::size_t piece_bytes = 128 << 10;  // and so the grain of blocks
constexpr std::size_t longest_head = 1 << 20;
constexpr std::size_t most_known = 1024;
constexpr std::size_t time_field = 22;  // "^2026-11-22T20:45:36Z|"

}  // namespace

const EventMarks& MarkScan::known_marks(std::string_view meta) {
  if (meta.empty()) return none_;
  std::string text(meta);
  const auto found = known_.find(text);
  if (found != known_.end()) return found->second;
  if (known_.size() >= most_known) known_.clear();
  return known_.emplace(std::move(text), marks_of(decode_meta(meta))).first->second;
}

MarkScan::Head MarkScan::read_head(std::string_view line) {
  const bool whole = line.ends_with('\n');
  if (!looks_like_event(line))
    return whole || line.size() >= time_field || !line.starts_with('^') ? Head::other : Head::cut;
  const auto missing = whole ? Head::other : Head::cut;
  const auto type_end = line.find('|', time_field);
  if (type_end == std::string_view::npos) return missing;
  const auto level_end = line.find('|', type_end + 1);
  if (level_end == std::string_view::npos || level_end + 1 == line.size()) return missing;
  const auto type = base::trim(line.substr(time_field, type_end - time_field));
  auto end = level_end + 1;
  if (line[end] == '{') {
    while (end < line.size() && line[end] != '}') end += line[end] == '\\' ? 2 : 1;
    if (end >= line.size()) return missing;
    ++end;
  }
  const bool is_line = type.empty() || type == event_type::log;
  marks_.add(is_line, known_marks(line.substr(level_end + 1, end - level_end - 1)));
  return Head::event;
}

Result<bool> MarkScan::run(const Read& read, std::int64_t from, std::int64_t to, const OnEvents& on_events) {
  std::string buffer;
  std::size_t used = 0;
  auto read_to = from;
  bool in_line = false;  // the head of the line at `used` has been seen to
  while (true) {
    buffer.erase(0, used);
    used = 0;
    if (read_to < to) {
      const auto want = static_cast<std::size_t>(std::min<std::int64_t>(piece_bytes, to - read_to));
      auto piece = read(read_to, want);
      if (!piece) return fail(piece.error());
      if (piece->empty()) to = read_to;  // it became shorter
      read_to += static_cast<std::int64_t>(piece->size());
      buffer += *piece;
    }
    const bool last = read_to >= to;
    while (used < buffer.size()) {
      const auto newline = buffer.find('\n', used);
      const auto size = (newline == std::string::npos ? buffer.size() : newline + 1) - used;
      if (!in_line) {
        const auto head = read_head(std::string_view(buffer).substr(used, size));
        if (head == Head::cut && !last && size < longest_head) break;
        in_line = true;
      }
      used += size;
      if (newline == std::string::npos) break;
      in_line = false;
    }
    if (last) break;
    if (in_line) continue;
    if (!on_events(read_to - static_cast<std::int64_t>(buffer.size() - used), marks_)) return false;
    marks_.clear();
  }
  const bool going = on_events(to, marks_);
  marks_.clear();
  return going;
}

}  // namespace qd::log
