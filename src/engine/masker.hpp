// Hides secret values in texts that are kept or shown.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace qd::engine {

class Masker {
 public:
  // Values shorter than four bytes are not hidden: they would spoil ordinary text and give themselves away by it. The
  // lines of a value of several lines are hidden each.
  void add(const std::string& secret);
  bool empty() const { return secrets_.empty(); }
  // `text` with every secret replaced by `mask`.
  std::string apply(std::string_view text, std::string_view mask = "*****") const;

 private:
  std::vector<std::string> secrets_;  // longest first
};

}  // namespace qd::engine
