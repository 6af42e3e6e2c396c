// Sets of IP addresses: "127.0.0.1, 10.0.0.0/8, ::1".
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace qd::auth {

class AddressSet {
 public:
  // Addresses and networks, separated by commas. The error names what is neither.
  static Result<AddressSet> parse(std::string_view text);

  bool contains(const std::string& address) const;  // false for what is no address; ::ffff:1.2.3.4 is 1.2.3.4
  bool empty() const { return networks_.empty(); }

 private:
  struct Network {
    std::array<unsigned char, 16> bytes{};  // IPv4 as ::ffff:a.b.c.d
    int bits = 128;
  };
  std::vector<Network> networks_;
};

}  // namespace qd::auth
