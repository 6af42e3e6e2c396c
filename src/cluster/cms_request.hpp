// Requests straight from one member to another: who sends them is proven by a signature in one header.
//
// Signed (RSA, SHA-256) are these lines: "quarterdeck-request-1", method, target, SHA-256 of the body in hexadecimal,
// uuids of recipient and sender, time in milliseconds, nonce. The header's value:
// `v=1; sender=UUID; time=MILLIS; nonce=TEXT; signature=BASE64`.
#pragma once

#include <string>
#include <string_view>

#include "cluster/certificate.hpp"
#include "cluster/replay_guard.hpp"

namespace qd::cluster {

inline constexpr std::string_view member_signature_header = "X-Quarterdeck-Member";

struct MemberRequest {
  std::string method;     // "GET"
  std::string target;     // path and query, as they stand in the request
  std::string_view body;  // not owned
  std::string recipient;  // uuid of the member that is to answer; who verifies puts its own
};

// What the header says; nothing of it is proven before verify_request.
struct RequestSignature {
  std::string sender;  // uuid
  UnixMillis time = 0;
  std::string nonce;
  std::string signature;  // bytes
};

// The header's value. `nonce` must be new for each request: base::random_token(22). Takes about a millisecond.
Result<std::string> sign_request(const MemberRequest& request, const MemberKeys& sender, UnixMillis now,
                                 const std::string& nonce);

// Tells the sender, whose certificate verify_request needs.
Result<RequestSignature> parse_request_signature(std::string_view header);

// Is this request signed by the member that it names, for this recipient, at most `max_age` before or after `now`
// (both by the database's clock), and new to `guard`? Only requests that pass all else are remembered, so that nobody
// else can fill the guard. Thread-safe.
Result<void> verify_request(const RequestSignature& signature, const MemberRequest& request,
                            const std::string& sender_certificate_pem, UnixMillis now, Millis max_age,
                            ReplayGuard& guard);

}  // namespace qd::cluster
