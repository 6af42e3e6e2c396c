// Identifiers, random tokens and digests. Thread-safe; randomness comes from OpenSSL.
#pragma once

#include <string>
#include <string_view>

namespace qd::base {

std::string new_uuid();                        // random, version 4, lower case
std::string random_token(std::size_t length);  // letters and digits
std::string sha256_hex(std::string_view data);
bool constant_time_equal(std::string_view a, std::string_view b);

}  // namespace qd::base
