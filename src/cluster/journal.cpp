#include "cluster/journal.hpp"

#include "base/logging.hpp"
#include "base/metrics.hpp"

namespace qd::cluster {

namespace {
const base::CounterFamily noted{"quarterdeck_cluster_events_total",
                                "Events of the cluster that this member wrote, by kind",
                                "kind",
                                {"member.dead", "takeover.done", "recovery.done", "message.refused"}};
}  // namespace

void Journal::append(store::Session& session, UnixMillis now, const Note& note) const {
  store::ClusterEventStore::append(session, {.id = 0,
                                             .at = now,
                                             .kind = note.kind,
                                             .member_uuid = self_.uuid(),
                                             .target_uuid = note.target,
                                             .message = note.message,
                                             .detail = note.detail});
}

void Journal::log(const Note& note) const {
  noted.with(note.kind).add();
  base::log_info("cluster", note.kind + ": " + note.message);
}

void Journal::write(const Note& note) {
  database_.run([&](store::Session& session) { append(session, session.now(), note); });
  log(note);
}

void Journal::once(const std::string& key, const Note& note) {
  const auto text = note.kind + note.message;
  const bool known = last_.with([&](auto& last) {
    const auto found = last.find(key);
    return found != last.end() && found->second == text;
  });
  if (known) return;
  write(note);
  last_.with([&](auto& last) { last[key] = text; });
}

void Journal::forget(const std::string& key) {
  last_.with([&](auto& last) { last.erase(key); });
}

std::string display_name(const model::Member& member) {
  return member.name.empty() ? member.id.uuid : member.name + " (" + member.id.uuid + ")";
}

std::string in_seconds(Millis time) {
  const auto tenths = (time.count() + 50) / 100;
  return std::to_string(tenths / 10) + (tenths % 10 == 0 ? "" : "." + std::to_string(tenths % 10)) + " s";
}

}  // namespace qd::cluster
