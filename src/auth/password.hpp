// Stored passwords as Jetty's realm files write them: plain text, `OBF:` (reversible), `MD5:` and 32 hexadecimal
// digits, `CRYPT:` and a crypt(3) hash, `BCRYPT:` and a hash that starts with $2a$, $2b$ or $2y$. Thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace qd::auth {

// Passwords that are longer are never right; no hash is computed for them.
inline constexpr std::size_t longest_password = 1024;

// How many crypt(3) hashes this process computes at once: half of the cores, so that the others are there for whoever
// does not log in. Further ones wait for their turn.
std::size_t hashes_at_a_time();

// Can `stored` ever match? The error says what is wrong with it, without the secret itself.
Result<void> check_stored_password(std::string_view stored);

// True when `given` is the password behind `stored`. May take 100 ms and more (bcrypt): call it on a worker.
bool verify_password(std::string_view stored, std::string_view given);

// About how many microseconds verify_password takes for `stored`; only good for comparing two of them.
long password_cost(std::string_view stored);

// "BCRYPT:$2a$10$…" with a random salt: a form that the peer reads too. Throws std::invalid_argument for a password
// that bcrypt would cut (more than 72 bytes, or a NUL inside).
std::string make_bcrypt(std::string_view plain);

}  // namespace qd::auth
