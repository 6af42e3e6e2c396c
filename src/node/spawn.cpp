#include "node/spawn.hpp"

#include <cerrno>
#include <condition_variable>
#include <csignal>
#include <cstdint>
#include <fcntl.h>
#include <mutex>
#include <set>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>
#include <vector>

namespace qd::node {
namespace {

class FileActions {
 public:
  FileActions() { posix_spawn_file_actions_init(&actions_); }
  FileActions(const FileActions&) = delete;
  FileActions& operator=(const FileActions&) = delete;
  ~FileActions() { posix_spawn_file_actions_destroy(&actions_); }
  posix_spawn_file_actions_t* get() { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_{};
};

class SpawnAttributes {
 public:
  SpawnAttributes() {
    posix_spawnattr_init(&attributes_);
    sigset_t signals;
    sigemptyset(&signals);
    posix_spawnattr_setsigmask(&attributes_, &signals);
    sigfillset(&signals);
    posix_spawnattr_setsigdefault(&attributes_, &signals);
    posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  }
  SpawnAttributes(const SpawnAttributes&) = delete;
  SpawnAttributes& operator=(const SpawnAttributes&) = delete;
  ~SpawnAttributes() { posix_spawnattr_destroy(&attributes_); }
  const posix_spawnattr_t* get() const { return &attributes_; }

 private:
  posix_spawnattr_t attributes_{};
};

struct Pipe {
  Fd read;
  Fd write;
};

tl::unexpected<Error> system_failure(int error, const std::string& what) {
  return fail(ErrorKind::unavailable, what + ": " + std::system_category().message(error));
}

Result<Pipe> output_pipe() {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return system_failure(errno, "Cannot make a pipe for the command's output");
  Pipe pipe{Fd(ends[0]), Fd(ends[1])};
  fcntl(ends[0], F_SETFL, O_NONBLOCK);
  return pipe;
}

// A file in memory: the child reads it at its own pace and we have nothing to pump.
Result<Fd> input_file(const std::string& text) {
  Fd file(memfd_create("qd-input", MFD_CLOEXEC));
  if (!file) return system_failure(errno, "Cannot hold the command's input");
  std::string_view rest = text;
  while (!rest.empty()) {
    const auto written = write(file.get(), rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return system_failure(errno, "Cannot hold the command's input");
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
  lseek(file.get(), 0, SEEK_SET);
  return file;
}

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> result;
  result.reserve(texts.size() + 1);
  for (const auto& text : texts) result.push_back(const_cast<char*>(text.c_str()));
  result.push_back(nullptr);
  return result;
}

// Spawns under way, by their number.
class SpawnLedger {
 public:
  std::uint64_t begin() {
    const std::lock_guard lock(mutex_);
    under_way_.insert(++last_);
    return last_;
  }
  void end(std::uint64_t number) {
    {
      const std::lock_guard lock(mutex_);
      under_way_.erase(number);
    }
    ended_.notify_all();
  }
  void wait_for_earlier() {
    std::unique_lock lock(mutex_);
    const auto last = last_;
    ended_.wait(lock, [&] { return under_way_.empty() || *under_way_.begin() > last; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable ended_;
  std::set<std::uint64_t> under_way_;
  std::uint64_t last_ = 0;
};

SpawnLedger& ledger() {
  static SpawnLedger instance;
  return instance;
}

// What made arguments and environment too long: ": variable RD_OPTION_X has 200000 bytes…".
std::string too_long(const ProcessSpec& spec) {
  constexpr std::size_t most_of_one = 32 * 4096 - 1;  // MAX_ARG_STRLEN of Linux, without the NUL at the end
  std::size_t all = 0;
  std::string one;
  const auto look = [&](const std::string& text, const std::string& name) {
    all += text.size() + 1;
    if (text.size() > most_of_one && one.empty()) one = name + " has " + std::to_string(text.size()) + " bytes";
  };
  for (const std::string& variable : spec.environment)
    look(variable, "variable " + variable.substr(0, variable.find('=')));
  for (const std::string& argument : spec.argv) look(argument, "an argument");
  if (one.empty()) return ": arguments and environment have " + std::to_string(all) + " bytes together";
  return ": " + one + ", the most for one is " + std::to_string(most_of_one) + ". Hand big values over in a file";
}

Result<pid_t> spawn_with(const ProcessSpec& spec, FileActions& actions) {
  static const SpawnAttributes attributes;
  auto argv = pointers(spec.argv);
  auto environment = pointers(spec.environment);
  pid_t pid = -1;
  const auto number = ledger().begin();
  const int error = posix_spawnp(&pid, argv[0], actions.get(), attributes.get(), argv.data(), environment.data());
  ledger().end(number);
  if (error == 0) return pid;
  const std::string where = spec.working_directory.empty() ? "" : " in folder " + spec.working_directory;
  auto failure = system_failure(error, "Cannot run " + spec.argv[0] + where);
  if (error == E2BIG) failure.value().message += too_long(spec);
  return failure;
}

void end_now(pid_t pid) {
  kill(-pid, SIGKILL);
  while (waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
  }
}

}  // namespace

Fd& Fd::operator=(Fd&& other) noexcept {
  if (this != &other) {
    if (fd_ >= 0) close(fd_);
    fd_ = std::exchange(other.fd_, -1);
  }
  return *this;
}

Fd::~Fd() {
  if (fd_ >= 0) close(fd_);
}

void wait_for_spawns_under_way() {
  ledger().wait_for_earlier();
}

Result<Spawned> spawn_process(const ProcessSpec& spec) {
  if (spec.argv.empty()) return fail(ErrorKind::invalid, "There is no program to run.");
  auto out = output_pipe();
  if (!out) return fail(out.error());
  auto err = output_pipe();
  if (!err) return fail(err.error());

  FileActions actions;
  Fd input;
  if (spec.input) {
    auto file = input_file(*spec.input);
    if (!file) return fail(file.error());
    input = std::move(*file);
    posix_spawn_file_actions_adddup2(actions.get(), input.get(), 0);
  } else {
    posix_spawn_file_actions_addopen(actions.get(), 0, "/dev/null", O_RDONLY, 0);
  }
  posix_spawn_file_actions_adddup2(actions.get(), out->write.get(), 1);
  posix_spawn_file_actions_adddup2(actions.get(), err->write.get(), 2);
  posix_spawn_file_actions_addclosefrom_np(actions.get(), 3);
  if (!spec.working_directory.empty()) {
    posix_spawn_file_actions_addchdir_np(actions.get(), spec.working_directory.c_str());
  }

  const auto pid = spawn_with(spec, actions);
  if (!pid) return fail(pid.error());
  Fd pidfd(static_cast<int>(syscall(SYS_pidfd_open, *pid, 0)));
  if (!pidfd) {
    const int error = errno;
    end_now(*pid);
    return system_failure(error, "Cannot watch the command, which was ended");
  }
  return Spawned{*pid, std::move(pidfd), std::move(out->read), std::move(err->read)};
}

}  // namespace qd::node
