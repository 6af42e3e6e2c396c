// Folders, ports and processes for the servers that tests start.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace qd::store::testing {

using Command = std::vector<std::string>;

int free_port();  // on 127.0.0.1

// A folder of its own, in memory where there is /dev/shm; removed with the object. Owned by `user` when we are root.
class ServerFolder {
 public:
  explicit ServerFolder(const std::string& user);
  ~ServerFolder();
  ServerFolder(const ServerFolder&) = delete;
  ServerFolder& operator=(const ServerFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// `command` as `user` when we are root, else as ourselves; it gets `death_signal` when the thread that starts it dies.
Command as_user(const std::string& user, const std::string& death_signal, const Command& command);

// Runs it to its end; throws std::runtime_error with its output when it fails.
void run_to_end(const Command& command, const std::filesystem::path& log);
pid_t start_process(const Command& command, const std::filesystem::path& log);
// Sends `signal`, waits for the end, and after 20 s sends KILL.
void end_process(pid_t pid, int signal);
// Polls until `ready` or the process has ended or a minute is over; then throws with the end of the log.
void await_ready(pid_t pid, const std::filesystem::path& log, const std::function<bool()>& ready);

}  // namespace qd::store::testing
