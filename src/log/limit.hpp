// How much an execution may log, and whether it has. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace qd::log {

// "100" lines in all, "100/node" lines of each node, "5MB" bytes of the log file (B, KB, MB, GB; also K, M, G).
struct LimitSpec {
  enum class Kind { none, lines, lines_per_node, bytes } kind = Kind::none;
  std::int64_t max = 0;
  bool operator==(const LimitSpec&) const = default;
};

// Blank text is no limit. The error says what is accepted.
Result<LimitSpec> parse_limit(std::string_view text);

class LimitCounter {
 public:
  explicit LimitCounter(LimitSpec spec) : spec_(spec) {}

  // Counts one event of `node` that takes `bytes` in the file and whose message has `lines` lines. True: within the
  // limit. False: this event goes beyond it, and so does every later one (of this node, for lines_per_node).
  bool add(std::string_view node, std::int64_t bytes, std::int64_t lines = 1);
  bool exceeded() const { return exceeded_; }  // by any event so far
  std::string description() const;             // "100 lines", for the message in the log

 private:
  LimitSpec spec_;
  std::int64_t count_ = 0;
  std::map<std::string, std::int64_t, std::less<>> per_node_;
  bool exceeded_ = false;
};

}  // namespace qd::log
