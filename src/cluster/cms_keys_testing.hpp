// Keys of members for the tests of this folder: made once, as each pair takes a tenth of a second and more.
#pragma once

#include <stdexcept>

#include "cluster/certificate.hpp"

namespace qd::cluster {

inline constexpr UnixMillis key_time = 1'795'000'000'000;  // 2026-11-18
inline constexpr UnixMillis one_day = 86'400'000;

inline MemberKeys make_keys(const std::string& uuid, const MessagingConfig& config = {}) {
  auto keys = MemberKeys::make(uuid, config, key_time);
  if (!keys) throw std::runtime_error(keys.error().message);
  return *keys;
}

inline const MemberKeys& anna() {
  static const MemberKeys keys = make_keys("member-anna");
  return keys;
}
inline const MemberKeys& bert() {
  static const MemberKeys keys = make_keys("member-bert");
  return keys;
}
inline const MemberKeys& carl() {  // valid for a day only
  static const MemberKeys keys = make_keys("member-carl", {.cert_validity_days = 1});
  return keys;
}

}  // namespace qd::cluster
