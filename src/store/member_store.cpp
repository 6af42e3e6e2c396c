#include "store/member_store.hpp"

#include <algorithm>

#include "base/json.hpp"
#include "base/text.hpp"
#include "codec/execution_codec.hpp"
#include "store/sql_text.hpp"

namespace qd::store {
namespace {

#define QD_MEMBER_COLUMNS                                                                                 \
  "uuid, incarnation, state, name, host, url, tags, version, started_ms, beat_ms, mode, requested_mode, " \
  "requested_by, lock_boot, certificate, vitals"
constexpr const char* select_members = "SELECT " QD_MEMBER_COLUMNS " FROM member ORDER BY uuid";
constexpr const char* select_member = "SELECT " QD_MEMBER_COLUMNS " FROM member WHERE uuid = ?";
constexpr const char* insert_member =
    "INSERT INTO member (" QD_MEMBER_COLUMNS ") VALUES (?, ?, 'live', ?, ?, ?, ?, ?, ?, ?, ?, '', '', ?, ?, ?)";
#undef QD_MEMBER_COLUMNS
constexpr const char* renew_member =
    "UPDATE member SET incarnation = ?, state = 'live', name = ?, host = ?, url = ?, tags = ?, version = ?, "
    "started_ms = ?, beat_ms = ?, mode = ?, requested_mode = '', requested_by = '', lock_boot = ?, certificate = ?, "
    "vitals = ? WHERE uuid = ? AND incarnation = ?";

#define QD_WHERE_ALIVE " WHERE uuid = ? AND incarnation = ? AND state IN ('live', 'leaving')"
constexpr const char* beat_member = "UPDATE member SET beat_ms = ?, vitals = ?" QD_WHERE_ALIVE;
constexpr const char* bury_member = "UPDATE member SET state = 'dead'" QD_WHERE_ALIVE " AND beat_ms = ?";
constexpr const char* stop_member = "UPDATE member SET state = 'stopped'" QD_WHERE_ALIVE;
constexpr const char* update_mode =
    "UPDATE member SET requested_by = CASE WHEN requested_mode = ? THEN '' ELSE requested_by END, "
    "requested_mode = CASE WHEN requested_mode = ? THEN '' ELSE requested_mode END, mode = ?" QD_WHERE_ALIVE;
constexpr const char* update_lock_boot = "UPDATE member SET lock_boot = ?" QD_WHERE_ALIVE;
constexpr const char* update_certificate = "UPDATE member SET certificate = ?" QD_WHERE_ALIVE;
#undef QD_WHERE_ALIVE
constexpr const char* lock_member = "SELECT 1 FROM member WHERE uuid = ? FOR UPDATE";
constexpr const char* empty_member =
    "UPDATE member SET state = 'leaving' WHERE uuid = ? AND incarnation = ? AND state = 'live'";
constexpr const char* touch_state = "UPDATE member SET state = state WHERE uuid = ? AND incarnation = ? AND state = ?";
constexpr const char* ask_mode =
    "UPDATE member SET requested_mode = ?, requested_by = ? WHERE uuid = ? AND state = 'live'";

// Earlier versions counted lives in this setting; it also outlives a row that is removed.
constexpr const char* select_last_number = "SELECT value FROM setting WHERE name = ?";
std::string last_number_key(const std::string& uuid) {
  return "incarnation." + uuid;
}

std::string vitals_column(const model::Vitals& vitals) {
  JsonObject json;
  json["running"] = vitals.running;
  json["threadRatio"] = vitals.thread_ratio;
  json["cpuPercent"] = vitals.cpu_percent;
  json["loadAverage"] = vitals.load_average;
  json["memory"] = vitals.memory;
  return boost::json::serialize(json);
}

template <class Number>
void read_number(const Json& json, const char* key, Number& into) {
  const Json* value = find(json, key);
  if (value != nullptr && value->is_number()) into = value->to_number<Number>();
}

model::Vitals read_vitals(const std::string& column) {
  model::Vitals vitals;
  const auto json = parse_json(column);
  if (!json) return vitals;
  read_number(*json, "running", vitals.running);
  read_number(*json, "threadRatio", vitals.thread_ratio);
  read_number(*json, "cpuPercent", vitals.cpu_percent);
  read_number(*json, "loadAverage", vitals.load_average);
  read_number(*json, "memory", vitals.memory);
  return vitals;
}

std::string tags_column(const std::set<std::string>& tags) {
  return codec::encode_texts({tags.begin(), tags.end()});
}

model::Member::State read_state(const std::string& text) {
  using State = model::Member::State;
  for (const auto state : {State::live, State::leaving, State::stopped}) {
    if (text == model::to_text(state)) return state;
  }
  return State::dead;
}

model::Member read_member(const Row& row) {
  model::Member member;
  member.id = {row.text(0), row.integer(1)};
  member.state = read_state(row.text(2));
  member.name = row.text(3);
  member.host = row.text(4);
  member.url = row.text(5);
  const auto tags = codec::decode_texts(row.text(6));
  member.tags = {tags.begin(), tags.end()};
  member.version = row.text(7);
  member.started = row.integer(8);
  member.beat = row.integer(9);
  member.active = row.text(10) == "active";
  member.requested_mode = row.text(11);
  member.requested_by = row.text(12);
  member.lock_boot = row.text(13);
  member.certificate = row.text(14);
  member.vitals = read_vitals(row.text(15));
  return member;
}

// False when the row is not the one that was seen.
bool write_life(Session& session, const model::Member& m, std::int64_t seen) {
  const std::string mode = m.active ? "active" : "passive";
  if (seen == 0) {
    session.execute(insert_member, {m.id.uuid, m.id.number, m.name, m.host, m.url, tags_column(m.tags), m.version,
                                    m.started, m.beat, mode, m.lock_boot, m.certificate, vitals_column(m.vitals)});
    return true;
  }
  return session.execute(renew_member,
                         {m.id.number, m.name, m.host, m.url, tags_column(m.tags), m.version, m.started, m.beat, mode,
                          m.lock_boot, m.certificate, vitals_column(m.vitals), m.id.uuid, seen}) > 0;
}

}  // namespace

MemberStore::MemberStore(Database& database) : database_(database) {}

std::optional<model::Member> MemberStore::register_member(const model::Member& self, std::int64_t seen) {
  auto member = self;
  bool registered = false;
  try {
    database_.transact([&](Session& session) {
      const auto key = last_number_key(self.id.uuid);
      const auto rows = session.query(select_last_number, {key});
      const auto last = rows.empty() ? 0 : base::parse_int(rows.front().text(0)).value_or(0);
      member.id.number = std::max(last, seen) + 1;
      member.state = model::Member::State::live;
      member.started = member.beat = session.now();
      member.requested_mode = member.requested_by = "";
      registered = write_life(session, member, seen);
      if (!registered) return;
      session.execute(upsert_sql(session.dialect(), "setting", {"name", "value"}, "name", {"value"}),
                      {key, std::to_string(member.id.number)});
    });
  } catch (const UniqueViolation&) {
    return std::nullopt;
  }
  if (!registered) return std::nullopt;
  return member;
}

bool MemberStore::beat(const model::Incarnation& id, const model::Vitals& vitals) {
  bool alive = false;
  database_.run([&](Session& session) {
    const auto now = session.now();
    alive = session.execute(beat_member, {now, vitals_column(vitals), id.uuid, id.number}) > 0;
  });
  return alive;
}

std::vector<model::Member> MemberStore::list() {
  std::vector<model::Member> members;
  for (const auto& row : database_.query(select_members)) members.push_back(read_member(row));
  return members;
}

std::optional<model::Member> MemberStore::find(const std::string& uuid) {
  const auto rows = database_.query(select_member, {uuid});
  if (rows.empty()) return std::nullopt;
  return read_member(rows.front());
}

bool MemberStore::declare_dead(Session& session, const model::Incarnation& id, UnixMillis seen_beat) {
  // Beats do not wait for claims, which hold the key; this does.
  if (session.dialect() == Dialect::postgresql) session.query(lock_member, {id.uuid});
  return session.execute(bury_member, {id.uuid, id.number, seen_beat}) > 0;
}

bool MemberStore::hold(Session& session, const model::Incarnation& id, model::Member::State state) {
  return session.execute(touch_state, {id.uuid, id.number, std::string(model::to_text(state))}) > 0;
}

Statement MemberStore::hold_life(Dialect dialect, const model::Incarnation& id) {
  const char* sql = "SELECT incarnation, state FROM member WHERE uuid = ?";
  if (dialect == Dialect::postgresql) sql = "SELECT incarnation, state FROM member WHERE uuid = ? FOR KEY SHARE";
  if (dialect == Dialect::mariadb) sql = "SELECT incarnation, state FROM member WHERE uuid = ? LOCK IN SHARE MODE";
  return {sql, {id.uuid}};
}

bool MemberStore::hold_life(Session& session, const model::Incarnation& id) {
  const auto [sql, params, answer] = hold_life(session.dialect(), id);
  const auto rows = session.query(sql, params);
  if (rows.empty()) return true;
  return rows.front().integer(0) <= id.number && read_state(rows.front().text(1)) != model::Member::State::dead;
}

bool MemberStore::begin_leaving(const model::Incarnation& id) {
  return database_.execute(empty_member, {id.uuid, id.number}) > 0;
}

bool MemberStore::leave(const model::Incarnation& id) {
  return database_.execute(stop_member, {id.uuid, id.number}) > 0;
}

bool MemberStore::request_mode(const std::string& uuid, const std::string& mode, const std::string& by) {
  return database_.execute(ask_mode, {mode, by, uuid}) > 0;
}

bool MemberStore::apply_mode(const model::Incarnation& id, const std::string& mode) {
  return database_.execute(update_mode, {mode, mode, mode, id.uuid, id.number}) > 0;
}

bool MemberStore::set_lock_boot(const model::Incarnation& id, const std::string& boot) {
  return database_.execute(update_lock_boot, {boot, id.uuid, id.number}) > 0;
}

bool MemberStore::set_certificate(const model::Incarnation& id, const std::string& pem) {
  return database_.execute(update_certificate, {pem, id.uuid, id.number}) > 0;
}

}  // namespace qd::store
