// The line of an offset in a text. Linear in all when the offsets ascend.
#pragma once

#include <string_view>

namespace qd::codec {

class LineCounter {
 public:
  explicit LineCounter(std::string_view text) : text_(text) {}

  int line_of(std::size_t offset) {  // 1-based
    if (offset < counted_) {
      counted_ = 0;
      line_ = 1;
    }
    for (; counted_ < offset && counted_ < text_.size(); ++counted_) line_ += text_[counted_] == '\n';
    return line_;
  }

 private:
  std::string_view text_;
  std::size_t counted_ = 0;
  int line_ = 1;
};

}  // namespace qd::codec
