// Makes what one member writes for another unreadable for all others, and proves who wrote it.
#pragma once

#include <string>

#include "base/clock.hpp"
#include "base/result.hpp"

namespace qd::cluster {

// Thread-safe. `now` is the database's clock.
class Sealer {
 public:
  virtual ~Sealer() = default;
  // Encrypted for the member with this certificate (PEM) and signed by this one; text.
  virtual Result<std::string> seal(const std::string& plain, const std::string& reader_certificate, UnixMillis now) = 0;
  // Error: it is not for this member, was changed, or the member with this certificate did not sign it.
  virtual Result<std::string> open(const std::string& sealed, const std::string& writer_certificate,
                                   UnixMillis now) = 0;
};

}  // namespace qd::cluster
