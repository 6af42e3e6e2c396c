#include "store/message_store.hpp"

#include "store/liveness_session.hpp"

namespace qd::store {
namespace {

#define QD_MESSAGE_COLUMNS "nonce, to_uuid, from_uuid, kind, execution_id, body, state, created_ms, handled_ms, answer"
constexpr const char* insert_message =
    "INSERT INTO message (" QD_MESSAGE_COLUMNS ") VALUES (?, ?, ?, ?, ?, ?, 'pending', ?, NULL, '')";
constexpr const char* select_inbox = "SELECT id, " QD_MESSAGE_COLUMNS
                                     " FROM message WHERE to_uuid = ? AND state = 'pending' AND id > ? "
                                     "ORDER BY id LIMIT ?";
constexpr const char* select_message = "SELECT id, " QD_MESSAGE_COLUMNS " FROM message WHERE id = ?";
constexpr const char* select_recent =
    "SELECT id, " QD_MESSAGE_COLUMNS " FROM message ORDER BY created_ms DESC, id DESC LIMIT ?";
#undef QD_MESSAGE_COLUMNS
constexpr const char* take_message =
    "UPDATE message SET state = 'handled', handled_ms = ? WHERE id = ? AND state = 'pending'";
constexpr const char* withdraw_message =
    "UPDATE message SET state = 'withdrawn', handled_ms = ? WHERE id = ? AND state = 'pending'";
constexpr const char* refuse_message =
    "UPDATE message SET state = 'refused', handled_ms = ?, answer = ? WHERE id = ? AND state = 'pending'";
constexpr const char* answer_message = "UPDATE message SET answer = ? WHERE id = ? AND state = 'handled'";
constexpr const char* delete_messages = "DELETE FROM message WHERE created_ms < ?";
constexpr const char* notify_member = "SELECT pg_notify(?, ?)";

std::vector<Message> read_messages(const Rows& rows) {
  std::vector<Message> messages;
  for (const auto& row : rows) {
    Message message;
    message.id = row.integer(0);
    message.nonce = row.text(1);
    message.to = row.text(2);
    message.from = row.text(3);
    message.kind = row.text(4);
    message.execution = row.optional_integer(5);
    message.body = row.text(6);
    message.state = row.text(7);
    message.created = row.integer(8);
    message.handled = row.optional_integer(9);
    message.answer = row.text(10);
    messages.push_back(std::move(message));
  }
  return messages;
}

}  // namespace

MessageStore::MessageStore(Database& database) : database_(database) {}

std::int64_t MessageStore::send(const Message& message) {
  std::int64_t id = 0;
  const Value execution = message.execution ? Value(*message.execution) : Value(nullptr);
  try {
    database_.transact([&](Session& session) {
      id = session.insert(insert_message, {message.nonce, message.to, message.from, message.kind, execution,
                                           message.body, message.created});
      wake(session, message.to);
    });
  } catch (const UniqueViolation&) {
    return 0;
  }
  return id;
}

std::vector<Message> MessageStore::inbox(const std::string& to, std::int64_t after, std::size_t max) {
  return read_messages(database_.query(select_inbox, {to, after, static_cast<std::int64_t>(max)}));
}

bool MessageStore::take(std::int64_t id, UnixMillis now) {
  return database_.execute(take_message, {now, id}) > 0;
}

bool MessageStore::withdraw(std::int64_t id, UnixMillis now) {
  return database_.execute(withdraw_message, {now, id}) > 0;
}

bool MessageStore::refuse(std::int64_t id, UnixMillis now, const std::string& reason) {
  return database_.execute(refuse_message, {now, reason, id}) > 0;
}

bool MessageStore::answer(std::int64_t id, const std::string& text) {
  return database_.execute(answer_message, {text, id}) > 0;
}

std::optional<Message> MessageStore::find(std::int64_t id) {
  auto found = read_messages(database_.query(select_message, {id}));
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

std::vector<Message> MessageStore::recent(std::size_t max) {
  return read_messages(database_.query(select_recent, {static_cast<std::int64_t>(max)}));
}

std::int64_t MessageStore::prune(UnixMillis created_before) {
  return database_.execute(delete_messages, {created_before});
}

void MessageStore::wake(Session& session, const std::string& member) {
  if (session.dialect() != Dialect::postgresql) return;
  session.query(notify_member, {std::string(LivenessSession::channel), member});
}

void MessageStore::wake(const std::string& member) {
  database_.run([&](Session& session) { wake(session, member); });
}

}  // namespace qd::store
