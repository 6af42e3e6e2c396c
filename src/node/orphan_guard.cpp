#include "node/orphan_guard.hpp"

#include <cctype>
#include <csignal>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

#include "node/spawn.hpp"

namespace qd::node {
namespace {

constexpr const char* mark_name = "QD_MEMBER";
constexpr int patience_ms = 10'000;

// $1 is the mark. Waits for the end of its input, then kills the groups of all processes that carry the mark until none
// is left. /proc/PID/stat: the group is the third field behind the name in parentheses.
constexpr const char* guard_script = R"(
trap '' HUP INT TERM
while read -r line; do :; done
rounds=0
while [ $rounds -lt 50 ]; do
  found=
  for file in $(grep -lzxF -e "$1" /proc/[0-9]*/environ 2>/dev/null); do
    pid=${file#/proc/}
    pid=${pid%/environ}
    { read -r line < "/proc/$pid/stat"; } 2>/dev/null || continue
    rest=${line##*) }
    rest=${rest#* }
    rest=${rest#* }
    group=${rest%% *}
    [ "$group" -gt 1 ] || continue
    kill -s KILL -- "-$group" 2>/dev/null && found=yes
  done
  [ -n "$found" ] || exit 0
  rounds=$((rounds + 1))
  sleep 0.1
done
)";

Result<pid_t> spawn_guard(const std::string& mark, int input) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  if (input >= 0) {
    posix_spawn_file_actions_adddup2(&actions, input, 0);
  } else {
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  }
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addclosefrom_np(&actions, 3);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);
  std::string name = "sh";
  std::string flag = "-c";
  std::string script = guard_script;
  std::string self = "quarterdeck-guard";
  std::string mark_argument = mark;
  std::string path = "PATH=/usr/local/bin:/usr/bin:/bin";
  char* argv[] = {name.data(), flag.data(), script.data(), self.data(), mark_argument.data(), nullptr};
  char* environment[] = {path.data(), nullptr};
  pid_t pid = -1;
  const int error = posix_spawn(&pid, "/bin/sh", &actions, &attributes, argv, environment);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  if (error == 0) return pid;
  return fail(ErrorKind::unavailable, "Cannot start the guard that ends orphaned processes (/bin/sh): " +
                                          std::system_category().message(error));
}

// False when it had to be killed.
bool await_end(pid_t pid) {
  const Fd watch(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
  pollfd ended{watch.get(), POLLIN, 0};
  const bool in_time = watch && poll(&ended, 1, patience_ms) == 1;
  if (!in_time) kill(pid, SIGKILL);
  while (waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
  }
  return in_time;
}

bool valid_identity(const std::string& identity) {
  if (identity.empty()) return false;
  for (const char c : identity) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '-' && c != '_' && c != '.') return false;
  }
  return true;
}

}  // namespace

OrphanGuard::OrphanGuard(std::string identity) : identity_(std::move(identity)) {}

OrphanGuard::~OrphanGuard() {
  stop();
}

Result<> OrphanGuard::start() {
  if (!valid_identity(identity_)) {
    return fail(ErrorKind::invalid,
                "The member's identity '" + identity_ +
                    "' may hold only letters, digits, '-', '_' and '.': correct rundeck.server.uuid.");
  }
  const std::string mark = std::string(mark_name) + "=" + identity_;
  const auto sweep = spawn_guard(mark, -1);
  if (!sweep) return fail(sweep.error());
  if (!await_end(*sweep)) {
    return fail(ErrorKind::unavailable, "Processes of an earlier run (those with " + mark +
                                            " in their environment) could not be ended in 10 s; end them by hand.");
  }
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) {
    return fail(ErrorKind::unavailable,
                "Cannot make the pipe of the process guard: " + std::system_category().message(errno));
  }
  const Fd read_end(ends[0]);
  Fd write_end(ends[1]);
  const auto guard = spawn_guard(mark, read_end.get());
  if (!guard) return fail(guard.error());
  guard_ = *guard;
  pipe_ = write_end.release();
  return {};
}

void OrphanGuard::stop() noexcept {
  if (guard_ < 0) return;
  close(pipe_);
  await_end(guard_);
  pipe_ = -1;
  guard_ = -1;
}

std::map<std::string, std::string> OrphanGuard::environment() const {
  return {{mark_name, identity_}};
}

}  // namespace qd::node
