#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

#include "base/id.hpp"
#include "store/liveness_session_kinds.hpp"

namespace qd::store {
namespace {

struct flock whole_file(short type) {
  struct flock lock = {};
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  return lock;
}

// An "open file description" lock ends with the process, however it ends, and is not lost when the process opens and
// closes the same file elsewhere.
class SqliteLiveness final : public LivenessSession {
 public:
  SqliteLiveness(std::string database, std::string uuid) : database_(std::move(database)), uuid_(std::move(uuid)) {}
  ~SqliteLiveness() override { SqliteLiveness::release(); }

  bool acquire() override {
    if (fd_ >= 0) return true;
    const auto path = lock_path(uuid_);
    const int fd = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (fd < 0) throw DatabaseError("cannot open " + path + ": " + std::strerror(errno), true);
    auto lock = whole_file(F_WRLCK);
    if (fcntl(fd, F_OFD_SETLK, &lock) == 0) {
      fd_ = fd;
      return true;
    }
    const int error = errno;
    close(fd);
    if (error == EAGAIN || error == EACCES) return false;
    throw DatabaseError("cannot lock " + path + ": " + std::strerror(error), false);
  }

  bool still_held() override { return acquire(); }

  std::set<std::string> free_locks(const std::vector<std::string>& uuids) override {
    std::set<std::string> free;
    for (const auto& uuid : uuids) {
      if (is_free(lock_path(uuid))) free.insert(uuid);
    }
    return free;
  }

  // Locks on files do not depend on a server.
  std::string server_boot() override { return fd_ < 0 ? "" : "file"; }

  bool wait(Millis timeout) override {
    std::this_thread::sleep_for(timeout);
    return false;
  }

  void release() noexcept override {
    if (fd_ >= 0) close(fd_);
    fd_ = -1;
  }

 private:
  std::string lock_path(const std::string& uuid) const {
    return database_ + ".member-" + base::sha256_hex(uuid).substr(0, 16) + ".lock";
  }

  static bool is_free(const std::string& path) {
    const int fd = open(path.c_str(), O_RDWR | O_CLOEXEC);
    if (fd < 0) return errno == ENOENT;
    auto lock = whole_file(F_WRLCK);
    const bool free = fcntl(fd, F_OFD_GETLK, &lock) == 0 && lock.l_type == F_UNLCK;
    close(fd);
    return free;
  }

  const std::string database_;
  const std::string uuid_;
  int fd_ = -1;
};

}  // namespace

std::unique_ptr<LivenessSession> sqlite_liveness(const DatabaseTarget& target, const std::string& uuid) {
  return std::make_unique<SqliteLiveness>(target.path, uuid);
}

}  // namespace qd::store
