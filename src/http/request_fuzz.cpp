// Requests as bytes: head, chunked body, forms. Whatever arrives, it is refused or read within its limits.
#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "http/chunked.hpp"
#include "http/form.hpp"
#include "http/request_head.hpp"

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

void fuzz_body(qd::http::RequestHead& head, std::string_view rest) {
  constexpr std::uint64_t kLimit = 10'000;
  if (head.chunked) {
    qd::http::ChunkedDecoder decoder;
    const auto used = decoder.feed(rest, head.request.body, kLimit);
    if (!used) return;
    check(*used <= rest.size() && head.request.body.size() <= kLimit);
    check(decoder.done() || *used == rest.size());
  } else {
    head.request.body =
        rest.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(head.content_length, rest.size())));
  }
  if (!qd::http::read_form(head.request)) return;
  check(head.request.form.size() <= 10'000 && head.request.parts.size() <= 1'000);
  head.request.parameter("a");
  head.request.cookie("a");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  qd::http::HeadScanner scanner;
  const auto end = scanner.scan(bytes);
  if (!end || !*end) return 0;
  auto head = qd::http::parse_head(bytes.substr(0, **end));
  if (!head) return 0;
  check(head->request.path.starts_with('/') || head->request.path == "*");
  check(head->request.path.find("//") == std::string::npos || head->request.raw_path.find('%') != std::string::npos);
  check(!(head->chunked && head->content_length != 0));
  fuzz_body(*head, bytes.substr(**end));
  return 0;
}
