// What the index of a log remembers of a block of events: how many lines it has, and which nodes and steps occur in it.
// Names are kept as 32-bit hashes: two names that share one cost a needless read, never a missing line. Pure.
#pragma once

#include <cstdint>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "log/event.hpp"

namespace qd::log {

// Of one event: its node, its step and each step around it.
struct EventMarks {
  std::vector<std::uint32_t> nodes;  // one or none
  std::vector<std::uint32_t> steps;
  std::uint64_t fingerprint = 0;  // equal for equal node and step
};

EventMarks marks_of(std::string_view node, std::string_view stepctx);
EventMarks marks_of(const Meta& meta);
std::uint32_t node_mark(std::string_view node);
// Of what ReadRequest::stepctx asks for: each event that it matches has this mark.
std::uint32_t step_mark(std::string_view stepctx);

// A bounded set of marks: above the bound it only knows that anything may be in it.
class MarkSet {
 public:
  static constexpr std::size_t most = 2048;
  void add(std::uint32_t mark);
  void add_all(const MarkSet& other);
  void clear();
  bool any() const { return any_; }
  const std::unordered_set<std::uint32_t>& marks() const { return marks_; }

 private:
  std::unordered_set<std::uint32_t> marks_;
  bool any_ = false;
};

class BlockMarks {
 public:
  void add(bool is_line, const EventMarks& event);
  void merge(const BlockMarks& later);
  void clear();

  std::int64_t lines() const { return lines_; }
  const MarkSet& nodes() const { return nodes_; }
  const MarkSet& steps() const { return steps_; }

 private:
  std::int64_t lines_ = 0;
  MarkSet nodes_, steps_;
  std::uint64_t last_ = 0;  // fingerprint of the event before: most follow one of the same node and step
};

}  // namespace qd::log
