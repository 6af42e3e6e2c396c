// Messages from member to member, through the database.
//
// A message is handled once: by the member whose conditional statement takes it. With a sealer, all that orders
// something (everything but hints) is signed and encrypted, together with its sender, reader, kind, nonce and time, and
// refused otherwise. A message that is older than its life is refused.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "cluster/config.hpp"
#include "cluster/journal.hpp"
#include "cluster/sealer.hpp"
#include "store/member_store.hpp"
#include "store/message_store.hpp"

namespace qd::cluster {

namespace message_kind {
inline constexpr const char* run = "run";            // start this execution, whose row is queued for you
inline constexpr const char* abort = "abort";        // end this execution
inline constexpr const char* mode = "mode";          // hint: look at your row
inline constexpr const char* takeover = "takeover";  // hint: you own other schedules now
inline constexpr const char* wake = "wake";          // hint: look around
}  // namespace message_kind

struct Outgoing {
  std::string to;  // uuid
  std::string kind;
  std::optional<std::int64_t> execution = {};
  std::string body = {};
  bool secure = false;  // holds secrets: only sealed
};

struct Incoming {
  std::string from, kind;
  std::optional<std::int64_t> execution;
  std::string body;
};

// Thread-safe but for on() and tick().
class Messenger {
 public:
  using Handler = std::function<std::string(const Incoming&)>;  // returns the answer
  // Unique texts for nonces.
  using Random = std::function<std::string()>;

  // `sealer` is null when encryption is off.
  Messenger(store::Database& database, const model::OwnIncarnation& self, Sealer* sealer, const ClusterConfig& config,
            Journal& journal, Random random);

  void on(const std::string& kind, Handler handler);  // before the first tick

  // The message's id. Errors: the member is not known or has no certificate; secrets without encryption.
  Result<std::int64_t> send(const Outgoing& message);
  // Takes it back; false when it was handled (or refused) already.
  bool withdraw(std::int64_t id);
  std::optional<store::Message> find(std::int64_t id) { return messages_.find(id); }

  // Handles what waits for this member. True: there is more.
  bool tick();
  void prune();  // removes what is older than its life

 private:
  struct Opened {
    Incoming message;
    std::string refusal;  // why it must not be handled
  };
  Opened open(const store::Message& message, UnixMillis now);
  std::string check_envelope(const std::string& text, const store::Message& message, Incoming& into) const;
  void handle(const store::Message& message, UnixMillis now);

  store::Database& database_;
  const model::OwnIncarnation& self_;
  Sealer* const sealer_;
  const Millis life_;
  Journal& journal_;
  const Random random_;
  store::MessageStore messages_;
  store::MemberStore members_;
  std::map<std::string, Handler> handlers_;
  std::map<std::string, UnixMillis> opened_;  // nonces of this member's life, with the time of their message
};

}  // namespace qd::cluster
