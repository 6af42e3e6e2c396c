// Chunked transfer coding (RFC 9112, 7.1), read strictly. Extensions and trailers are read over and dropped.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "http/refusal.hpp"

namespace qd::http {

class ChunkedDecoder {
 public:
  // Appends the content in `bytes` to `body` and says how many bytes it used: all of them, or less once done().
  // Refusals: 413 when the body grows beyond `limit`, 400 malformed (oversized extensions and trailers too).
  Checked<std::size_t> feed(std::string_view bytes, std::string& body, std::uint64_t limit);
  bool done() const { return state_ == State::done; }

 private:
  enum class State { size_line, data, data_end, trailer, done };
  Checked<> take_line_byte(char byte);
  Checked<> end_size_line(std::uint64_t body_size, std::uint64_t limit);

  State state_ = State::size_line;
  std::string line_;        // the unfinished size line, trailer line, or CRLF after data
  std::uint64_t left_ = 0;  // bytes of the current chunk still to come
  std::size_t trailer_bytes_ = 0;
};

// One chunk with its framing around it.
std::string chunk_prefix(std::size_t size);
inline constexpr std::string_view kLastChunk = "0\r\n\r\n";

}  // namespace qd::http
