#include <archive.h>
#include <archive_entry.h>
#include <cerrno>
#include <fcntl.h>
#include <system_error>
#include <unistd.h>

#include "base/zip.hpp"

namespace qd::base {
namespace {

constexpr std::size_t kBlock = 64u << 10;
constexpr std::size_t kLongestName = 1024;

struct ReadFree {
  void operator()(::archive* reader) const { archive_read_free(reader); }
};

tl::unexpected<Error> bad(const std::string& what) {
  return fail(ErrorKind::invalid, what);
}

class OutputFile {
 public:
  explicit OutputFile(const std::string& path)
      : fd_(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR)) {}
  ~OutputFile() {
    if (fd_ >= 0) ::close(fd_);
  }
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;
  bool ready() const { return fd_ >= 0; }

  bool write(std::string_view bytes) const {
    while (!bytes.empty()) {
      const auto written = ::write(fd_, bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
  }

 private:
  const int fd_;
};

// The parts of a name put together again; nullopt when it leads elsewhere.
std::optional<std::string> clean_name(std::string_view name) {
  if (name.empty() || name.size() > kLongestName || name.front() == '/') return std::nullopt;
  if (name.find('\\') != std::string_view::npos) return std::nullopt;
  std::string clean;
  while (!name.empty()) {
    const auto end = std::min(name.find('/'), name.size());
    const auto part = name.substr(0, end);
    name.remove_prefix(std::min(end + 1, name.size()));
    if (part.empty() || part == ".") continue;
    if (part == "..") return std::nullopt;
    if (!clean.empty()) clean += '/';
    clean += part;
  }
  if (clean.empty()) return std::nullopt;
  return clean;
}

}  // namespace

struct ZipReader::Impl {
  explicit Impl(const ZipLimits& limits) : limits(limits), bytes_left(limits.max_total), entries(limits.max_entries) {}

  tl::unexpected<Error> broken() const {
    const char* why = archive_error_string(reader.get());
    return bad(std::string("it is no zip file that can be read: ") + (why == nullptr ? "unknown error" : why));
  }

  // Hands the current entry over in blocks, within the limits.
  Result<> read(const std::function<Result<>(std::string_view)>& take) {
    std::string block(kBlock, '\0');
    std::uint64_t size = 0;
    for (;;) {
      const auto count = archive_read_data(reader.get(), block.data(), block.size());
      if (count < 0) return broken();
      if (count == 0) return {};
      const auto bytes = static_cast<std::uint64_t>(count);
      size += bytes;
      if (size > limits.max_file)
        return bad("'" + name + "' is larger than the " + std::to_string(limits.max_file) +
                   " bytes that a file may have");
      if (bytes > bytes_left)
        return bad("unpacked it is larger than the " + std::to_string(limits.max_total) + " bytes that it may have");
      bytes_left -= bytes;
      if (auto taken = take(std::string_view(block).substr(0, bytes)); !taken) return taken;
    }
  }

  const ZipLimits limits;
  std::uint64_t bytes_left;
  std::size_t entries;
  std::string name;  // of the current entry
  std::unique_ptr<::archive, ReadFree> reader{archive_read_new()};
};

ZipReader::ZipReader(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ZipReader::~ZipReader() = default;

Result<std::unique_ptr<ZipReader>> ZipReader::open(const std::string& path, const ZipLimits& limits) {
  auto impl = std::make_unique<Impl>(limits);
  if (::access(path.c_str(), R_OK) != 0)
    return fail(ErrorKind::not_found, "it cannot be read: " + std::system_category().message(errno));
  archive_read_support_format_zip(impl->reader.get());
  if (archive_read_open_filename(impl->reader.get(), path.c_str(), kBlock) != ARCHIVE_OK) return impl->broken();
  return std::unique_ptr<ZipReader>(new ZipReader(std::move(impl)));
}

Result<std::optional<ZipEntry>> ZipReader::next() {
  archive_entry* entry = nullptr;
  const int status = archive_read_next_header(impl_->reader.get(), &entry);
  if (status == ARCHIVE_EOF) return std::optional<ZipEntry>();
  if (status < ARCHIVE_WARN) return impl_->broken();
  if (impl_->entries-- == 0)
    return bad("it holds more than the " + std::to_string(impl_->limits.max_entries) + " files that it may have");
  const char* raw = archive_entry_pathname_utf8(entry);
  if (raw == nullptr) raw = archive_entry_pathname(entry);
  const std::string given = raw == nullptr ? "" : raw;
  auto name = clean_name(given);
  if (!name) return bad("'" + given.substr(0, kLongestName) + "' would lie outside of the archive");
  const auto type = archive_entry_filetype(entry);
  if ((type != AE_IFDIR && type != AE_IFREG) || archive_entry_hardlink(entry) != nullptr)
    return bad("'" + *name + "' is neither file nor folder");
  impl_->name = *name;
  return std::optional(ZipEntry{std::move(*name), type == AE_IFDIR});
}

Result<> ZipReader::save(const std::string& path) {
  const OutputFile file(path);
  if (!file.ready() && errno == EEXIST) return bad("'" + impl_->name + "' is there twice");
  const auto failure = [&] {
    return fail(ErrorKind::unavailable,
                "'" + path + "' cannot be written: " + std::system_category().message(errno) + ". Is the disk full?");
  };
  if (!file.ready()) return failure();
  return impl_->read([&](std::string_view bytes) -> Result<> {
    if (!file.write(bytes)) return failure();
    return {};
  });
}

Result<std::string> ZipReader::text(std::size_t most) {
  std::string content;
  auto done = impl_->read([&](std::string_view bytes) -> Result<> {
    if (content.size() + bytes.size() > most)
      return bad("'" + impl_->name + "' is larger than " + std::to_string(most) + " bytes");
    content += bytes;
    return {};
  });
  if (!done) return fail(done.error());
  return content;
}

}  // namespace qd::base
