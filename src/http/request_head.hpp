// Request line and headers of HTTP/1.x (RFC 9112), read strictly: what two parsers could read in two ways is refused,
// so that no proxy in front can be talked into seeing other requests than we do.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "http/message.hpp"
#include "http/refusal.hpp"

namespace qd::http {

// Looks for the empty line that ends a head, over any number of calls as bytes arrive.
class HeadScanner {
 public:
  // `bytes` starts where the head starts and only grows from call to call. The length of the head with its empty line,
  // nothing when it is not there yet; 400 for a line that does not end with CRLF.
  Checked<std::optional<std::size_t>> scan(std::string_view bytes);
  void reset() { *this = HeadScanner(); }

 private:
  std::size_t line_start_ = 0;
  std::size_t scanned_ = 0;
};

struct RequestHead {
  Request request;  // without body, form and parts
  bool keep_alive = true;
  bool expects_continue = false;
  bool http_1_0 = false;
  bool chunked = false;
  std::uint64_t content_length = 0;  // 0 when chunked
};

// `head` ends with its empty line. Refusals: 400 malformed; 417 unknown expectation; 431 more than 100 headers; 501
// unknown transfer coding; 505 other versions than 1.0 and 1.1.
Checked<RequestHead> parse_head(std::string_view head);

}  // namespace qd::http
