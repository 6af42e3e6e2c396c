// What this member saw, did and left undone, as events that people can read, and in the server's log.
#pragma once

#include <map>
#include <string>

#include "base/guarded.hpp"
#include "model/member.hpp"
#include "store/cluster_event_store.hpp"

namespace qd::cluster {

struct Note {
  std::string kind;         // "takeover.proposed"
  std::string target;       // uuid of the member that it is about; "" for this one
  std::string message;      // a sentence
  std::string detail = {};  // JSON object, or ""
};

// Thread-safe.
class Journal {
 public:
  Journal(store::Database& database, const model::OwnIncarnation& self)
      : events_(database), database_(database), self_(self) {}

  void write(const Note& note);
  // The same in the caller's transaction; call log() after the commit.
  void append(store::Session& session, UnixMillis now, const Note& note) const;
  void log(const Note& note) const;
  // Writes unless the last note under this key says the same: for reasons that hold for many ticks.
  void once(const std::string& key, const Note& note);
  void forget(const std::string& key);

 private:
  store::ClusterEventStore events_;
  store::Database& database_;
  const model::OwnIncarnation& self_;
  base::Guarded<std::map<std::string, std::string>> last_;
};

std::string display_name(const model::Member& member);  // "name (uuid)"
std::string in_seconds(Millis time);                    // "1.5 s"

}  // namespace qd::cluster
