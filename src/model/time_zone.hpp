// Time zones by name, and their offsets from UTC.
//
// A zone is read once (Howard Hinnant's date library on the system's zone files) into a table of its changes from 1970
// to 2101. That library knows a zone only as far as the table of its file goes, which is 2037 or the last change of the
// law. After it the rule at the end of the file holds, so daylight saving goes on as it is today; a zone file without
// such a rule keeps its last offset. Before 1970 and after 2101 the nearest offset holds.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/result.hpp"

namespace qd::model {

// A value, cheap to copy; every method is thread-safe.
class TimeZone {
 public:
  // A name as Java takes it: "Europe/Berlin", "UTC", "GMT+2", "GMT-05:30", "EST", "PST", "CST6CDT". "" is the zone of
  // the server: the variable TZ, else /etc/localtime, else UTC. Kinds: invalid; unavailable when this machine has no
  // zone files, and then the message says what to install. Cheap after the first call for a name.
  static Result<TimeZone> find(std::string_view name);
  // What TZ may hold: a name, ":name", a path below the zone files, or a rule such as "CET-1CEST,M3.5.0,M10.5.0/3".
  static Result<TimeZone> from_setting(std::string_view tz);
  static TimeZone utc();

  const std::string& name() const;

  // A time during which the offset stays the same; seconds since 1970.
  struct Period {
    std::int64_t begin;
    std::int64_t end;          // exclusive
    std::int32_t offset;       // seconds to add to UTC
    std::int32_t next_offset;  // the one that holds from `end` on
  };
  Period period_at(std::int64_t seconds) const;
  // Seconds to add to UTC at `time`.
  std::int32_t offset_at(UnixMillis time) const;

  bool operator==(const TimeZone& other) const { return name() == other.name(); }

 private:
  struct Table;
  explicit TimeZone(std::shared_ptr<const Table> table) : table_(std::move(table)) {}
  static Result<TimeZone> read(const std::string& name);

  std::shared_ptr<const Table> table_;  // never null
};

}  // namespace qd::model
