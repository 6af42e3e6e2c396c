#include "node/process_tree.hpp"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <unistd.h>

namespace qd::node {
namespace {

// Line format: proc(5), /proc/PID/stat. The name in parentheses may itself hold blanks and parentheses.
std::optional<ProcessInfo> read_process(pid_t pid) {
  char path[48];
  std::snprintf(path, sizeof path, "/proc/%d/stat", pid);
  const int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return std::nullopt;
  char text[1024];
  const auto size = read(file, text, sizeof text - 1);
  close(file);
  if (size <= 0) return std::nullopt;
  text[size] = '\0';
  const char* after_name = std::strrchr(text, ')');
  if (after_name == nullptr) return std::nullopt;
  ProcessInfo info;
  info.pid = pid;
  char state = '?';
  const int fields =
      std::sscanf(after_name + 1, " %c %d %d %d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d %llu",
                  &state, &info.parent, &info.group, &info.session, &info.started);
  if (fields != 5) return std::nullopt;
  info.zombie = state == 'Z' || state == 'X';
  return info;
}

ProcessTable read_table() {
  ProcessTable table;
  DIR* folder = opendir("/proc");
  if (folder == nullptr) return table;
  while (const dirent* entry = readdir(folder)) {
    const pid_t pid = std::atoi(entry->d_name);
    if (pid <= 0) continue;
    if (const auto info = read_process(pid)) table.push_back(*info);
  }
  closedir(folder);
  return table;
}

}  // namespace

std::shared_ptr<const ProcessTable> process_table(std::chrono::steady_clock::time_point not_before) {
  static std::mutex mutex;
  static std::shared_ptr<const ProcessTable> last;
  static std::chrono::steady_clock::time_point taken;
  const std::lock_guard lock(mutex);
  if (!last || taken < not_before) {
    taken = std::chrono::steady_clock::now();
    last = std::make_shared<const ProcessTable>(read_table());
  }
  return last;
}

std::vector<ProcessInfo> members_of(const ProcessTable& table, pid_t leader) {
  std::set<pid_t> found{leader};
  std::size_t before = 0;
  while (found.size() != before) {  // until a pass finds nothing new: a parent may stand behind its child
    before = found.size();
    for (const auto& process : table) {
      if (process.group == leader || process.session == leader || found.contains(process.parent)) {
        found.insert(process.pid);
      }
    }
  }
  std::vector<ProcessInfo> members;
  std::copy_if(table.begin(), table.end(), std::back_inserter(members),
               [&](const ProcessInfo& process) { return !process.zombie && found.contains(process.pid); });
  return members;
}

void signal_each(const std::vector<ProcessInfo>& processes, int signal) {
  for (const auto& process : processes) {
    const auto now = read_process(process.pid);
    if (now && now->started == process.started && !now->zombie) kill(process.pid, signal);
  }
}

}  // namespace qd::node
