#include "node/spawn.hpp"

#include <cerrno>
#include <condition_variable>
#include <cstdint>
#include <cstdlib>
#include <fcntl.h>
#include <mutex>
#include <set>
#include <sys/mman.h>
#include <system_error>
#include <unistd.h>
#include <vector>

#include "base/text.hpp"
#include "node/vfork_exec.hpp"

namespace qd::node {
namespace {

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

// As execvp() looks for it.
std::string program_path(const std::string& name) {
  if (name.find('/') != std::string::npos) return name;
  const char* path = getenv("PATH");
  for (const auto& folder : base::split(path == nullptr ? "/usr/bin:/bin" : path, ':')) {
    auto candidate = (folder.empty() ? "." : folder) + "/" + name;
    if (access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  return name;
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

  Fd input;
  if (spec.input) {
    auto file = input_file(*spec.input);
    if (!file) return fail(file.error());
    input = std::move(*file);
  }
  const auto program = program_path(spec.argv[0]);
  auto argv = pointers(spec.argv);
  auto environment = pointers(spec.environment);
  const char* folder = spec.working_directory.empty() ? nullptr : spec.working_directory.c_str();
  const auto number = ledger().begin();
  const auto child = vfork_exec(
      {program.c_str(), argv.data(), environment.data(), folder, input.get(), out->write.get(), err->write.get()});
  ledger().end(number);
  if (child.error == 0) return Spawned{child.pid, Fd(child.pidfd), std::move(out->read), std::move(err->read)};
  const std::string where = folder == nullptr ? "" : " in folder " + spec.working_directory;
  auto failure = system_failure(child.error, "Cannot run " + spec.argv[0] + where);
  if (child.error == E2BIG) failure.value().message += too_long(spec);
  return failure;
}

}  // namespace qd::node
