#include "log/packed_log.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <zlib.h>

#include "base/id.hpp"

namespace qd::log {
namespace {

constexpr std::string_view magic = "QDX1";
constexpr std::int64_t least_block = 256 << 10;
constexpr std::int64_t most_blocks = 16'000;  // what an extra field has room for
constexpr std::int64_t largest_block = 64 << 20;
constexpr std::size_t fixed_index = 4 + 8 + 8 + 4 + 4;
constexpr std::size_t tail_bytes = 14;  // the size of the last member, an empty deflate block, checksum and size

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

tl::unexpected<Error> system_failure(const std::string& what) {
  return fail(ErrorKind::unavailable, "Cannot " + what + ": " + std::system_category().message(errno));
}

void put_number(std::string& into, std::uint64_t number, int bytes) {
  for (int i = 0; i < bytes; ++i) into += static_cast<char>(number >> (8 * i) & 0xff);
}

std::uint64_t get_number(std::string_view from, std::size_t at, int bytes) {
  std::uint64_t number = 0;
  for (int i = bytes - 1; i >= 0; --i)
    number = number << 8 | static_cast<unsigned char>(from[at + static_cast<std::size_t>(i)]);
  return number;
}

Result<std::string> read_at(int fd, std::int64_t offset, std::size_t size, const std::string& path) {
  std::string bytes(size, '\0');
  std::size_t filled = 0;
  while (filled < size) {
    const auto got = pread(fd, bytes.data() + filled, size - filled, offset + static_cast<off_t>(filled));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return system_failure("read " + path);
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
  }
  bytes.resize(filled);
  return bytes;
}

Result<> write_all(int fd, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const auto written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return system_failure("write " + path);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

// One gzip member.
std::string compressed(const std::string& block) {
  z_stream stream{};
  deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::string member(deflateBound(&stream, block.size()) + 32, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(block.data()));
  stream.avail_in = static_cast<uInt>(block.size());
  stream.next_out = reinterpret_cast<Bytef*>(member.data());
  stream.avail_out = static_cast<uInt>(member.size());
  const int outcome = deflate(&stream, Z_FINISH);
  member.resize(outcome == Z_STREAM_END ? stream.total_out : 0);
  deflateEnd(&stream);
  return member;
}

bool decompressed(const std::string& member, std::string& block, std::size_t size) {
  block.resize(size);
  z_stream stream{};
  inflateInit2(&stream, 15 + 16);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(member.data()));
  stream.avail_in = static_cast<uInt>(member.size());
  stream.next_out = reinterpret_cast<Bytef*>(block.data());
  stream.avail_out = static_cast<uInt>(block.size());
  const int outcome = inflate(&stream, Z_FINISH);
  const bool whole = outcome == Z_STREAM_END && stream.total_out == size;
  inflateEnd(&stream);
  return whole;
}

std::string index_member(std::int64_t size, std::int64_t block, const std::vector<std::uint32_t>& members) {
  std::string index(magic);
  put_number(index, static_cast<std::uint64_t>(size), 8);
  put_number(index, static_cast<std::uint64_t>(block), 8);
  put_number(index, members.size(), 4);
  for (const auto member : members) put_number(index, member, 4);
  const auto extra = index.size() + 4 + 4;  // subfield's head, and the size of the whole
  const auto total = 10 + 2 + extra + 2 + 8;
  put_number(index, total, 4);
  std::string member("\x1f\x8b\x08\x04\0\0\0\0\0\xff", 10);
  put_number(member, extra, 2);
  member += "QD";
  put_number(member, index.size(), 2);
  member += index;
  member += std::string("\x03\0", 2) + std::string(8, '\0');
  return member;
}

Result<> pack_blocks(int from, int to, std::int64_t size, const std::string& path) {
  const auto wanted = (size + most_blocks - 1) / most_blocks;
  const auto block_size = std::max(least_block, (wanted + least_block - 1) / least_block * least_block);
  if (block_size > largest_block) return fail(ErrorKind::too_large, path + " is too large to be compressed");
  std::vector<std::uint32_t> members;
  for (std::int64_t at = 0; at < size; at += block_size) {
    const auto length = static_cast<std::size_t>(std::min(block_size, size - at));
    const auto block = read_at(from, at, length, path);
    if (!block) return fail(block.error());
    const auto member = compressed(*block);
    if (block->size() != length || member.empty()) return fail(ErrorKind::unavailable, path + " changed meanwhile");
    if (auto written = write_all(to, member, path); !written) return written;
    members.push_back(static_cast<std::uint32_t>(member.size()));
  }
  return write_all(to, index_member(size, block_size, members), path);
}

}  // namespace

std::string packed_path(const std::string& path) {
  return path + ".gz";
}

Result<> pack_log(const std::string& path) {
  const Descriptor from(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat info {};
  if (from.get() < 0 || fstat(from.get(), &info) != 0) return system_failure("read " + path);
  const auto temporary = packed_path(path) + "." + base::new_uuid();
  const Descriptor to(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, info.st_mode & 0777));
  if (to.get() < 0) return system_failure("create " + temporary);
  auto packed = pack_blocks(from.get(), to.get(), info.st_size, path);
  const timespec times[] = {info.st_atim, info.st_mtim};
  if (packed && (futimens(to.get(), times) != 0 || fsync(to.get()) != 0)) packed = system_failure("keep " + temporary);
  if (packed && std::rename(temporary.c_str(), packed_path(path).c_str()) != 0)
    packed = system_failure("rename " + temporary);
  if (!packed) {
    ::unlink(temporary.c_str());
    return packed;
  }
  if (::unlink(path.c_str()) != 0) return system_failure("remove " + path);
  return {};
}

Result<> unpack_log(const std::string& path, const std::string& target) {
  PackedLog packed;
  const auto opened = packed.open(path);
  if (!opened) return fail(opened.error());
  if (!*opened) return fail(ErrorKind::not_found, "There is no " + packed_path(path));
  const Descriptor to(::open(target.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (to.get() < 0) return system_failure("create " + target);
  std::string piece;
  for (std::int64_t at = 0; at < packed.size(); at += static_cast<std::int64_t>(piece.size())) {
    piece.clear();
    if (auto read = packed.read(piece, at, least_block); !read) return read;
    if (auto written = write_all(to.get(), piece, target); !written) return written;
  }
  return {};
}

PackedLog::~PackedLog() {
  if (fd_ >= 0) ::close(fd_);
}

tl::unexpected<Error> PackedLog::broken(const char* what) const {
  return fail(ErrorKind::unavailable, "The compressed log " + packed_path(path_) + " is broken: " + what);
}

Result<bool> PackedLog::open(const std::string& path) {
  path_ = path;
  fd_ = ::open(packed_path(path).c_str(), O_RDONLY | O_CLOEXEC);
  if (fd_ < 0 && errno == ENOENT) return false;
  struct stat info {};
  if (fd_ < 0 || fstat(fd_, &info) != 0) return system_failure("read " + packed_path(path));
  const auto tail =
      read_at(fd_, std::max<std::int64_t>(0, info.st_size - static_cast<std::int64_t>(tail_bytes)), tail_bytes, path);
  if (!tail) return fail(tail.error());
  const auto total = tail->size() == tail_bytes ? static_cast<std::int64_t>(get_number(*tail, 0, 4)) : 0;
  if (total < static_cast<std::int64_t>(fixed_index) || total > info.st_size || total > (1 << 17))
    return broken("it does not end with an index");
  const auto member = read_at(fd_, info.st_size - total, static_cast<std::size_t>(total), path);
  if (!member) return fail(member.error());
  const std::string_view index = std::string_view(*member).substr(16);
  if (!index.starts_with(magic)) return broken("its end is no index");
  size_ = static_cast<std::int64_t>(get_number(index, 4, 8));
  block_size_ = static_cast<std::int64_t>(get_number(index, 12, 8));
  const auto count = static_cast<std::size_t>(get_number(index, 20, 4));
  if (block_size_ < least_block || block_size_ > largest_block || index.size() < fixed_index + count * 4 || size_ < 0 ||
      static_cast<std::int64_t>(count) != (size_ + block_size_ - 1) / block_size_)
    return broken("its index does not fit");
  std::int64_t at = 0;
  for (std::size_t block = 0; block < count; ++block) {
    starts_.push_back(at);
    at += static_cast<std::int64_t>(get_number(index, 24 + block * 4, 4));
  }
  starts_.push_back(at);
  if (at + total != info.st_size) return broken("it has another length than its index says");
  return true;
}

Result<> PackedLog::load(std::size_t block) {
  if (loaded_ == block) return {};
  const auto member =
      read_at(fd_, starts_[block], static_cast<std::size_t>(starts_[block + 1] - starts_[block]), path_);
  if (!member) return fail(member.error());
  const auto begin = static_cast<std::int64_t>(block) * block_size_;
  loaded_ = SIZE_MAX;
  if (!decompressed(*member, block_, static_cast<std::size_t>(std::min(block_size_, size_ - begin))))
    return broken("a block cannot be decompressed");
  loaded_ = block;
  return {};
}

Result<> PackedLog::read(std::string& buffer, std::int64_t offset, std::size_t size) {
  while (size > 0 && offset >= 0 && offset < size_) {
    const auto block = static_cast<std::size_t>(offset / block_size_);
    if (auto loaded = load(block); !loaded) return loaded;
    const auto inside = static_cast<std::size_t>(offset - static_cast<std::int64_t>(block) * block_size_);
    const auto part = std::min(size, block_.size() - inside);
    buffer.append(block_, inside, part);
    offset += static_cast<std::int64_t>(part);
    size -= part;
  }
  return {};
}

}  // namespace qd::log
