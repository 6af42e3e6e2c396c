#include "node/vfork_exec.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef __SANITIZE_THREAD__
// ThreadSanitizer takes clone() for fork(), after which it lets no thread start. This is its other name.
extern "C" int __clone(int (*child)(void*), void* stack, int flags, void* argument, ...);  // NOLINT
#define QD_CLONE __clone
#else
#define QD_CLONE clone
#endif

namespace qd::node {
namespace {

constexpr std::size_t kStack = 64 * 1024;
constexpr int kFilesOfOld = 1024;
constexpr std::size_t kGuard = 4096;  // below it: a page that nobody may touch

// What the children of one thread stand on, one after the other.
class ChildStack {
 public:
  ChildStack() {
    void* memory =
        mmap(nullptr, kGuard + kStack, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
    if (memory == MAP_FAILED) return;
    memory_ = static_cast<char*>(memory);
    mprotect(memory_, kGuard, PROT_NONE);
  }
  ~ChildStack() {
    if (memory_ != nullptr) munmap(memory_, kGuard + kStack);
  }
  ChildStack(const ChildStack&) = delete;
  ChildStack& operator=(const ChildStack&) = delete;
  char* top() const { return memory_ == nullptr ? nullptr : memory_ + kGuard + kStack; }

 private:
  char* memory_ = nullptr;
};

// Those that a program would not begin with as it should: ignored ones stay ignored, and a handler of ours must not run
// in the child.
struct SignalsToReset {
  std::array<int, NSIG> numbers{};
  std::size_t count = 0;

  SignalsToReset() {
    for (int number = 1; number < NSIG; ++number) {
      struct sigaction now {};
      const bool is_set = sigaction(number, nullptr, &now) == 0 && now.sa_handler != SIG_DFL;
      // Those that may come to be handled after this look.
      const bool may_be = number == SIGPIPE || number == SIGHUP || number == SIGINT || number == SIGTERM ||
                          number == SIGQUIT || number == SIGCHLD || number == SIGUSR1 || number == SIGUSR2;
      if (is_set || may_be) numbers[count++] = number;
    }
  }
};

// The kernel's own: SIG_DFL, no flags, an empty mask.
struct KernelSigaction {
  void* handler = nullptr;
  unsigned long flags = 0;
  void* restorer = nullptr;
  std::uint64_t mask = 0;
};

struct Start {
  const ChildSetup& setup;
  const SignalsToReset& signals;
  int error = 0;
};

#define QD_IN_CHILD __attribute__((no_sanitize("address", "thread", "undefined"), noinline))

// The child shares our memory, and this thread's own variables with it: it makes system calls, and nothing else. libc's
// functions for them would do, but sanitizers watch those.
QD_IN_CHILD bool become(int from, int to) {
  if (from == to) return syscall(SYS_fcntl, from, F_SETFD, 0) >= 0;
  return syscall(SYS_dup3, from, to, 0) >= 0;
}

// Ours close by themselves when the program begins; a library may have opened others.
QD_IN_CHILD void close_others() {
  if (syscall(SYS_close_range, 3U, ~0U, 0U) == 0) return;
  for (int file = 3; file < kFilesOfOld; ++file)
    syscall(SYS_close, file);  // a filter of system calls, or an old kernel
}

QD_IN_CHILD bool set_up(const Start& start) {
  const auto& setup = start.setup;
  const KernelSigaction by_default;
  for (std::size_t i = 0; i < start.signals.count; ++i) {
    syscall(SYS_rt_sigaction, start.signals.numbers[i], &by_default, nullptr, sizeof(std::uint64_t));
  }
  if (syscall(SYS_setsid) < 0) return false;
  long input = setup.input;
  if (input < 0) input = syscall(SYS_openat, AT_FDCWD, "/dev/null", O_RDONLY, 0);
  if (input < 0 || !become(static_cast<int>(input), 0)) return false;
  if (!become(setup.output, 1) || !become(setup.errors, 2)) return false;
  close_others();
  if (setup.folder != nullptr && syscall(SYS_chdir, setup.folder) < 0) return false;
  const std::uint64_t none = 0;
  return syscall(SYS_rt_sigprocmask, SIG_SETMASK, &none, nullptr, sizeof none) == 0;
}

QD_IN_CHILD int in_child(void* given) {
  auto& start = *static_cast<Start*>(given);
  if (set_up(start)) syscall(SYS_execve, start.setup.program, start.setup.arguments, start.setup.environment);
  start.error = errno;  // of this thread, as the child runs on it
  syscall(SYS_exit_group, 127);
  return 127;
}

}  // namespace

Child vfork_exec(const ChildSetup& setup) {
  static const SignalsToReset signals;
  thread_local const ChildStack stack;
  if (stack.top() == nullptr) return {ENOMEM};
  Start start{setup, signals};
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, &before);
  int pidfd = -1;
  const int pid = QD_CLONE(in_child, stack.top(), CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD, &start, &pidfd);
  const int error = pid < 0 ? errno : start.error;
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (error == 0) return {0, pid, pidfd};
  if (pid > 0) {
    close(pidfd);
    while (waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
    }
  }
  return {error};
}

}  // namespace qd::node
