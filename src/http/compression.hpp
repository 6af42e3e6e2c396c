// Answers made smaller for clients that can unpack them (RFC 9110, 8.4 and 12.5.3).
#pragma once

#include <string_view>

#include "http/message.hpp"

namespace qd::http {

inline constexpr std::size_t kLeastCompressed = 1024;     // bytes; below it nobody waits for them
inline constexpr std::size_t kMostCompressed = 64 << 20;  // above it the pool's thread has better to do

// Does Accept-Encoding name `coding`, and not with q=0?
bool takes_coding(const Request& request, std::string_view coding);

// Makes gzip of a text or JSON body in memory when the client takes it and it is worth it, and says in Vary that the
// answer depends on that. Left as they are: streams, parts of a body, what has a coding already, and what has an ETag,
// which names these very bytes. So is the answer to a request that another site made a browser send, because the length
// of compressed bytes tells of their content (BREACH).
void compress(const Request& request, Response& response);

}  // namespace qd::http
