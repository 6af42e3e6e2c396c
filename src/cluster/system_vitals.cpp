#include "cluster/system_vitals.hpp"

#include <cstdlib>
#include <fstream>
#include <string>
#include <unistd.h>

namespace qd::cluster {
namespace {

// "cpu  user nice system idle iowait irq softirq steal …": see proc(5).
bool read_cpu_ticks(std::uint64_t& busy, std::uint64_t& total) {
  std::ifstream file("/proc/stat");
  std::string name;
  if (!(file >> name) || name != "cpu") return false;
  constexpr int idle = 3, io_wait = 4, fields = 8;
  busy = total = 0;
  for (int i = 0; i < fields; ++i) {
    std::uint64_t ticks = 0;
    if (!(file >> ticks)) return false;
    total += ticks;
    if (i != idle && i != io_wait) busy += ticks;
  }
  return true;
}

std::int64_t resident_bytes() {
  std::ifstream file("/proc/self/statm");
  std::int64_t size = 0, resident = 0;
  if (!(file >> size >> resident)) return 0;
  return resident * sysconf(_SC_PAGESIZE);
}

}  // namespace

model::Vitals SystemVitals::read() {
  model::Vitals vitals;
  std::uint64_t busy = 0, total = 0;
  if (read_cpu_ticks(busy, total) && total > total_) {
    vitals.cpu_percent = 100.0 * static_cast<double>(busy - busy_) / static_cast<double>(total - total_);
    busy_ = busy;
    total_ = total;
  }
  double load = 0;
  if (getloadavg(&load, 1) == 1) vitals.load_average = load;
  vitals.memory = resident_bytes();
  return vitals;
}

}  // namespace qd::cluster
