// Says a last sentence when the user presses Ctrl-C.
#pragma once

#include <string>

namespace qd::cli {

// While it lives, SIGINT writes `text` to standard error and ends the program at once with exit_code::interrupted. One
// at a time.
class InterruptNote {
 public:
  explicit InterruptNote(const std::string& text);
  ~InterruptNote();
  InterruptNote(const InterruptNote&) = delete;
  InterruptNote& operator=(const InterruptNote&) = delete;
};

}  // namespace qd::cli
