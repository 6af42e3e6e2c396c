#include "log/reader.hpp"

#include <algorithm>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include "base/text.hpp"
#include "log/packed_log.hpp"
#include "log/rdlog.hpp"

namespace qd::log {
namespace {

constexpr std::size_t window_bytes = 256 * 1024;
constexpr std::size_t first_tail_bytes = 64 * 1024;

class File {
 public:
  explicit File(const std::string& path) : path_(path), fd_(open(path.c_str(), O_RDONLY | O_CLOEXEC)), error_(errno) {}
  // Falls back to the compressed file.
  Result<> prepare() {
    if (fd_ >= 0 || error_ != ENOENT) return {};
    auto opened = packed_.open(path_);
    if (!opened) return fail(opened.error());
    is_packed_ = *opened;
    return {};
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (fd_ >= 0) close(fd_);
  }

  bool is_open() const { return fd_ >= 0 || is_packed_; }
  bool missing() const { return !is_open() && error_ == ENOENT; }
  tl::unexpected<Error> failure(int error) const {
    return fail(ErrorKind::unavailable,
                "Cannot read the execution's log " + path_ + ": " + std::system_category().message(error));
  }
  tl::unexpected<Error> open_failure() const { return failure(error_); }

  LogStat stat() const {
    struct stat info {};
    if (fstat(is_packed_ ? packed_.handle() : fd_, &info) != 0) return {};
    return {true, is_packed_ ? packed_.size() : info.st_size,
            info.st_mtim.tv_sec * 1000LL + info.st_mtim.tv_nsec / 1'000'000};
  }

  // Appends up to `size` bytes from `offset` on; fewer at the end of the file.
  Result<> read(std::string& buffer, std::int64_t offset, std::size_t size) const {
    if (is_packed_) return packed_.read(buffer, offset, size);
    const std::size_t before = buffer.size();
    buffer.resize(before + size);
    std::size_t filled = 0;
    while (filled < size) {
      const auto got = pread(fd_, buffer.data() + before + filled, size - filled, offset + static_cast<off_t>(filled));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return failure(errno);
      if (got == 0) break;
      filled += static_cast<std::size_t>(got);
    }
    buffer.resize(before + filled);
    return {};
  }

 private:
  const std::string& path_;
  int fd_;
  int error_;
  bool is_packed_ = false;
  mutable PackedLog packed_;
};

// "2@node=web1" is matched by "2" and by itself.
bool same_step(std::string_view wanted, std::string_view found) {
  if (wanted == found) return true;
  return wanted.find('@') == std::string_view::npos && wanted == found.substr(0, found.find('@'));
}

bool step_matches(std::string_view wanted, std::string_view found) {
  const bool inside_too = wanted.ends_with('/');
  if (inside_too) wanted.remove_suffix(1);
  const auto wanted_steps = base::split(wanted, '/');
  const auto found_steps = base::split(found, '/');
  if (found_steps.size() < wanted_steps.size()) return false;
  if (!inside_too && found_steps.size() != wanted_steps.size()) return false;
  return std::equal(wanted_steps.begin(), wanted_steps.end(), found_steps.begin(), same_step);
}

bool matches(const ReadRequest& request, const LogEvent& event) {
  if (!request.with_state && event.type != event_type::log) return false;
  if (!request.node.empty()) {
    const auto node = event.meta.find("node");
    if (node == event.meta.end() || node->second != request.node) return false;
  }
  if (request.stepctx.empty()) return true;
  const auto step = event.meta.find("stepctx");
  return step != event.meta.end() && step_matches(request.stepctx, step->second);
}

// Goes over the items of a file from one offset on, a window at a time.
class Scanner {
 public:
  Scanner(const File& file, const ReadRequest& request, std::int64_t file_size, LogPage& page)
      : file_(file), request_(request), size_(file_size), page_(page) {}

  // Keeps matching events up to `keep`; beyond it the scan stops, or with `newest` the oldest are dropped instead.
  Result<> run(std::int64_t start, std::size_t keep, bool newest) {
    start_ = read_to_ = start;
    keep_ = keep;
    newest_ = newest;
    if (start > 0) {
      if (auto aligned = align(); !aligned) return aligned;
    }
    while (!stopped_) {
      take_items(false);
      if (stopped_) break;
      if (read_to_ >= size_ || static_cast<std::size_t>(read_to_ - start) >= request_.max_bytes) break;
      if (auto read = fill(); !read) return read;
    }
    finish();
    return {};
  }

 private:
  // An offset inside a line belongs to no event.
  Result<> align() {
    std::string before;
    if (auto read = file_.read(before, start_ - 1, 1); !read) return read;
    skip_line_ = before != "\n";
    return {};
  }

  Result<> fill() {
    buffer_.erase(0, used_);
    used_ = 0;
    const auto budget = request_.max_bytes - static_cast<std::size_t>(read_to_ - start_);
    const auto rest = static_cast<std::size_t>(size_ - read_to_);
    const auto before = buffer_.size();
    if (auto read = file_.read(buffer_, read_to_, std::min({window_bytes, budget, rest})); !read) return read;
    if (buffer_.size() == before) size_ = read_to_;  // the file became shorter
    read_to_ += static_cast<std::int64_t>(buffer_.size() - before);
    return {};
  }

  std::int64_t position() const { return read_to_ - static_cast<std::int64_t>(buffer_.size() - used_); }

  void take_items(bool complete) {
    if (skip_line_) {
      const auto end = buffer_.find('\n', used_);
      used_ = end == std::string::npos ? buffer_.size() : end + 1;
      if (end == std::string::npos) return;
      skip_line_ = false;
    }
    while (!stopped_) {
      auto item = decode_item(std::string_view(buffer_).substr(used_), complete);
      if (!item) return;
      take(*item);
    }
  }

  void take(RdlogItem& item) {
    const auto at = position();
    if (item.kind == RdlogItem::Kind::event && matches(request_, item.event)) {
      if (page_.events.size() == keep_ && !newest_) {
        stopped_ = true;  // the event stays for the next page
        return;
      }
      page_.events.push_back({std::move(item.event), at, at + static_cast<std::int64_t>(item.size)});
      if (page_.events.size() > 2 * keep_ + 16) drop_oldest();
    }
    used_ += item.size;
    if (item.kind == RdlogItem::Kind::end) page_.ended = stopped_ = true;
  }

  void drop_oldest() {
    if (page_.events.size() > keep_)
      page_.events.erase(page_.events.begin(), page_.events.end() - static_cast<std::ptrdiff_t>(keep_));
  }

  void finish() {
    const bool all_read = read_to_ >= size_;
    if (!stopped_ && all_read && request_.finished) take_items(true);
    // One event larger than the whole budget: give its beginning, so that the caller gets on.
    if (!stopped_ && !all_read && position() == start_) take_items(true);
    if (newest_) drop_oldest();
    page_.next_offset = position();
    page_.more = !page_.ended && (stopped_ || !all_read);
  }

  const File& file_;
  const ReadRequest& request_;
  std::int64_t size_;
  LogPage& page_;
  std::int64_t start_ = 0;
  std::int64_t read_to_ = 0;  // the file was read up to here; the buffer holds what stands before
  std::string buffer_;
  std::size_t used_ = 0;  // of the buffer
  std::size_t keep_ = 0;
  bool newest_ = false;
  bool skip_line_ = false;
  bool stopped_ = false;
};

Result<> check_header(const File& file, const std::string& path, std::int64_t size) {
  std::string head;
  if (auto read = file.read(head, 0, std::min<std::size_t>(rdlog_header.size() - 1, static_cast<std::size_t>(size)));
      !read) {
    return read;
  }
  if (rdlog_header.starts_with(head)) return {};
  return fail(ErrorKind::invalid, "The file " + path + " is not an execution log: it does not begin with " +
                                      std::string(rdlog_header.substr(0, rdlog_header.size() - 1)) + ".");
}

// From the end, in growing steps, until the range holds enough events.
Result<> read_tail(const File& file, const ReadRequest& request, LogPage& page) {
  const auto wanted = static_cast<std::size_t>(std::max<std::int64_t>(*request.last_lines, 0));
  std::size_t range = std::min(first_tail_bytes, request.max_bytes);
  while (true) {
    page.events.clear();
    page.ended = false;
    const auto start = std::max<std::int64_t>(0, page.file_size - static_cast<std::int64_t>(range));
    if (auto scanned = Scanner(file, request, page.file_size, page).run(start, wanted, true); !scanned) return scanned;
    if (page.events.size() >= wanted || start == 0) return {};
    if (range >= request.max_bytes) {
      page.truncated = true;
      return {};
    }
    range = std::min(range * 4, request.max_bytes);
  }
}

}  // namespace

Result<LogPage> read_log(const std::string& path, const ReadRequest& request) {
  LogPage page;
  File file(path);
  if (auto prepared = file.prepare(); !prepared) return fail(prepared.error());
  if (file.missing()) {
    page.exists = false;
    return page;
  }
  if (!file.is_open()) return file.open_failure();
  const auto stat = file.stat();
  page.file_size = stat.size;
  page.last_modified = stat.last_modified;
  if (auto checked = check_header(file, path, stat.size); !checked) return fail(checked.error());

  Result<> read;
  if (request.last_lines) {
    read = read_tail(file, request, page);
  } else {
    const auto start = std::clamp<std::int64_t>(request.offset, 0, page.file_size);
    const auto keep = request.max_lines ? static_cast<std::size_t>(std::max<std::int64_t>(*request.max_lines, 0))
                                        : std::string::npos / 4;
    read = Scanner(file, request, page.file_size, page).run(start, keep, false);
  }
  if (!read) return fail(read.error());
  return page;
}

Result<std::string> read_log_bytes(const std::string& path, std::int64_t offset, std::size_t size) {
  File file(path);
  if (auto prepared = file.prepare(); !prepared) return fail(prepared.error());
  if (!file.is_open()) return file.open_failure();
  std::string bytes;
  if (auto read = file.read(bytes, offset, size); !read) return fail(read.error());
  return bytes;
}

bool remove_log(const std::string& path) {
  const bool plain = ::unlink(path.c_str()) == 0;
  return ::unlink(packed_path(path).c_str()) == 0 || plain;
}

LogStat stat_log(const std::string& path) {
  struct stat info {};
  if (stat(path.c_str(), &info) != 0) {
    if (errno != ENOENT) return {};
    File file(path);
    return file.prepare() && file.is_open() ? file.stat() : LogStat{};
  }
  return {true, info.st_size, info.st_mtim.tv_sec * 1000LL + info.st_mtim.tv_nsec / 1'000'000};
}

}  // namespace qd::log
