#include "store/sqlite_database.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace qd::store {
namespace {

constexpr std::size_t max_readers = 4;

// The file, made for this user alone when it is new: it holds hashes of secrets. SQLite's companion files follow it.
std::string private_file(std::string path) {
  const int fd = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (fd >= 0) close(fd);  // what is wrong with it SQLite says better
  return path;
}

class LeaveAtExit {
 public:
  explicit LeaveAtExit(FairGate& gate) : gate_(gate) {}
  ~LeaveAtExit() { gate_.release(); }
  LeaveAtExit(const LeaveAtExit&) = delete;
  LeaveAtExit& operator=(const LeaveAtExit&) = delete;

 private:
  FairGate& gate_;
};

}  // namespace

SqliteDatabase::SqliteDatabase(std::string path, const DatabaseConfig& config)
    : path_(private_file(std::move(path))),
      timeout_(config.acquire_timeout),
      writer_(path_, false, config.acquire_timeout) {}

void SqliteDatabase::enter_writer() {
  if (gate_.acquire(timeout_)) return;
  throw DatabaseError("the SQLite writer was busy for " + std::to_string(timeout_.count()) + " ms with " +
                          std::to_string(gate_.waiting()) + " more waiting; try again, or use a shared database",
                      true);
}

void SqliteDatabase::transact(const std::function<void(Session&)>& use) {
  enter_writer();
  const LeaveAtExit leave(gate_);
  writer_.begin();
  try {
    use(writer_);
    writer_.commit();
  } catch (...) {
    writer_.rollback();
    throw;
  }
}

void SqliteDatabase::run(const std::function<void(Session&)>& use, bool read_only) {
  if (!read_only) {
    enter_writer();
    const LeaveAtExit leave(gate_);
    use(writer_);
    return;
  }
  auto reader = take_reader();
  try {
    use(*reader);
  } catch (...) {
    give_back(std::move(reader));
    throw;
  }
  give_back(std::move(reader));
}

std::unique_ptr<SqliteConnection> SqliteDatabase::take_reader() {
  std::unique_lock lock(readers_mutex_);
  ++waiting_for_reader_;
  const bool available =
      reader_free_.wait_for(lock, timeout_, [this] { return !idle_readers_.empty() || open_readers_ < max_readers; });
  --waiting_for_reader_;
  if (!available) {
    throw DatabaseError("all " + std::to_string(max_readers) + " SQLite readers were busy for " +
                            std::to_string(timeout_.count()) + " ms; try again",
                        true);
  }
  if (!idle_readers_.empty()) {
    auto reader = std::move(idle_readers_.back());
    idle_readers_.pop_back();
    return reader;
  }
  ++open_readers_;
  lock.unlock();
  try {
    return std::make_unique<SqliteConnection>(path_, true, timeout_);
  } catch (...) {
    lock.lock();
    --open_readers_;
    reader_free_.notify_one();
    throw;
  }
}

void SqliteDatabase::give_back(std::unique_ptr<SqliteConnection> reader) {
  const std::lock_guard lock(readers_mutex_);
  idle_readers_.push_back(std::move(reader));
  reader_free_.notify_one();
}

Database::PoolStats SqliteDatabase::pool_stats() const {
  PoolStats stats;
  const std::lock_guard lock(readers_mutex_);
  stats.open = open_readers_ + 1;
  stats.busy = open_readers_ - idle_readers_.size() + (gate_.held() ? 1 : 0);
  stats.waiting = waiting_for_reader_ + gate_.waiting();
  stats.limit = max_readers + 1;
  return stats;
}

}  // namespace qd::store
