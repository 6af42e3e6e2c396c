// Messages from member to member. A message is handled by whoever changes its row from pending to handled, once, or
// taken back by its sender the same way.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "store/database.hpp"

namespace qd::store {

struct Message {
  std::int64_t id = 0;
  std::string nonce;  // unique: the same message cannot be sent twice
  std::string to, from;
  std::string kind;
  std::optional<std::int64_t> execution;
  std::string body;               // text, or sealed: see cluster/sealer.hpp
  std::string state = "pending";  // pending, handled, withdrawn (by its sender), refused (by its reader)
  UnixMillis created = 0;
  std::optional<UnixMillis> handled;
  std::string answer;
  bool operator==(const Message&) const = default;
};

// Thread-safe. The functions that take a Session are part of the caller's transaction.
class MessageStore {
 public:
  explicit MessageStore(Database& database);

  // Returns its id, and wakes the reader when the transaction commits; 0 when the nonce was used before.
  std::int64_t send(const Message& message);
  std::vector<Message> inbox(const std::string& to, std::int64_t after, std::size_t max);  // pending, oldest first
  bool take(std::int64_t id, UnixMillis now);                                              // pending → handled
  bool withdraw(std::int64_t id, UnixMillis now);                                          // pending → withdrawn
  bool refuse(std::int64_t id, UnixMillis now, const std::string& reason);                 // pending → refused
  bool answer(std::int64_t id, const std::string& text);                                   // of a handled one
  std::optional<Message> find(std::int64_t id);
  std::vector<Message> recent(std::size_t max);  // newest first
  std::int64_t prune(UnixMillis created_before);

  // Ends the wait of a member's LivenessSession when the transaction commits; "": of every member. Without effect
  // where the database cannot notify.
  static void wake(Session& session, const std::string& member);
  void wake(const std::string& member);

 private:
  Database& database_;
};

}  // namespace qd::store
