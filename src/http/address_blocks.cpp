#include "http/address_blocks.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <cstring>

#include "base/text.hpp"

namespace qd::http {
namespace {

constexpr int kMappedBits = 96;  // of ::ffff:0:0/96

}  // namespace

bool AddressBlocks::read(const std::string& address, Bytes& bytes, bool& is_v4) {
  bytes = {};
  is_v4 = ::inet_pton(AF_INET, address.c_str(), bytes.data() + 12) == 1;
  if (is_v4) {
    bytes[10] = bytes[11] = 0xFF;
    return true;
  }
  return ::inet_pton(AF_INET6, address.c_str(), bytes.data()) == 1;
}

Result<AddressBlocks> AddressBlocks::parse(std::string_view text) {
  AddressBlocks blocks;
  for (const auto& word : base::split_trimmed(text, ',')) {
    const auto slash = word.find('/');
    Range range{};
    bool is_v4 = false;
    const bool good = read(word.substr(0, slash), range.start, is_v4);
    const int most = is_v4 ? 32 : 128;
    const auto bits = slash == std::string::npos ? most : base::parse_int(word.substr(slash + 1)).value_or(-1);
    if (!good || bits < 0 || bits > most) {
      return fail(ErrorKind::invalid, "\"" + word + "\" is no address and no range of addresses like 169.254.0.0/16");
    }
    range.bits = static_cast<int>(bits) + (is_v4 ? kMappedBits : 0);
    blocks.ranges_.push_back(range);
  }
  return blocks;
}

bool AddressBlocks::contains(const std::string& address) const {
  Bytes bytes;
  bool is_v4 = false;
  if (!read(address.substr(0, address.find('%')), bytes, is_v4)) return false;
  return std::ranges::any_of(ranges_, [&](const Range& range) {
    const auto whole = static_cast<std::size_t>(range.bits / 8);
    if (!std::equal(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(whole), range.start.begin()))
      return false;
    const int rest = range.bits % 8;
    if (rest == 0) return true;
    const auto mask = static_cast<unsigned char>(0xFF << (8 - rest));
    return (bytes[whole] & mask) == (range.start[whole] & mask);
  });
}

}  // namespace qd::http
