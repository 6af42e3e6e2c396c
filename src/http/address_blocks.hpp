// Ranges of addresses that outgoing requests must not reach: who may name a URL must not reach what only this machine
// can (metadata of a cloud, link-local devices).
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace qd::http {

// A value; thread-safe.
class AddressBlocks {
 public:
  // "169.254.0.0/16, fe80::/10, 192.0.2.7"; "" blocks nothing. The error names what is no address.
  static Result<AddressBlocks> parse(std::string_view text);

  // `address` is numeric; IPv4 written as IPv6 is the same address. What is no address is not blocked.
  bool contains(const std::string& address) const;
  bool empty() const { return ranges_.empty(); }

 private:
  using Bytes = std::array<unsigned char, 16>;  // IPv4 as ::ffff:a.b.c.d
  struct Range {
    Bytes start;
    int bits;
  };
  static bool read(const std::string& address, Bytes& bytes, bool& is_v4);

  std::vector<Range> ranges_;
};

}  // namespace qd::http
