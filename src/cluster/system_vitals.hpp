// What the machine and this process say of their load.
#pragma once

#include <cstdint>

#include "model/member.hpp"

namespace qd::cluster {

// Not thread-safe: the processors' share is that since the last call.
class SystemVitals {
 public:
  // cpu_percent, load_average and memory; 0 where the system does not tell.
  model::Vitals read();

 private:
  std::uint64_t busy_ = 0, total_ = 0;  // ticks of all processors, at the last call
};

}  // namespace qd::cluster
