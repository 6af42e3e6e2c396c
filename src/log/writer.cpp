#include "log/writer.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/async_event.hpp"
#include "log/log_file.hpp"
#include "log/log_index.hpp"

namespace qd::log {

struct LogWriter::Impl : std::enable_shared_from_this<Impl> {
  // Encoded events on their way to the file.
  struct Batch {
    std::string text;
    std::size_t events = 0;
    BlockMarks marks;
  };

  Impl(base::EventLoop& on, base::WorkerPool& workers, std::string path, WriterOptions chosen)
      : loop(on), pool(workers), options(std::move(chosen)), file(std::move(path)), index(file.path()), closed(on) {}

  std::size_t pending() const { return buffer.text.size() + writing.text.size(); }

  void appended(UnixMillis time, bool is_line, const EventMarks& marks) {
    last_time = time;
    ++buffer.events;
    buffer.marks.add(is_line, marks);
    if (buffer.text.size() >= options.batch_bytes) {
      start_write();
    } else {
      arm_timer();
    }
  }

  void arm_timer() {
    if (timer != 0 || busy) return;
    timer = loop.after(options.flush_after, [weak = weak_from_this()] {
      if (const auto self = weak.lock()) {
        self->timer = 0;
        self->start_write();
      }
    });
  }

  void start_write() {
    if (busy || (buffer.text.empty() && !closing)) return;
    if (timer != 0) loop.cancel(std::exchange(timer, 0));
    busy = true;
    std::swap(buffer, writing);
    if (unreported > 0) {
      writing.text.insert(0, loss_note());
      writing.marks.add(true, {});
    }
    const bool last = closing;
    if (last) writing.text += rdlog_end;
    pool.post([self = shared_from_this(), first = !std::exchange(begun, true), last] {
      // A new log has no index to go on with.
      if (first && self->file.open() && self->file.size() > 0) self->index.begin();
      auto outcome = self->file.append(self->writing.text);
      if (outcome) {
        self->index.wrote(self->file.size(), self->writing.marks);
      } else {
        self->index.lost();
      }
      if (last) {
        self->index.close();
        const auto shut = self->file.close();
        if (outcome && !shut) outcome = shut;
      }
      self->loop.post([self, last, outcome = std::move(outcome)] { self->written(outcome, last); });
    });
  }

  std::string loss_note() const {
    std::string line;
    encode_event(line, last_time, Level::warn, event_type::log, {},
                 std::to_string(unreported) + " events before this one could not be written: " + error->message);
    return line;
  }

  void written(const Result<>& outcome, bool last) {
    busy = false;
    if (outcome) {
      unreported = 0;
    } else {
      lost += writing.events;
      unreported += writing.events;
      if (!error) error = outcome.error();
    }
    writing.events = 0;
    writing.marks.clear();
    writing.text.clear();
    if (writing.text.capacity() > 2 * options.batch_bytes) writing.text.shrink_to_fit();
    size = file.size();
    if (options.on_written && outcome) options.on_written(size);
    wake_sources();
    if (last) return closed.set();
    if (closing || buffer.text.size() >= options.batch_bytes) {
      start_write();
    } else if (!buffer.text.empty()) {
      arm_timer();
    }
  }

  void wake_sources() {
    if (pending() >= options.full_bytes) return;
    std::vector<std::function<void()>> ready;
    ready.swap(waiting);
    for (const auto& source : ready) source();
  }

  base::EventLoop& loop;
  base::WorkerPool& pool;
  const WriterOptions options;
  LogFile file;  // used by one piece of work at a time, while `busy`, as the next
  IndexWriter index;
  Batch buffer;  // to be written next
  Batch writing;
  bool busy = false;  // `writing`, `file` and `index` belong to the pool
  bool begun = false;
  bool closing = false;
  base::EventLoop::TimerId timer = 0;
  UnixMillis last_time = 0;
  std::int64_t size = 0;  // of the file after the last write
  std::optional<Error> error;
  std::size_t lost = 0;
  std::size_t unreported = 0;  // lost, and the log does not say so yet
  std::vector<std::function<void()>> waiting;
  base::AsyncEvent closed;
};

LogWriter::LogWriter(base::EventLoop& loop, base::WorkerPool& pool, std::string path, WriterOptions options)
    : impl_(std::make_shared<Impl>(loop, pool, std::move(path), std::move(options))) {}

LogWriter::~LogWriter() {
  if (impl_->timer != 0) impl_->loop.cancel(impl_->timer);
}

void LogWriter::append(const LogEvent& event) {
  if (impl_->closing) return;
  encode_event(impl_->buffer.text, event);
  impl_->appended(event.time, event.type == event_type::log, marks_of(event.meta));
}

void LogWriter::append(UnixMillis time, Level level, const EncodedMeta& meta, std::string_view message) {
  if (impl_->closing) return;
  encode_event(impl_->buffer.text, time, level, event_type::log, meta, message);
  impl_->appended(time, true, meta.marks());
}

bool LogWriter::full() const {
  return impl_->pending() >= impl_->options.full_bytes;
}

void LogWriter::when_ready(std::function<void()> ready) {
  if (!full()) return ready();
  impl_->waiting.push_back(std::move(ready));
}

base::Task<Result<>> LogWriter::close() {
  const auto self = impl_;
  self->closing = true;
  self->start_write();
  co_await self->closed.wait();
  if (!self->error) co_return Result<>{};
  auto error = *self->error;
  error.message += " " + std::to_string(self->lost) + " events of the log were lost.";
  co_return fail(std::move(error));
}

std::int64_t LogWriter::bytes() const {
  return impl_->size + static_cast<std::int64_t>(impl_->pending());
}

std::optional<Error> LogWriter::failure() const {
  return impl_->error;
}

const std::string& LogWriter::path() const {
  return impl_->file.path();
}

}  // namespace qd::log
