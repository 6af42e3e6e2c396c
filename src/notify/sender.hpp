// One attempt to deliver one message.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/json.hpp"
#include "base/result.hpp"
#include "http/address_blocks.hpp"
#include "notify/mail_settings.hpp"
#include "store/delivery_store.hpp"

namespace qd::notify {

struct Attempt {
  enum class End { sent, later, never } end = End::later;  // never: trying again cannot help
  std::string text;                                        // what came of it, for people; no secret in it
};

struct SenderParts {
  MailSettings mail;
  std::string host;  // of message ids
  std::shared_ptr<const http::AddressBlocks> blocked;
  std::chrono::milliseconds timeout{120'000};
  // At most `most` bytes of the log's text, as it was printed or with time, user, node and level in front of each line.
  std::function<Result<std::string>(model::ExecutionId, bool formatted, std::size_t most)> read_log;
  // The secret at a key storage path, read in the name of who started the execution; empty: there is no key storage.
  std::function<Result<std::string>(model::ExecutionId, const std::string& path)> read_secret;
  // Runs an installed plugin of this name; nullopt: there is none. Empty: no plugins can be installed.
  std::function<std::optional<Attempt>(const store::Delivery&, const JsonObject& content,
                                       const std::function<bool()>& cancelled)>
      plugin = {};
  // Names of those that are installed.
  std::function<std::vector<std::string>()> installed = {};
};

// Thread-safe; blocks.
class Sender {
 public:
  explicit Sender(SenderParts parts) : parts_(std::move(parts)) {}

  // `cancelled` is asked at least once a second; true ends the attempt early.
  Attempt attempt(const store::Delivery& delivery, const std::function<bool()>& cancelled) const;

 private:
  Attempt send_webhook(const JsonObject& content, const std::function<bool()>& cancelled) const;
  Attempt send_mail(const store::Delivery& delivery, const JsonObject& content,
                    const std::function<bool()>& cancelled) const;
  Attempt send_plugin(const store::Delivery& delivery, const JsonObject& content,
                      const std::function<bool()>& cancelled) const;

  const SenderParts parts_;
};

// What an HTTP status of a receiver means: 2xx is sent; 4xx, but for 408, 425 and 429, is never.
Attempt judge_status(int status);

// The peer's plugin HttpNotification: remoteUrl, method, body, contentType, headers, timeout (ms), noSSLVerification,
// authentication (None, Basic, OAuth 2.0), username, password (a key storage path, or the password itself),
// oauthTokenEndpoint.
Attempt send_http_notification(const SenderParts& parts, model::ExecutionId execution, const JsonObject& settings,
                               const std::function<bool()>& cancelled);
inline constexpr const char* http_notification = "HttpNotification";

}  // namespace qd::notify
