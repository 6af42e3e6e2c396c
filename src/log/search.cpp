#include "log/search.hpp"

#include <algorithm>
#include <cstring>
#include <fcntl.h>
#include <system_error>
#include <unistd.h>

#include "base/text.hpp"

namespace qd::log {
namespace {

constexpr std::size_t window = 1 << 20;

bool contains(const SearchRequest& request, const std::string& message) {
  if (request.regex != nullptr) return request.regex->contains(message);
  if (request.ignore_case) return base::icontains(message, request.text);
  return message.find(request.text) != std::string::npos;
}

// Escapes and line breaks stand in the file otherwise than in the message.
bool stands_as_it_is(const SearchRequest& request) {
  return request.regex == nullptr && !request.ignore_case && request.text.find_first_of("^\\\n\r") == std::string::npos;
}

class Search {
 public:
  Search(const std::string& path, const SearchRequest& request) : path_(path), request_(request) {
    page_.next_offset = request.offset;
  }

  Result<SearchPage> run() {
    while (page_.searched < request_.max_bytes) {
      const auto start = page_.next_offset;
      auto jumped = stands_as_it_is(request_) ? jump() : Result<>{};
      if (!jumped) return fail(jumped.error());
      if (ended_) break;
      ReadRequest reading;
      reading.offset = page_.next_offset;
      reading.node = request_.node;
      reading.stepctx = request_.stepctx;
      reading.finished = request_.finished;
      reading.max_bytes = window;
      reading.index_place = index_place_;
      auto read = read_log(path_, reading);
      if (!read) return fail(read.error());
      if (!take(*read)) return std::move(page_);
      page_.searched += page_.next_offset - start;
      if (ended_ || page_.next_offset == start) break;
    }
    page_.more = !ended_ && page_.searched >= request_.max_bytes;
    return std::move(page_);
  }

 private:
  // False: there are enough hits.
  bool take(LogPage& read) {
    for (auto& event : read.events) {
      if (!contains(request_, event.event.message)) continue;
      if (page_.hits.size() == request_.max_hits) {
        page_.next_offset = event.offset;
        page_.more = true;
        return false;
      }
      page_.hits.push_back(std::move(event));
    }
    page_.next_offset = read.next_offset;
    index_place_ = read.index_place;
    ended_ = !read.exists || !read.more;
    return true;
  }

  // Moves on to the line that holds the next occurrence of the text's bytes.
  Result<> jump() {
    const int fd = open(path_.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return {};  // read_log tells
    buffer_.resize(window + request_.text.size());
    auto at = page_.next_offset;
    const auto limit = page_.next_offset + request_.max_bytes - page_.searched;
    while (at < limit) {
      const auto got = pread(fd, buffer_.data(), buffer_.size(), at);
      if (got < static_cast<ssize_t>(request_.text.size())) break;
      const void* found =
          memmem(buffer_.data(), static_cast<std::size_t>(got), request_.text.data(), request_.text.size());
      if (found != nullptr) {
        const auto hit = static_cast<std::size_t>(static_cast<const char*>(found) - buffer_.data());
        at = start_of_event(fd, at + static_cast<std::int64_t>(hit));
        break;
      }
      if (static_cast<std::size_t>(got) < buffer_.size()) {
        at = limit;
        break;
      }
      at += static_cast<std::int64_t>(window);
    }
    close(fd);
    page_.next_offset = std::max(page_.next_offset, std::min(at, limit));
    return {};
  }

  // A message may have several lines: back to a line that begins an event, or as far as a window reaches.
  std::int64_t start_of_event(int fd, std::int64_t hit) {
    const auto least = std::max<std::int64_t>(page_.next_offset, hit - static_cast<std::int64_t>(window));
    std::string before(static_cast<std::size_t>(hit - least), '\0');
    const auto got = pread(fd, before.data(), before.size(), least);
    before.resize(static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    const auto start = before.rfind("\n^2");  // a time begins so until the year 3000
    return start == std::string::npos ? least : least + static_cast<std::int64_t>(start) + 1;
  }

  const std::string& path_;
  const SearchRequest& request_;
  SearchPage page_;
  std::string buffer_;
  std::int64_t index_place_ = 0;
  bool ended_ = false;
};

}  // namespace

Result<SearchPage> search_log(const std::string& path, const SearchRequest& request) {
  return Search(path, request).run();
}

}  // namespace qd::log
