#include "log/reader.hpp"

#include <algorithm>
#include <deque>
#include <fcntl.h>
#include <iterator>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include "base/logging.hpp"
#include "log/log_index.hpp"
#include "log/log_scanner.hpp"
#include "log/log_source.hpp"
#include "log/packed_log.hpp"
#include "log/rdlog.hpp"

namespace qd::log {
namespace {

constexpr std::size_t first_tail_bytes = 64 * 1024;
constexpr std::int64_t worth_an_index = 8 << 20;  // reading a log from end to end once for it
constexpr std::size_t most_tail_parts = 4096;

struct Part {
  std::int64_t begin = 0, end = 0;
};

Result<> check_header(const LogSource& file, const std::string& path, std::int64_t size) {
  std::string head;
  if (auto read = file.read(head, 0, std::min<std::size_t>(rdlog_header.size() - 1, static_cast<std::size_t>(size)));
      !read) {
    return read;
  }
  if (rdlog_header.starts_with(head)) return {};
  return fail(ErrorKind::invalid, "The file " + path + " is not an execution log: it does not begin with " +
                                      std::string(rdlog_header.substr(0, rdlog_header.size() - 1)) + ".");
}

bool is_filtered(const ReadRequest& request) {
  return !request.node.empty() || !request.stepctx.empty();
}

IndexQuery query_of(const ReadRequest& request) {
  IndexQuery query;
  if (!request.node.empty()) query.node = node_mark(request.node);
  if (!request.stepctx.empty()) query.step = step_mark(request.stepctx);
  return query;
}

// One read of a log of which much may be left out.
class IndexedRead {
 public:
  IndexedRead(const LogSource& file, const std::string& path, const ReadRequest& request, LogPage& page)
      : file_(file), path_(path), request_(request), page_(page) {}

  Result<> run() { return request_.last_lines ? tail() : forward(); }

 private:
  // Opens the index, and makes it first where that is worth it.
  Result<bool> open(LogIndex& index, std::int64_t place) {
    std::string head;
    if (auto read = file_.read(head, 0, index_head_bytes); !read) return fail(read.error());
    if (index.open(path_, head, page_.file_size, place)) return true;
    const bool build = request_.finished && page_.file_size >= worth_an_index && path_.ends_with(".rdlog");
    if (!build || place != 0) return false;
    if (auto built = build_index(path_); !built)
      base::log_debug("log", "no index of " + path_ + ": " + built.error().message);
    LogIndex made;
    return made.open(path_, head, page_.file_size) && index.open(path_, head, page_.file_size);
  }

  // Where the last bytes begin, which are always looked at: behind what the index covers, or the end marker.
  Result<std::int64_t> end_part(std::int64_t covered) const {
    const auto mark = page_.file_size - static_cast<std::int64_t>(rdlog_end.size());
    if (covered < page_.file_size || mark < 0) return covered;
    std::string last;
    if (auto read = file_.read(last, mark, rdlog_end.size()); !read) return fail(read.error());
    return last == rdlog_end ? mark : covered;
  }

  // Passes over whole blocks of lines, as far as the index knows them.
  Result<> skip_blocks(std::int64_t& start, std::int64_t& lines, std::int64_t& place) {
    LogIndex index;
    const auto opened = open(index, 0);
    if (!opened) return fail(opened.error());
    while (*opened) {
      const auto block = index.next({});
      if (!block || lines < block->lines_before) break;
      place = index.place();
      start = block->offset;
      left_ = lines - block->lines_before;
      if (left_ < block->lines) break;
      start += block->size;
      left_ -= block->lines;
    }
    const auto last = end_part(start);
    if (!last) return fail(last.error());
    start = *last;
    return {};
  }

  Result<> forward() {
    auto start = std::clamp<std::int64_t>(request_.offset, 0, page_.file_size);
    auto place = request_.index_place;
    left_ = request_.skip_lines;
    if (start == 0 && left_ > 0) {
      auto lines = left_;
      if (auto skipped = skip_blocks(start, lines, place); !skipped) return skipped;
    }
    const auto keep = request_.max_lines ? static_cast<std::size_t>(std::max<std::int64_t>(*request_.max_lines, 0))
                                         : std::string::npos / 4;
    LogScanner scanner(file_, request_, page_.file_size, {request_.max_bytes, keep, false, left_}, page_);
    if (is_filtered(request_)) {
      auto going = scan_blocks(scanner, start, place);
      if (!going) return fail(going.error());
      if (!*going) {
        scanner.finish();
        return {};
      }
    }
    const auto scanned = scanner.scan(start, page_.file_size);
    if (!scanned) return fail(scanned.error());
    scanner.finish();
    return {};
  }

  // Moves `start` behind what the index knows. False: the scan is over.
  Result<bool> scan_blocks(LogScanner& scanner, std::int64_t& start, std::int64_t place) {
    LogIndex index;
    const auto opened = open(index, place);
    if (!opened || !*opened) return opened ? Result<bool>(true) : opened;
    const auto query = query_of(request_);
    const auto begin = start;
    while (const auto block = index.next(query)) {
      const auto end = block->offset + block->size;
      if (end <= start) continue;
      if (block->offset > start) break;  // not from the place where it should have been
      page_.index_place = index.place();
      if (block->matches || scanner.skipping()) {
        const auto trusted = start == begin ? Result<bool>(true) : scanner.begins_line(start);
        if (!trusted || !*trusted) return trusted ? Result<bool>(true) : trusted;
        auto going = scanner.scan(start, end);
        if (!going || !*going) return going;
      }
      start = end;
    }
    const auto last = end_part(start);
    if (!last) return fail(last.error());
    start = std::max(begin, *last);
    return true;
  }

  Result<> tail() {
    const auto wanted = static_cast<std::size_t>(std::max<std::int64_t>(*request_.last_lines, 0));
    if (is_filtered(request_)) {
      const auto done = tail_of_blocks(wanted);
      if (!done) return fail(done.error());
      if (*done) return {};
    }
    return tail_of_bytes(wanted);
  }

  // From the end, in growing steps, until the range holds enough events.
  Result<> tail_of_bytes(std::size_t wanted) {
    std::size_t range = std::min(first_tail_bytes, request_.max_bytes);
    while (true) {
      page_.events.clear();
      page_.ended = false;
      const auto start = std::max<std::int64_t>(0, page_.file_size - static_cast<std::int64_t>(range));
      LogScanner scanner(file_, request_, page_.file_size, {request_.max_bytes, wanted, true, 0}, page_);
      if (auto scanned = scanner.scan(start, page_.file_size); !scanned) return fail(scanned.error());
      scanner.finish();
      if (page_.events.size() >= wanted || start == 0) return {};
      if (range >= request_.max_bytes) {
        page_.truncated = true;
        return {};
      }
      range = std::min(range * 4, request_.max_bytes);
    }
  }

  // False: there is no index, or none that helps.
  Result<bool> tail_of_blocks(std::size_t wanted) {
    LogIndex index;
    auto opened = open(index, 0);
    if (!opened || !*opened) return opened;
    std::deque<Part> parts;
    std::int64_t covered = 0;
    bool left_out = false;
    const auto query = query_of(request_);
    while (const auto block = index.next(query)) {
      covered = block->offset + block->size;
      if (!block->matches) continue;
      parts.push_back({block->offset, covered});
      if (parts.size() <= most_tail_parts) continue;
      parts.pop_front();
      left_out = true;
    }
    if (page_.file_size - covered > static_cast<std::int64_t>(request_.max_bytes)) return false;
    const auto last = end_part(covered);
    if (!last) return fail(last.error());
    return tail_of_parts(std::move(parts), {*last, page_.file_size}, wanted, left_out);
  }

  Result<bool> tail_of_parts(std::deque<Part> parts, Part last, std::size_t wanted, bool left_out) {
    std::deque<ReadEvent> found;
    std::size_t spent = 0;
    const auto take = [&](Part part, LogPage& page) -> Result<bool> {
      LogScanner scanner(file_, request_, page_.file_size, {std::string::npos / 4, wanted - found.size(), true, 0},
                         page);
      auto trusted = scanner.begins_line(part.begin);
      if (!trusted || !*trusted) return trusted;
      if (auto scanned = scanner.scan(part.begin, part.end); !scanned) return scanned;
      scanner.finish();
      spent += scanner.spent();
      found.insert(found.begin(), std::make_move_iterator(page.events.begin()),
                   std::make_move_iterator(page.events.end()));
      return true;
    };
    if (auto taken = take(last, page_); !taken || !*taken) return taken;
    while (!parts.empty() && found.size() < wanted && spent < request_.max_bytes) {
      LogPage piece;
      if (auto taken = take(parts.back(), piece); !taken || !*taken) return taken;
      parts.pop_back();
    }
    page_.truncated = found.size() < wanted && (left_out || !parts.empty());
    page_.events.assign(std::make_move_iterator(found.begin()), std::make_move_iterator(found.end()));
    return true;
  }

  const LogSource& file_;
  const std::string& path_;
  const ReadRequest& request_;
  LogPage& page_;
  std::int64_t left_ = 0;  // lines to be passed over by the scanner
};

}  // namespace

Result<LogPage> read_log(const std::string& path, const ReadRequest& request) {
  LogPage page;
  LogSource file(path);
  if (auto prepared = file.prepare(); !prepared) return fail(prepared.error());
  if (file.missing()) {
    page.exists = false;
    return page;
  }
  if (!file.is_open()) return file.open_failure();
  const auto stat = file.stat();
  page.file_size = stat.size;
  page.last_modified = stat.last_modified;
  // The end of a large log is one place on the disk; its beginning would be another, and events say enough.
  const bool end_only = request.last_lines && !is_filtered(request);
  if (!end_only) {
    if (auto checked = check_header(file, path, stat.size); !checked) return fail(checked.error());
  }
  if (auto read = IndexedRead(file, path, request, page).run(); !read) return fail(read.error());
  if (end_only && page.events.empty()) {
    if (auto checked = check_header(file, path, stat.size); !checked) return fail(checked.error());
  }
  return page;
}

Result<std::string> read_log_bytes(const std::string& path, std::int64_t offset, std::size_t size) {
  LogSource file(path);
  if (auto prepared = file.prepare(); !prepared) return fail(prepared.error());
  if (!file.is_open()) return file.open_failure();
  std::string bytes;
  if (auto read = file.read(bytes, offset, size); !read) return fail(read.error());
  return bytes;
}

bool remove_log(const std::string& path) {
  ::unlink(index_path(path).c_str());
  const bool plain = ::unlink(path.c_str()) == 0;
  return ::unlink(packed_path(path).c_str()) == 0 || plain;
}

LogStat stat_log(const std::string& path) {
  struct stat info {};
  if (stat(path.c_str(), &info) != 0) {
    if (errno != ENOENT) return {};
    LogSource file(path);
    return file.prepare() && file.is_open() ? file.stat() : LogStat{};
  }
  return {true, info.st_size, info.st_mtim.tv_sec * 1000LL + info.st_mtim.tv_nsec / 1'000'000};
}

}  // namespace qd::log
