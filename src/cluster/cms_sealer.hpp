// Sealer by CMS: what cms.hpp does, with this member's keys.
#pragma once

#include "cluster/cms.hpp"
#include "cluster/sealer.hpp"

namespace qd::cluster {

class CmsSealer final : public Sealer {
 public:
  // `keys` outlives the sealer.
  explicit CmsSealer(const MemberKeys& keys) : keys_(keys) {}
  Result<std::string> seal(const std::string& plain, const std::string& reader_certificate, UnixMillis now) override {
    return cluster::seal(plain, keys_, reader_certificate, now);
  }
  Result<std::string> open(const std::string& sealed, const std::string& writer_certificate, UnixMillis now) override {
    return cluster::open(sealed, keys_, writer_certificate, now);
  }

 private:
  const MemberKeys& keys_;
};

}  // namespace qd::cluster
