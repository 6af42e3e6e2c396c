// Time, passed in: logic never reads the machine's clock by itself.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace qd {

// Milliseconds since 1970-01-01T00:00:00Z. What databases, logs and the API carry.
using UnixMillis = std::int64_t;
using Millis = std::chrono::milliseconds;

class Clock {
 public:
  virtual ~Clock() = default;
  virtual UnixMillis now() const = 0;  // thread-safe
};

class SystemClock final : public Clock {
 public:
  UnixMillis now() const override;
};

// A clock that tests move by hand. Thread-safe.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(UnixMillis start = 0);
  UnixMillis now() const override;
  void set(UnixMillis now);
  void advance(Millis by);

 private:
  std::int64_t now_;
};

// "2026-11-22T20:45:36Z" (the API's date form: whole seconds, UTC).
std::string iso8601(UnixMillis time);
// "2026-11-22T20:45:36.123Z".
std::string iso8601_millis(UnixMillis time);
// "20:45:36", the clock time of a log line, in UTC.
std::string clock_time(UnixMillis time);

// ISO 8601 date and time: "2026-11-22T20:45:36Z", with fraction, with offset "+0100" or "+01:00", and the date alone.
// Without an offset it is read as UTC. nullopt when it is none of these.
std::optional<UnixMillis> parse_iso8601(std::string_view text);

}  // namespace qd
