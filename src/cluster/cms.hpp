// What one member writes for another through the database: CMS (PKCS #7, RFC 5652), signed by the sender, then
// enveloped for the recipient, as base64 text. Thread-safe; a call takes a few milliseconds.
//
// Signed together with the content is the recipient's certificate, so that no member can pass on what another wrote
// for it. Whether a message is fresh and belongs to its row is not known here: its content must say so (nonce,
// execution, kind), and its reader must compare.
#pragma once

#include <string>
#include <string_view>

#include "cluster/certificate.hpp"

namespace qd::cluster {

inline constexpr std::size_t largest_sealed_content = 16 * 1024 * 1024;  // bytes

// Errors: no or no usable certificate of the recipient, one that has expired, too large.
Result<std::string> seal(std::string_view plain, const MemberKeys& sender, const std::string& recipient_certificate_pem,
                         UnixMillis now);

// Gives the plain content only when it is whole, for these keys, and signed by the key of this certificate. The error
// says which of these it is not.
Result<std::string> open(std::string_view sealed, const MemberKeys& recipient,
                         const std::string& sender_certificate_pem, UnixMillis now);

}  // namespace qd::cluster
