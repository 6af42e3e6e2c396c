// The key pair that a member makes at each start, and the certificate by which the others know it. A certificate is
// trusted because it stands in the row of its member, not because somebody signed it.
#pragma once

#include <memory>
#include <string>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "cluster/cms_config.hpp"

struct evp_pkey_st;
struct x509_st;

namespace qd::cluster {

// The certificate of any member. Immutable and thread-safe; copies share it.
class MemberCertificate {
 public:
  // Of RSA keys only.
  static Result<MemberCertificate> read(const std::string& pem);

  const std::string& uuid() const { return uuid_; }
  const std::string& fingerprint() const { return fingerprint_; }  // SHA-256 in hexadecimal
  // The error says since or until when it is not valid.
  Result<void> check_valid(UnixMillis now) const;
  x509_st* handle() const { return handle_.get(); }  // only to be read

 private:
  MemberCertificate() = default;
  std::shared_ptr<x509_st> handle_;
  std::string uuid_, fingerprint_;
};

// A private key and its self-signed certificate. The private key leaves memory never: a member that starts again makes
// another pair and publishes that. Immutable and thread-safe; copies share the key.
class MemberKeys {
 public:
  // Takes some 100 ms for 2048 bits and seconds for 4096: call it on a worker, never on a loop's thread. The
  // certificate is valid from a day before `now` (clocks differ) to `cert_validity_days` after it.
  static Result<MemberKeys> make(const std::string& uuid, const MessagingConfig& config, UnixMillis now);

  const std::string& certificate_pem() const { return pem_; }  // to publish
  const MemberCertificate& certificate() const { return certificate_; }
  UnixMillis expires() const { return expires_; }  // make others before
  const MessagingConfig& config() const { return config_; }
  evp_pkey_st* handle() const { return key_.get(); }  // only to be read

 private:
  MemberKeys(std::shared_ptr<evp_pkey_st> key, MemberCertificate certificate, std::string pem, UnixMillis expires,
             MessagingConfig config);
  std::shared_ptr<evp_pkey_st> key_;
  MemberCertificate certificate_;
  std::string pem_;
  UnixMillis expires_;
  MessagingConfig config_;
};

}  // namespace qd::cluster
