#include "auth/address_set.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <optional>

#include "base/text.hpp"

namespace qd::auth {
namespace {

constexpr int v4_prefix_bits = 96;

struct ParsedAddress {
  std::array<unsigned char, 16> bytes{};
  bool v4 = false;
};

std::optional<ParsedAddress> parse_address(const std::string& text) {
  ParsedAddress address;
  in6_addr six{};
  if (inet_pton(AF_INET6, text.c_str(), &six) == 1) {
    std::copy_n(six.s6_addr, 16, address.bytes.begin());
    return address;
  }
  in_addr four{};
  if (inet_pton(AF_INET, text.c_str(), &four) != 1) return std::nullopt;
  address.v4 = true;
  address.bytes[10] = address.bytes[11] = 0xff;
  std::copy_n(reinterpret_cast<const unsigned char*>(&four.s_addr), 4, address.bytes.begin() + 12);
  return address;
}

bool same_bits(const std::array<unsigned char, 16>& a, const std::array<unsigned char, 16>& b, int bits) {
  const auto whole = static_cast<std::size_t>(bits / 8);
  if (!std::equal(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(whole), b.begin())) return false;
  const int rest = bits % 8;
  return rest == 0 || (a[whole] ^ b[whole]) >> (8 - rest) == 0;
}

}  // namespace

Result<AddressSet> AddressSet::parse(std::string_view text) {
  AddressSet set;
  for (const std::string& word : base::split_trimmed(text, ',')) {
    const auto slash = word.find('/');
    const auto address = parse_address(word.substr(0, slash));
    const auto most = address && address->v4 ? 32 : 128;
    const auto bits =
        slash == std::string::npos ? std::optional<std::int64_t>(most) : base::parse_int(word.substr(slash + 1));
    if (!address || !bits || *bits < 0 || *bits > most)
      return fail(ErrorKind::invalid,
                  "expected addresses and networks like 127.0.0.1, 10.0.0.0/8, but there is " + word);
    set.networks_.push_back({address->bytes, static_cast<int>(*bits) + (address->v4 ? v4_prefix_bits : 0)});
  }
  return set;
}

bool AddressSet::contains(const std::string& address) const {
  const auto parsed = parse_address(address);
  return parsed && std::ranges::any_of(networks_, [&](const Network& network) {
           return same_bits(network.bytes, parsed->bytes, network.bits);
         });
}

}  // namespace qd::auth
