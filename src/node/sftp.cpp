#include "node/sftp.hpp"

#include <array>

#include "node/executor.hpp"

namespace qd::node {
namespace {

constexpr int kInit = 1, kVersion = 2, kOpen = 3, kClose = 4, kWrite = 6, kRemove = 13, kMakeFolder = 14, kStat = 17,
              kStatus = 101, kHandle = 102, kAttributes = 105;
constexpr std::uint32_t kOk = 0, kNoSuchFile = 2, kPermissionDenied = 3;
constexpr std::uint32_t kForWriting = 0x02 | 0x08 | 0x10, kMustBeNew = 0x20;
constexpr std::uint32_t kHasPermissions = 0x04, kHasSize = 0x01, kHasOwner = 0x02;
constexpr std::size_t kLargestPacket = 256 * 1024;
constexpr std::size_t kWriteSize = 32 * 1024;
constexpr int kWritesUnderWay = 16;

std::string number32(std::uint32_t value) {
  return {static_cast<char>(value >> 24), static_cast<char>(value >> 16), static_cast<char>(value >> 8),
          static_cast<char>(value)};
}

std::string number64(std::uint64_t value) {
  return number32(static_cast<std::uint32_t>(value >> 32)) + number32(static_cast<std::uint32_t>(value));
}

std::string counted(std::string_view text) {
  return number32(static_cast<std::uint32_t>(text.size())) + std::string(text);
}

std::string permissions(int mode) {
  return number32(kHasPermissions) + number32(static_cast<std::uint32_t>(mode));
}

std::uint32_t read32(std::string_view bytes, std::size_t at) {
  if (bytes.size() < at + 4) return 0;
  std::uint32_t value = 0;
  for (std::size_t i = at; i < at + 4; ++i) value = value << 8 | static_cast<unsigned char>(bytes[i]);
  return value;
}

std::string_view read_counted(std::string_view bytes, std::size_t at) {
  const std::size_t size = read32(bytes, at);
  if (bytes.size() < at + 4 || size > bytes.size() - at - 4) return {};
  return bytes.substr(at + 4, size);
}

// The body of a status answer is: id, code, message, language.
Error refused(const std::string& what, std::string_view body) {
  const auto code = read32(body, 4);
  std::string why = code == kNoSuchFile         ? "no such file or folder"
                    : code == kPermissionDenied ? "permission denied"
                                                : std::string(read_counted(body, 8));
  return {ErrorKind::unavailable, what + " on the node: " + why, reason::io};
}

}  // namespace

Error SftpClient::broken() const {
  return {ErrorKind::unavailable,
          ssh_is_connected(link_->session()) != 0
              ? "The node did not go on with the file transfer."
              : std::string("The connection broke during the file transfer: ") + ssh_get_error(link_->session()),
          ssh_is_connected(link_->session()) != 0 ? reason::io : reason::connection};
}

base::Task<SftpClient::Start> SftpClient::start() {
  channel_.reset(ssh_channel_new(link_->session()));
  if (!channel_) co_return Start::failed;
  auto opening = until_done(
      *link_, [this] { return ssh_channel_open_session(channel_.get()); }, over_);
  if (const int code = co_await std::move(opening); code != SSH_OK) co_return Start::failed;
  auto asking = until_done(
      *link_, [this] { return ssh_channel_request_subsystem(channel_.get(), "sftp"); }, over_);
  const int code = co_await std::move(asking);
  if (code != SSH_OK)
    co_return code != SSH_AGAIN&& ssh_is_connected(link_->session()) != 0 ? Start::unavailable : Start::failed;
  auto sending = send(std::string(1, static_cast<char>(kInit)) + number32(3));
  const auto sent = co_await std::move(sending);
  // A subsystem whose program is missing ends at once, before or after we have said something.
  const auto ended = [this] {
    return ssh_is_connected(link_->session()) != 0 && !over_() ? Start::unavailable : Start::failed;
  };
  if (!sent) co_return ended();
  auto receiving = receive();
  const auto answer = co_await std::move(receiving);
  if (!answer) co_return ended();
  co_return answer->type == kVersion ? Start::ready : Start::unavailable;
}

base::Task<Result<>> SftpClient::send(std::string body) {
  const auto packet = counted(body);
  std::size_t at = 0;
  while (at < packet.size()) {
    const int written =
        ssh_channel_write(channel_.get(), packet.data() + at, static_cast<std::uint32_t>(packet.size() - at));
    if (written < 0 || ssh_channel_is_open(channel_.get()) == 0) co_return fail(broken());
    at += static_cast<std::size_t>(written);
    if (at == packet.size()) break;
    if (over_()) co_return fail(broken());
    if (written == 0) co_await link_->wait();
  }
  co_return Result<>();
}

base::Task<Result<SftpClient::Packet>> SftpClient::receive() {
  static thread_local std::array<char, 32 * 1024> buffer;
  while (true) {
    if (received_.size() >= 4) {
      const std::size_t size = read32(received_, 0);
      if (size < 1 || size > kLargestPacket) co_return fail(broken());
      if (received_.size() >= 4 + size) {
        Packet packet{static_cast<unsigned char>(received_[4]), received_.substr(5, size - 1)};
        received_.erase(0, 4 + size);
        co_return packet;
      }
    }
    const int size = ssh_channel_read_nonblocking(channel_.get(), buffer.data(), buffer.size(), 0);
    if (size > 0) {
      received_.append(buffer.data(), static_cast<std::size_t>(size));
      continue;
    }
    const bool gone = size < 0 || ssh_channel_is_eof(channel_.get()) != 0 || ssh_channel_is_open(channel_.get()) == 0;
    if (gone || over_()) co_return fail(broken());
    co_await link_->wait();
  }
}

base::Task<Result<SftpClient::Packet>> SftpClient::ask(int type, std::string arguments) {
  auto sending = send(std::string(1, static_cast<char>(type)) + number32(++last_id_) + arguments);
  const auto sent = co_await std::move(sending);
  if (!sent) co_return fail(sent.error());
  auto receiving = receive();
  co_return co_await std::move(receiving);
}

base::Task<Result<>> SftpClient::expect_ok(std::string what) {
  auto receiving = receive();
  const auto answer = co_await std::move(receiving);
  if (!answer) co_return fail(answer.error());
  if (answer->type == kStatus && read32(answer->body, 4) == kOk) co_return Result<>();
  co_return fail(refused(what, answer->body));
}

base::Task<Result<>> SftpClient::write_all(CopySource& source, base::WorkerPool& pool, std::string handle,
                                           std::string path) {
  std::uint64_t offset = 0;
  int under_way = 0;
  const auto what = "Cannot write " + path;
  while (true) {
    auto reading = source.next(pool, link_->loop());
    const auto piece = co_await std::move(reading);
    if (!piece) co_return fail(piece.error());
    if (piece->empty()) break;
    for (std::size_t at = 0; at < piece->size(); at += kWriteSize) {
      const auto part = std::string_view(*piece).substr(at, kWriteSize);
      auto sending = send(std::string(1, static_cast<char>(kWrite)) + number32(++last_id_) + counted(handle) +
                          number64(offset) + counted(part));
      const auto sent = co_await std::move(sending);
      if (!sent) co_return fail(sent.error());
      offset += part.size();
      if (++under_way < kWritesUnderWay) continue;
      --under_way;
      auto checking = expect_ok(what);
      const auto written = co_await std::move(checking);
      if (!written) co_return fail(written.error());
    }
  }
  while (under_way-- > 0) {
    auto checking = expect_ok(what);
    const auto written = co_await std::move(checking);
    if (!written) co_return fail(written.error());
  }
  co_return Result<>();
}

base::Task<Result<>> SftpClient::put(CopySource& source, base::WorkerPool& pool, std::string path, int mode,
                                     bool fresh) {
  const auto what = "Cannot create " + path;
  auto opening = ask(kOpen, counted(path) + number32(kForWriting | (fresh ? kMustBeNew : 0)) + permissions(mode));
  const auto opened = co_await std::move(opening);
  if (!opened) co_return fail(opened.error());
  if (opened->type != kHandle) co_return fail(refused(what, opened->body));
  const std::string handle(read_counted(opened->body, 4));
  auto writing = write_all(source, pool, handle, path);
  const auto written = co_await std::move(writing);
  if (!written) co_return fail(written.error());
  auto closing = ask(kClose, counted(handle));
  const auto closed = co_await std::move(closing);
  if (!closed) co_return fail(closed.error());
  if (read32(closed->body, 4) != kOk) co_return fail(refused("Cannot write " + path, closed->body));
  co_return Result<>();
}

base::Task<Result<>> SftpClient::remove(std::string path) {
  auto removing = ask(kRemove, counted(path));
  const auto removed = co_await std::move(removing);
  if (!removed) co_return fail(removed.error());
  const auto code = read32(removed->body, 4);
  if (code != kOk && code != kNoSuchFile) co_return fail(refused("Cannot remove " + path, removed->body));
  co_return Result<>();
}

base::Task<Result<bool>> SftpClient::is_folder(std::string path) {
  auto asking = ask(kStat, counted(path));
  const auto answer = co_await std::move(asking);
  if (!answer) co_return fail(answer.error());
  if (answer->type != kAttributes) co_return false;
  const auto flags = read32(answer->body, 4);
  if ((flags & kHasPermissions) == 0) co_return true;
  const std::size_t at = 8 + ((flags & kHasSize) != 0 ? 8 : 0) + ((flags & kHasOwner) != 0 ? 8 : 0);
  co_return (read32(answer->body, at) & 0170000) == 0040000;
}

base::Task<Result<>> SftpClient::make_folder(std::string path) {
  for (std::size_t end = path.find('/', 1); !path.empty(); end = path.find('/', end + 1)) {
    const auto part = path.substr(0, end);
    auto looking = is_folder(part);
    const auto there = co_await std::move(looking);
    if (!there) co_return fail(there.error());
    if (!*there) {
      auto making = ask(kMakeFolder, counted(part) + permissions(0755));
      const auto made = co_await std::move(making);
      if (!made) co_return fail(made.error());
      if (read32(made->body, 4) != kOk) co_return fail(refused("Cannot make the folder " + part, made->body));
    }
    if (end == std::string::npos) break;
  }
  co_return Result<>();
}

}  // namespace qd::node
