#include "http/chunked.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace qd::http {

namespace {

constexpr std::size_t kMaxChunkLine = 256;
constexpr std::size_t kMaxTrailerBytes = 8192;

}  // namespace

Checked<> ChunkedDecoder::take_line_byte(char byte) {
  const bool after_return = !line_.empty() && line_.back() == '\r';
  if (after_return != (byte == '\n'))
    return refuse(400, "The chunked body is malformed: a line does not end with CR LF.");
  if ((static_cast<unsigned char>(byte) < 0x20 && byte != '\r' && byte != '\n' && byte != '\t') || byte == 0x7f) {
    return refuse(400, "The chunked body is malformed: a control character in a size line or trailer.");
  }
  line_ += byte;
  if (state_ == State::trailer && ++trailer_bytes_ > kMaxTrailerBytes) return refuse(400, "The trailers are too long.");
  if (state_ != State::trailer && line_.size() > kMaxChunkLine) return refuse(400, "A chunk's size line is too long.");
  return {};
}

Checked<> ChunkedDecoder::end_size_line(std::uint64_t body_size, std::uint64_t limit) {
  const char* const end = line_.data() + line_.size() - 2;
  const auto [rest, error] = std::from_chars(line_.data(), end, left_, 16);
  const bool ended = rest == end || *rest == ';' || *rest == ' ' || *rest == '\t';
  if (error != std::errc() || !ended) return refuse(400, "The chunked body is malformed: a chunk has no size.");
  if (rest != end && *rest != ';' && std::find(rest, end, ';') == end) {
    return refuse(400, "The chunked body is malformed: junk after a chunk's size.");
  }
  if (left_ > limit || body_size > limit - left_) return refuse(413, "");
  line_.clear();
  state_ = left_ == 0 ? State::trailer : State::data;
  return {};
}

Checked<std::size_t> ChunkedDecoder::feed(std::string_view bytes, std::string& body, std::uint64_t limit) {
  std::size_t used = 0;
  while (used < bytes.size() && state_ != State::done) {
    if (state_ == State::data) {
      const auto piece =
          bytes.substr(used, static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size() - used)));
      body.append(piece);
      used += piece.size();
      left_ -= piece.size();
      if (left_ == 0) state_ = State::data_end;
      continue;
    }
    if (auto taken = take_line_byte(bytes[used++]); !taken) return tl::unexpected(taken.error());
    if (line_.back() != '\n') {
      if (state_ == State::data_end && line_ != "\r")
        return refuse(400, "The chunked body is malformed: a chunk is too long.");
      continue;
    }
    if (state_ == State::size_line) {
      if (auto ended = end_size_line(body.size(), limit); !ended) return tl::unexpected(ended.error());
      continue;
    }
    if (state_ == State::data_end) state_ = State::size_line;
    if (state_ == State::trailer && line_.size() == 2) state_ = State::done;
    line_.clear();
  }
  return used;
}

std::string chunk_prefix(std::size_t size) {
  std::array<char, 20> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), size, 16).ptr;
  return std::string(digits.data(), end) + "\r\n";
}

}  // namespace qd::http
