// A member of the cluster: one server process, as the others see it through the database.
#pragma once

#include <atomic>
#include <cstdint>
#include <set>
#include <string>
#include <utility>

#include "base/clock.hpp"

namespace qd::model {

// One life of a member: every start, and every return from the dead, is a new number.
struct Incarnation {
  std::string uuid;
  std::int64_t number = 0;
  bool operator==(const Incarnation&) const = default;
};

// This process's own. The number changes when it returns from the dead. Thread-safe.
class OwnIncarnation {
 public:
  OwnIncarnation(std::string uuid, std::int64_t number) : uuid_(std::move(uuid)), number_(number) {}
  const std::string& uuid() const { return uuid_; }
  Incarnation get() const { return {uuid_, number_}; }
  void set(std::int64_t number) { number_ = number; }

 private:
  const std::string uuid_;
  std::atomic<std::int64_t> number_;
};

// What a member says of its load with each beat.
struct Vitals {
  std::int64_t running = 0;  // executions
  double thread_ratio = 0;   // busy part of its execution threads, 0 to 1
  double cpu_percent = 0;    // of the machine, 0 to 100
  double load_average = 0;   // of the last minute
  std::int64_t memory = 0;   // resident bytes
  bool operator==(const Vitals&) const = default;
};

struct Member {
  Incarnation id;
  // live: it beats, or should. leaving: it hands over; it claims nothing any more, its executions go on. stopped: it
  // left cleanly. dead: it was declared so, and what this incarnation writes hits no row.
  enum class State { live, leaving, stopped, dead } state = State::live;
  std::string name, host;
  std::string url;  // to reach it, without a slash at the end
  std::set<std::string> tags;
  std::string version;
  UnixMillis started = 0;
  UnixMillis beat = 0;         // by the database's clock
  bool active = true;          // execution mode
  std::string requested_mode;  // "active", "passive"; "" when nothing was asked
  std::string requested_by;
  std::string lock_boot;    // the start of the database server that its session lock belongs to; "": no lock
  std::string certificate;  // PEM; "" without encryption
  Vitals vitals;
  bool operator==(const Member&) const = default;
};

const char* to_text(Member::State state);

}  // namespace qd::model
