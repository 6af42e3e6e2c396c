// Any text is a node filter: parsing and matching must hold for all of them.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "model/node_filter.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const qd::model::Node node = [] {
    qd::model::Node made;
    made.name = "web1";
    made.attributes = {{"hostname", "web1.example"}, {"osFamily", "unix"}};
    made.tags = {"www", "prod"};
    return made;
  }();
  if (size > 4096) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto filter = qd::model::NodeFilter::parse(text);
  if (filter.matches(node) && filter.empty()) __builtin_trap();
  (void)qd::model::NodeFilter::parse("web1", text, size % 2 == 0).matches(node);
  return 0;
}
