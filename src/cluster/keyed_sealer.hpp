// The sealer of this process: keys that are made beside the start, which they would hold up by a fifth of a second, and
// made anew before their certificate ends.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "cluster/cms.hpp"
#include "cluster/cms_request.hpp"
#include "cluster/sealer.hpp"

namespace qd::cluster {

// Thread-safe. seal() and open() wait until the keys are there.
class KeyedSealer final : public Sealer {
 public:
  KeyedSealer(std::string uuid, MessagingConfig config);
  ~KeyedSealer() override;

  // Makes the keys on a thread of its own, and tells `made` their certificate, then.
  void start(UnixMillis now, std::function<void(const std::string& certificate)> made);

  Result<std::string> seal(const std::string& plain, const std::string& reader_certificate, UnixMillis now) override;
  // The header of a request to another member: see cms_request.hpp.
  Result<std::string> sign(const MemberRequest& request, UnixMillis now, const std::string& nonce);
  Result<std::string> open(const std::string& sealed, const std::string& writer_certificate, UnixMillis now) override;

 private:
  Result<std::shared_ptr<const MemberKeys>> keys();

  const std::string uuid_;
  const MessagingConfig config_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::shared_ptr<const MemberKeys> keys_;
  std::string failure_;
  std::thread maker_;
};

}  // namespace qd::cluster
