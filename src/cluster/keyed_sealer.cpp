#include "cluster/keyed_sealer.hpp"

#include "base/logging.hpp"

namespace qd::cluster {

namespace {
constexpr std::chrono::seconds longest_wait{30};
}

KeyedSealer::KeyedSealer(std::string uuid, MessagingConfig config)
    : uuid_(std::move(uuid)), config_(std::move(config)) {}

KeyedSealer::~KeyedSealer() {
  if (maker_.joinable()) maker_.join();
}

void KeyedSealer::start(UnixMillis now, std::function<void(const std::string&)> made) {
  maker_ = std::thread([this, now, made = std::move(made)] {
    auto keys = MemberKeys::make(uuid_, config_, now);
    std::string certificate;
    {
      const std::lock_guard lock(mutex_);
      if (keys) {
        certificate = keys->certificate_pem();
        keys_ = std::make_shared<const MemberKeys>(std::move(*keys));
      } else {
        failure_ = keys.error().message;
      }
      changed_.notify_all();
    }
    if (certificate.empty()) {
      base::log_error("cluster", "the keys of this member were not made: " + failure_);
    } else {
      made(certificate);
    }
  });
}

Result<std::shared_ptr<const MemberKeys>> KeyedSealer::keys() {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, longest_wait, [this] { return keys_ != nullptr || !failure_.empty(); });
  if (keys_) return keys_;
  return fail(ErrorKind::unavailable, failure_.empty() ? "the keys of this member are not made yet" : failure_);
}

Result<std::string> KeyedSealer::seal(const std::string& plain, const std::string& reader_certificate, UnixMillis now) {
  auto own = keys();
  if (!own) return fail(own.error());
  return cluster::seal(plain, **own, reader_certificate, now);
}

Result<std::string> KeyedSealer::sign(const MemberRequest& request, UnixMillis now, const std::string& nonce) {
  auto own = keys();
  if (!own) return fail(own.error());
  return sign_request(request, **own, now, nonce);
}

Result<std::string> KeyedSealer::open(const std::string& sealed, const std::string& writer_certificate,
                                      UnixMillis now) {
  auto own = keys();
  if (!own) return fail(own.error());
  return cluster::open(sealed, **own, writer_certificate, now);
}

}  // namespace qd::cluster
