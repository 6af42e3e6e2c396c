#include "http/request_head.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "http/target.hpp"

namespace qd::http {

namespace {

constexpr std::size_t kMaxHeaders = 100;
constexpr std::size_t kMaxMethod = 32;

constexpr std::array<bool, 256> make_token_table() {
  std::array<bool, 256> table{};
  for (int c = '0'; c <= '9'; ++c) table[static_cast<std::size_t>(c)] = true;
  for (int c = 'a'; c <= 'z'; ++c) table[static_cast<std::size_t>(c)] = true;
  for (int c = 'A'; c <= 'Z'; ++c) table[static_cast<std::size_t>(c)] = true;
  for (const char c : std::string_view("!#$%&'*+-.^_`|~")) table[static_cast<unsigned char>(c)] = true;
  return table;
}
constexpr auto kTokenCharacters = make_token_table();

bool is_token(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return kTokenCharacters[static_cast<unsigned char>(c)]; });
}

bool is_field_value(std::string_view text) {
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f; });
}

std::string_view trim_blanks(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// Takes one line without its CRLF off the front.
std::string_view take_line(std::string_view& text) {
  const auto end = text.find("\r\n");
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(line.size() + 2, text.size()));
  return line;
}

Checked<> read_request_line(std::string_view line, RequestHead& head) {
  const auto first = line.find(' ');
  const auto last = line.rfind(' ');
  if (first == std::string_view::npos || first == last) return refuse(400, "The request line is malformed.");
  const std::string_view method = line.substr(0, first);
  const std::string_view target = line.substr(first + 1, last - first - 1);
  const std::string_view version = line.substr(last + 1);
  const auto is_lower = [](char c) { return c >= 'a' && c <= 'z'; };
  if (!is_token(method) || method.size() > kMaxMethod || std::any_of(method.begin(), method.end(), is_lower)) {
    return refuse(400, "The request method is malformed.");
  }
  if (version != "HTTP/1.1" && version != "HTTP/1.0") {
    if (version.substr(0, 5) != "HTTP/") return refuse(400, "The request line is malformed.");
    return refuse(505, "Only HTTP/1.1 and HTTP/1.0 are spoken here.");
  }
  auto parsed = parse_target(method, target);
  if (!parsed) return tl::unexpected(parsed.error());
  head.http_1_0 = version == "HTTP/1.0";
  head.request.method = method;
  head.request.target = target;
  head.request.path = std::move(parsed->path);
  head.request.raw_path = std::move(parsed->raw_path);
  head.request.query = std::move(parsed->query);
  return {};
}

Checked<> read_header_lines(std::string_view lines, Headers& headers) {
  while (true) {
    const std::string_view line = take_line(lines);
    if (line.empty()) return {};
    if (headers.size() == kMaxHeaders) return refuse(431, "The request has more than 100 headers.");
    if (line.front() == ' ' || line.front() == '\t') return refuse(400, "A header is folded over several lines.");
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) {
      return refuse(400, "A header name is malformed.");
    }
    const std::string_view value = trim_blanks(line.substr(colon + 1));
    if (!is_field_value(value)) return refuse(400, "A header value has a control character.");
    headers.emplace(line.substr(0, colon), value);
  }
}

Checked<> read_content_length(RequestHead& head) {
  const auto found = head.request.headers.equal_range(std::string_view("Content-Length"));
  if (found.first == found.second) return {};
  const std::string& text = found.first->second;
  if (std::any_of(found.first, found.second, [&](const auto& header) { return header.second != text; })) {
    return refuse(400, "The request has several Content-Length headers that differ.");
  }
  const bool digits = !text.empty() && text.size() <= 18 &&
                      std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (!digits) return refuse(400, "Content-Length is not a number.");
  head.content_length = std::stoull(text);
  return {};
}

Checked<> read_framing(RequestHead& head) {
  const Headers& headers = head.request.headers;
  const auto codings = headers.count(std::string_view("Transfer-Encoding"));
  if (codings == 0) return read_content_length(head);
  if (headers.contains(std::string_view("Content-Length"))) {
    return refuse(400, "The request has both Content-Length and Transfer-Encoding.");
  }
  if (head.http_1_0) return refuse(400, "HTTP/1.0 has no Transfer-Encoding.");
  if (codings > 1) return refuse(400, "The request has several Transfer-Encoding headers.");
  if (!base::iequals(headers.find(std::string_view("Transfer-Encoding"))->second, "chunked")) {
    return refuse(501, "The only Transfer-Encoding spoken here is chunked.");
  }
  head.chunked = true;
  return {};
}

Checked<> read_host(const RequestHead& head) {
  const auto hosts = head.request.headers.count(std::string_view("Host"));
  if (hosts > 1) return refuse(400, "The request has several Host headers.");
  if (hosts == 0 && !head.http_1_0) return refuse(400, "The request has no Host header.");
  return {};
}

void read_connection(RequestHead& head) {
  head.keep_alive = !head.http_1_0;
  const auto [first, last] = head.request.headers.equal_range(std::string_view("Connection"));
  for (auto header = first; header != last; ++header) {
    for (const std::string& option : base::split_trimmed(header->second, ',')) {
      if (base::iequals(option, "close")) {
        head.keep_alive = false;
        return;
      }
      if (base::iequals(option, "keep-alive")) head.keep_alive = true;
    }
  }
}

Checked<> read_expectation(RequestHead& head) {
  const auto expect = head.request.headers.find(std::string_view("Expect"));
  if (expect == head.request.headers.end() || head.http_1_0) return {};
  if (!base::iequals(expect->second, "100-continue"))
    return refuse(417, "The only expectation met here is 100-continue.");
  head.expects_continue = true;
  return {};
}

}  // namespace

Checked<std::optional<std::size_t>> HeadScanner::scan(std::string_view bytes) {
  while (true) {
    const auto newline = bytes.find('\n', scanned_);
    if (newline == std::string_view::npos) {
      scanned_ = bytes.size();
      return std::nullopt;
    }
    if (newline == line_start_ || bytes[newline - 1] != '\r') return refuse(400, "A line does not end with CR LF.");
    const bool empty = newline == line_start_ + 1;
    scanned_ = line_start_ = newline + 1;
    if (empty) return newline + 1;
  }
}

Checked<RequestHead> parse_head(std::string_view text) {
  RequestHead head;
  const std::string_view request_line = take_line(text);
  if (request_line.find('\r') != std::string_view::npos) return refuse(400, "The request line is malformed.");
  if (auto read = read_request_line(request_line, head); !read) return tl::unexpected(read.error());
  if (auto read = read_header_lines(text, head.request.headers); !read) return tl::unexpected(read.error());
  if (auto read = read_framing(head); !read) return tl::unexpected(read.error());
  if (auto read = read_host(head); !read) return tl::unexpected(read.error());
  if (auto read = read_expectation(head); !read) return tl::unexpected(read.error());
  read_connection(head);
  return head;
}

}  // namespace qd::http
