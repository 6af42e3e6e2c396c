#include "store/delivery_store.hpp"

#include "store/member_store.hpp"

namespace qd::store {
namespace {

#define QD_DELIVERY_COLUMNS                                                                                   \
  "execution_id, project, event, kind, provider, target, content, member_uuid, state, attempts, created_ms, " \
  "due_ms, ended_ms, outcome"
constexpr const char* insert_delivery = "INSERT INTO delivery (" QD_DELIVERY_COLUMNS
                                        ", lease_uuid, lease_life, lease_ms) VALUES "
                                        "(?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?, '', 0, 0)";
// Nobody declares a member dead that had neither schedules nor executions: its heartbeat tells. Who asks is there.
#define QD_LIVES(uuid, life)                                 \
  "EXISTS (SELECT 1 FROM member m WHERE m.uuid = " uuid life \
  " AND m.state IN ('live', 'leaving') AND "                 \
  "(m.uuid = ? OR m.beat_ms > ?))"
constexpr const char* select_due =
    "SELECT id, " QD_DELIVERY_COLUMNS
    " FROM delivery WHERE state = 'waiting' AND due_ms <= ? AND (lease_ms <= ? OR NOT " QD_LIVES(
        "delivery.lease_uuid", " AND m.incarnation = delivery.lease_life") ") AND (member_uuid = ? OR due_ms <= ? OR "
                                                                            "NOT " QD_LIVES(
                                                                                "delivery.member_uuid",
                                                                                "") ") ORDER BY due_ms, id LIMIT ?";
constexpr const char* take_lease =
    "UPDATE delivery SET lease_uuid = ?, lease_life = ?, lease_ms = ?, attempts = attempts + 1 WHERE id = ? AND "
    "state = 'waiting' AND attempts = ?";
#undef QD_LIVES
#define QD_WHERE_LEASED " WHERE id = ? AND state = 'waiting' AND attempts = ?"
constexpr const char* end_delivery =
    "UPDATE delivery SET state = ?, ended_ms = ?, outcome = ?, lease_ms = 0" QD_WHERE_LEASED;
constexpr const char* put_off_delivery = "UPDATE delivery SET due_ms = ?, outcome = ?, lease_ms = 0" QD_WHERE_LEASED;
constexpr const char* hand_back_delivery = "UPDATE delivery SET attempts = attempts - 1, lease_ms = 0" QD_WHERE_LEASED;
#undef QD_WHERE_LEASED
constexpr const char* select_of_execution =
    "SELECT id, " QD_DELIVERY_COLUMNS " FROM delivery WHERE execution_id = ? ORDER BY id LIMIT 1000";
constexpr const char* delete_ended = "DELETE FROM delivery WHERE ended_ms < ?";
#undef QD_DELIVERY_COLUMNS

Delivery read_delivery(const Row& row) {
  Delivery delivery;
  delivery.id = row.integer(0);
  delivery.execution = row.integer(1);
  delivery.project = row.text(2);
  delivery.trigger = row.text(3);
  delivery.kind = row.text(4);
  delivery.type = row.text(5);
  delivery.target = row.text(6);
  delivery.content = row.text(7);
  delivery.member = row.text(8);
  delivery.state = row.text(9);
  delivery.attempts = row.integer(10);
  delivery.created = row.integer(11);
  delivery.due = row.integer(12);
  delivery.ended = row.optional_integer(13);
  delivery.outcome = row.text(14);
  return delivery;
}

std::vector<Delivery> read_deliveries(const Rows& rows) {
  std::vector<Delivery> deliveries;
  deliveries.reserve(rows.size());
  for (const auto& row : rows) deliveries.push_back(read_delivery(row));
  return deliveries;
}

Value or_null(std::optional<UnixMillis> time) {
  return time ? Value(*time) : Value(nullptr);
}

}  // namespace

void DeliveryStore::insert(Session& session, const std::vector<Delivery>& deliveries) {
  if (deliveries.empty()) return;
  const auto now = session.now();
  for (const auto& one : deliveries) {
    const bool ended = one.state != "waiting";
    session.execute(insert_delivery,
                    {one.execution, one.project, one.trigger, one.kind, one.type, one.target, one.content, one.member,
                     one.state, now, now, or_null(ended ? std::optional(now) : std::nullopt), one.outcome});
  }
}

std::vector<Delivery> DeliveryStore::lease(const Lease& lease) {
  std::vector<Delivery> due;
  database_.run(
      [&](Session& session) {
        const auto now = session.now();
        const auto& own = lease.holder.uuid;
        const auto heard = now - lease.silence.count();
        due = read_deliveries(session.query(select_due, {now, now, own, heard, own, now - lease.patience.count(), own,
                                                         heard, static_cast<std::int64_t>(lease.max)}));
      },
      /*read_only=*/true);
  if (due.empty()) return due;
  std::vector<Delivery> taken;
  database_.transact([&](Session& session) {
    taken.clear();
    if (!MemberStore::hold_life(session, lease.holder)) return;
    const auto now = session.now();
    const auto until = now + lease.length.count();
    for (const auto& one : due) {
      if (session.execute(take_lease, {lease.holder.uuid, lease.holder.number, until, one.id, one.attempts}) == 0) {
        continue;
      }
      taken.push_back(one);
      ++taken.back().attempts;
      taken.back().age = Millis{now - one.created};
    }
  });
  return taken;
}

void DeliveryStore::sent(const Delivery& delivery, const std::string& outcome) {
  database_.run([&](Session& session) {
    session.execute(end_delivery, {std::string("sent"), session.now(), outcome, delivery.id, delivery.attempts});
  });
}

void DeliveryStore::try_later(const Delivery& delivery, Millis pause, const std::string& outcome) {
  database_.run([&](Session& session) {
    session.execute(put_off_delivery, {session.now() + pause.count(), outcome, delivery.id, delivery.attempts});
  });
}

void DeliveryStore::give_up(const Delivery& delivery, const std::string& outcome) {
  database_.run([&](Session& session) {
    session.execute(end_delivery, {std::string("failed"), session.now(), outcome, delivery.id, delivery.attempts});
  });
}

void DeliveryStore::hand_back(const Delivery& delivery) {
  database_.execute(hand_back_delivery, {delivery.id, delivery.attempts});
}

std::vector<Delivery> DeliveryStore::of_execution(model::ExecutionId execution) {
  return read_deliveries(database_.query(select_of_execution, {execution}));
}

std::int64_t DeliveryStore::prune(Millis age) {
  std::int64_t gone = 0;
  database_.run([&](Session& session) { gone = session.execute(delete_ended, {session.now() - age.count()}); });
  return gone;
}

}  // namespace qd::store
