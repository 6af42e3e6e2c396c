#include "node/output.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace qd::node {
namespace {

// How many bytes of `text` to take, at most `limit`, without cutting a UTF-8 character in two.
std::size_t whole_characters(std::string_view text, std::size_t limit) {
  if (text.size() <= limit) return text.size();
  const auto continues = [&](std::size_t at) { return (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80; };
  std::size_t size = limit;
  while (size > 0 && limit - size < 3 && continues(size)) --size;
  return size == 0 || continues(size) ? limit : size;
}

}  // namespace

void CollectOutput::write(Stream stream, std::string_view chunk) {
  std::string& text = stream == Stream::out ? out : err;
  const std::size_t room = limit_ - std::min(limit_, text.size());
  text.append(chunk.substr(0, room));
  cut = cut || chunk.size() > room;
}

void LineAssembler::write(std::string_view chunk) {
  while (!chunk.empty()) {
    const std::size_t end = chunk.find('\n');
    const std::string_view piece = chunk.substr(0, end);
    if (end != std::string_view::npos && partial_.empty() && piece.size() <= max_line_) {
      emit(piece, true);  // the usual case: no copy
    } else {
      append(piece);
      if (end == std::string_view::npos) return;
      emit(partial_, true);
      partial_.clear();
    }
    chunk.remove_prefix(end + 1);
  }
}

void LineAssembler::append(std::string_view piece) {
  while (partial_.size() + piece.size() > max_line_) {
    const std::size_t taken = std::min(piece.size(), max_line_ + 1 - partial_.size());
    partial_.append(piece.substr(0, taken));
    piece.remove_prefix(taken);
    const std::size_t whole = whole_characters(partial_, max_line_);
    emit(std::string_view(partial_).substr(0, whole), false);
    partial_.erase(0, whole);
  }
  partial_.append(piece);
}

void LineAssembler::finish() {
  if (partial_.empty()) return;
  emit(partial_, false);
  partial_.clear();
}

void LineAssembler::emit(std::string_view line, bool ended) {
  if (ended && line.ends_with('\r')) line.remove_suffix(1);
  if (base::valid_utf8(line)) {
    line_(line);
  } else {
    line_(base::repair_utf8(line));
  }
}

}  // namespace qd::node
