#include "service/system.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sys/utsname.h>
#include <thread>
#include <unistd.h>

namespace qd::service {
namespace {

// "Threads:   12" in /proc/self/status and the like; 0 when it is not there.
std::int64_t proc_number(const std::string& file, const std::string& key) {
  std::ifstream lines(file);
  for (std::string line; std::getline(lines, line);) {
    if (line.compare(0, key.size(), key) == 0) return std::strtoll(line.c_str() + key.size(), nullptr, 10);
  }
  return 0;
}

}  // namespace

ProcessFacts System::process() {
  ProcessFacts facts;
  facts.resident_bytes = proc_number("/proc/self/status", "VmRSS:") * 1024;
  facts.threads = static_cast<std::size_t>(proc_number("/proc/self/status", "Threads:"));
  facts.memory_total_bytes = proc_number("/proc/meminfo", "MemTotal:") * 1024;
  facts.memory_free_bytes = proc_number("/proc/meminfo", "MemAvailable:") * 1024;
  double load[1] = {0};
  if (getloadavg(load, 1) == 1) facts.load_average = load[0];
  facts.processors = std::max(1u, std::thread::hardware_concurrency());
  utsname name{};
  if (uname(&name) == 0) {
    facts.os_name = name.sysname;
    facts.os_version = name.release;
    facts.os_arch = name.machine;
  }
  return facts;
}

std::size_t System::running_executions() const {
  return launcher_.running();
}

Result<> System::check_database() {
  try {
    database_.now();
    return {};
  } catch (const store::DatabaseError& error) {
    return fail(ErrorKind::unavailable, error.what());
  }
}

void System::refresh_config(const std::vector<ConfigEntry>& fresh, const std::string& prefix) {
  const auto concerned = [&](const ConfigEntry& entry) { return entry.key.starts_with(prefix); };
  config_.with([&](std::vector<ConfigEntry>& entries) {
    const auto place = std::find_if(entries.begin(), entries.end(), concerned) - entries.begin();
    std::erase_if(entries, concerned);
    std::vector<ConfigEntry> taken;
    std::copy_if(fresh.begin(), fresh.end(), std::back_inserter(taken), concerned);
    entries.insert(entries.begin() + place, taken.begin(), taken.end());
  });
}

bool System::active() const {
  return launcher_.mode() == engine::Launcher::Mode::active;
}

}  // namespace qd::service
