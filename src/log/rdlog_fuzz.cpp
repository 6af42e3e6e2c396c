// Any bytes are a log file: decoding must hold for all of them, and what was decoded must survive encoding.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "log/rdlog.hpp"

namespace {

void check_round_trip(const qd::log::LogEvent& event) {
  std::string text;
  qd::log::encode_event(text, event);
  const auto again = qd::log::decode_item(text, true);
  if (!again || again->kind != qd::log::RdlogItem::Kind::event || again->size != text.size()) __builtin_trap();
  if (again->event != event) __builtin_trap();
}

void decode_all(std::string_view data, bool complete) {
  while (const auto item = qd::log::decode_item(data, complete)) {
    if (item->size == 0 || item->size > data.size()) __builtin_trap();
    if (item->kind == qd::log::RdlogItem::Kind::event) check_round_trip(item->event);
    data.remove_prefix(item->size);
  }
  if (complete && !data.empty()) __builtin_trap();  // a complete file is used up
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  decode_all(text, true);
  decode_all(text, false);
  return 0;
}
