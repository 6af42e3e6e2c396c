#include "cluster/cms_request.hpp"

#include <algorithm>
#include <map>

#include "base/id.hpp"
#include "base/text.hpp"
#include "cluster/certificate_openssl.hpp"

namespace qd::cluster {
namespace {

constexpr std::size_t longest_header = 4096;
constexpr std::size_t shortest_nonce = 16, longest_nonce = 128;

bool is_one_line(const std::string& text) {
  return std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) < ' '; });
}

// Error: a line would break in two, and so could say something else.
Result<std::string> canonical_text(const MemberRequest& request, const std::string& sender, UnixMillis time,
                                   const std::string& nonce) {
  const std::vector<std::string> lines{
      "quarterdeck-request-1", request.method, request.target,       base::sha256_hex(request.body),
      request.recipient,       sender,         std::to_string(time), nonce};
  if (!std::ranges::all_of(lines, is_one_line)) {
    return fail(ErrorKind::invalid, "A request that is signed cannot hold control characters in its first line.");
  }
  return base::join(lines, "\n");
}

const unsigned char* bytes_of(const std::string& text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

bool signature_fits(const std::string& signature, const std::string& text, const MemberCertificate& sender) {
  const openssl::DigestContext context(EVP_MD_CTX_new());
  const bool fits =
      context &&
      EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, X509_get0_pubkey(sender.handle())) == 1 &&
      EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(text), text.size()) == 1;
  openssl::take_reason();
  return fits;
}

auto refuse_request(const std::string& why) {
  return fail(ErrorKind::unauthenticated, "The request of another member is refused: " + why + ".");
}

}  // namespace

Result<std::string> sign_request(const MemberRequest& request, const MemberKeys& sender, UnixMillis now,
                                 const std::string& nonce) {
  const std::string& uuid = sender.certificate().uuid();
  const auto text = canonical_text(request, uuid, now, nonce);
  if (!text) return fail(text.error());
  std::string signature(static_cast<std::size_t>(EVP_PKEY_get_size(sender.handle())), '\0');
  std::size_t length = signature.size();
  const openssl::DigestContext context(EVP_MD_CTX_new());
  if (!context || EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, sender.handle()) != 1 ||
      EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &length, bytes_of(*text),
                     text->size()) != 1) {
    return fail(ErrorKind::internal, "The request cannot be signed" + openssl::take_reason() + ".");
  }
  signature.resize(length);
  return "v=1; sender=" + uuid + "; time=" + std::to_string(now) + "; nonce=" + nonce +
         "; signature=" + base::base64(signature);
}

Result<RequestSignature> parse_request_signature(std::string_view header) {
  const std::string name(member_signature_header);
  if (header.size() > longest_header) return fail(ErrorKind::invalid, "The header " + name + " is too long.");
  std::map<std::string, std::string> parts;
  for (const auto& part : base::split_trimmed(header, ';')) {
    const auto equals = part.find('=');
    if (equals == std::string::npos || !parts.emplace(part.substr(0, equals), part.substr(equals + 1)).second) {
      return fail(ErrorKind::invalid, "The header " + name + " must be made of different parts NAME=VALUE.");
    }
  }
  const auto time = base::parse_int(parts["time"]);
  const auto signature = base::base64_decode(parts["signature"]);
  const std::string& nonce = parts["nonce"];
  if (parts["v"] != "1" || parts["sender"].empty() || !time || *time < 0 || !signature || signature->empty() ||
      nonce.size() < shortest_nonce || nonce.size() > longest_nonce) {
    return fail(ErrorKind::invalid, "The header " + name + " must hold v=1, sender, time, nonce and signature.");
  }
  return RequestSignature{parts["sender"], *time, nonce, *signature};
}

Result<void> verify_request(const RequestSignature& signature, const MemberRequest& request,
                            const std::string& sender_certificate_pem, UnixMillis now, Millis max_age,
                            ReplayGuard& guard) {
  const auto sender = MemberCertificate::read(sender_certificate_pem);
  if (!sender) return fail(sender.error());
  if (sender->uuid() != signature.sender) return refuse_request("the certificate is not that of " + signature.sender);
  if (const auto valid = sender->check_valid(now); !valid) return fail(valid.error());
  // Compared without sums that a time from outside could overflow.
  if (signature.time < now - max_age.count()) return refuse_request("it is too old");
  if (signature.time > now + max_age.count()) return refuse_request("its time is in the future");
  const auto text = canonical_text(request, signature.sender, signature.time, signature.nonce);
  if (!text) return fail(text.error());
  if (!signature_fits(signature.signature, *text, *sender)) {
    return refuse_request("its signature does not fit what it asks, for whom, and when");
  }
  return guard.admit(signature.sender + " " + signature.nonce, signature.time + max_age.count(), now);
}

}  // namespace qd::cluster
