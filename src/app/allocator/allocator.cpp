// How jemalloc lives in the server.
//
// It is set up by the first allocation of the process, and asks for the time and a condition variable then.
// libfaketime, under which clocks are set off in tests, stands before both of these functions, and allocates when it is
// first called: the linker therefore leads what is linked into the server to the ones below (--wrap).
#include <ctime>
#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

extern "C" {
// NOLINTBEGIN(readability-identifier-naming): the linker's names

// Read before anything of ours runs. Few arenas: a member is to stay small on a machine with many processors, too, and
// its threads take their memory from caches of their own nearly always.
extern const char* malloc_conf;
const char* malloc_conf = "narenas:4,tcache_max:8192";

int __real_pthread_cond_init(pthread_cond_t* condition, const pthread_condattr_t* attributes);

int __wrap_pthread_cond_init(pthread_cond_t* condition, const pthread_condattr_t* attributes);
int __wrap_pthread_cond_init(pthread_cond_t* condition, const pthread_condattr_t* attributes) {
  if (attributes != nullptr) return __real_pthread_cond_init(condition, attributes);
  *condition = PTHREAD_COND_INITIALIZER;
  return 0;
}

int __wrap_clock_gettime(clockid_t clock, timespec* time);
int __wrap_clock_gettime(clockid_t clock, timespec* time) {
  return static_cast<int>(syscall(SYS_clock_gettime, clock, time));
}

// NOLINTEND(readability-identifier-naming)
}  // extern "C"
