// What was read of a job and its project, told from everything else that was ever stored by their names.
#pragma once

#include <cstdint>

#include "base/clock.hpp"

namespace qd::store {

// A job that is deleted and made anew begins with revision 1 again.
struct JobVersion {
  std::int64_t revision = 0;
  UnixMillis created = 0;
  bool operator==(const JobVersion&) const = default;
};

// A job, and the configuration of its project.
struct PlaceVersion {
  JobVersion job;
  std::int64_t project = 0;
  UnixMillis project_created = 0;
  bool operator==(const PlaceVersion&) const = default;
};

}  // namespace qd::store
