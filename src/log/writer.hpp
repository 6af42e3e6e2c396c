// Writes the log of one execution to its file.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/event_loop.hpp"
#include "base/result.hpp"
#include "base/task.hpp"
#include "base/worker_pool.hpp"
#include "log/event.hpp"
#include "log/rdlog.hpp"

namespace qd::log {

struct WriterOptions {
  Millis flush_after{100};                   // readers see an event at the latest this long after append()
  std::size_t batch_bytes = 256 * 1024;      // this much is written at once without waiting
  std::size_t full_bytes = 2 * 1024 * 1024;  // above it the writer is full()
  // After each write, on the loop's thread: the file now holds `size` bytes. For LogHub::publish.
  std::function<void(std::int64_t size)> on_written;
};

// Used on the loop's thread only; never blocks it. The file and missing folders above it are created by the first
// write. A file that exists is an execution that goes on: events are added to it, without a second header. Keep it
// alive until close() has returned.
class LogWriter {
 public:
  LogWriter(base::EventLoop& loop, base::WorkerPool& pool, std::string path, WriterOptions options = {});
  ~LogWriter();
  LogWriter(const LogWriter&) = delete;
  LogWriter& operator=(const LogWriter&) = delete;

  // After close() began, or after an error of the disk, events are dropped and counted.
  void append(const LogEvent& event);
  void append(UnixMillis time, Level level, const EncodedMeta& meta, std::string_view message);

  // Back-pressure: while full(), sources of output should wait. append() still takes what it is given.
  bool full() const;
  void when_ready(std::function<void()> ready);  // once, on the loop's thread; at once when it is not full

  // Writes what is buffered, the end marker, and closes the file. When it returned, readers see the whole log. The
  // error is the first one that the disk gave; it names the file and how many events were lost. Call exactly once.
  base::Task<Result<>> close();

  std::int64_t bytes() const;            // of the file once everything appended is written
  std::optional<Error> failure() const;  // of the disk, so far
  const std::string& path() const;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace qd::log
