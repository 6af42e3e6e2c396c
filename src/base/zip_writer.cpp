#include <archive.h>
#include <archive_entry.h>
#include <cerrno>
#include <fcntl.h>
#include <system_error>
#include <unistd.h>

#include "base/zip.hpp"

namespace qd::base {
namespace {

constexpr std::size_t kMostAtOnce = 256u << 10;
constexpr int kFileMode = 0640;
constexpr int kFolderMode = 0750;

struct WriteFree {
  void operator()(::archive* writer) const { archive_write_free(writer); }
};
struct EntryFree {
  void operator()(archive_entry* entry) const { archive_entry_free(entry); }
};

}  // namespace

struct ZipWriter::Impl {
  explicit Impl(std::string file) : path(std::move(file)) {}
  ~Impl() {
    const bool unfinished = writer != nullptr;
    writer.reset();  // with an end, as libarchive would not free everything otherwise
    // What nobody finished is not to be taken for a whole archive; where that fails, it has no end either.
    if (fd >= 0 && unfinished) (void)!::ftruncate(fd, 0);
    if (fd >= 0) ::close(fd);
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  tl::unexpected<Error> failure() const {
    const char* why = archive_error_string(writer.get());
    return fail(ErrorKind::unavailable, "'" + path + "' cannot be written: " +
                                            (why == nullptr ? "unknown error" : why) + ". Is the disk full?");
  }

  // A size that is known beforehand keeps readers that know no zip64 able to read it.
  Result<> begin(const std::string& name, std::uint64_t size, bool folder) {
    const std::unique_ptr<archive_entry, EntryFree> entry(archive_entry_new());
    archive_entry_set_pathname(entry.get(), name.c_str());
    archive_entry_set_filetype(entry.get(), folder ? AE_IFDIR : AE_IFREG);
    archive_entry_set_perm(entry.get(), folder ? kFolderMode : kFileMode);
    archive_entry_set_size(entry.get(), static_cast<la_int64_t>(size));
    archive_entry_set_mtime(entry.get(), time(nullptr), 0);
    if (archive_write_header(writer.get(), entry.get()) < ARCHIVE_WARN) return failure();
    return {};
  }

  Result<> put(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto written = archive_write_data(writer.get(), bytes.data(), bytes.size());
      if (written <= 0) return failure();
      bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
  }

  const std::string path;
  int fd = -1;
  std::unique_ptr<::archive, WriteFree> writer;
};

ZipWriter::ZipWriter(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ZipWriter::~ZipWriter() = default;

Result<std::unique_ptr<ZipWriter>> ZipWriter::create(const std::string& path) {
  auto impl = std::make_unique<Impl>(path);
  impl->fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR);
  if (impl->fd < 0) {
    return fail(ErrorKind::unavailable,
                "'" + path + "' cannot be written: " + std::system_category().message(errno) + ".");
  }
  impl->writer.reset(archive_write_new());
  archive_write_set_format_zip(impl->writer.get());
  archive_write_set_options(impl->writer.get(), "zip:compression=deflate");
  if (archive_write_open_fd(impl->writer.get(), impl->fd) != ARCHIVE_OK) return impl->failure();
  return std::unique_ptr<ZipWriter>(new ZipWriter(std::move(impl)));
}

Result<> ZipWriter::add_folder(const std::string& name) {
  return impl_->begin(name, 0, true);
}

Result<> ZipWriter::add_text(const std::string& name, std::string_view content) {
  if (auto begun = impl_->begin(name, content.size(), false); !begun) return begun;
  return impl_->put(content);
}

Result<> ZipWriter::add(const std::string& name, std::uint64_t size, const Source& next) {
  if (auto begun = impl_->begin(name, size, false); !begun) return begun;
  for (std::uint64_t done = 0; done < size;) {
    const auto most = static_cast<std::size_t>(std::min<std::uint64_t>(size - done, kMostAtOnce));
    const auto bytes = next(done, most);
    if (!bytes) return fail(bytes.error());
    if (bytes->empty() || bytes->size() > most)
      return fail(ErrorKind::unavailable,
                  "'" + name + "' ended after " + std::to_string(done) + " bytes of " + std::to_string(size) + ".");
    if (auto written = impl_->put(*bytes); !written) return written;
    done += bytes->size();
  }
  return {};
}

Result<> ZipWriter::finish() {
  if (archive_write_close(impl_->writer.get()) != ARCHIVE_OK) return impl_->failure();
  impl_->writer.reset();
  if (::close(std::exchange(impl_->fd, -1)) != 0 && errno != EINTR)
    return fail(ErrorKind::unavailable, "'" + impl_->path + "' cannot be written. Is the disk full?");
  return {};
}

}  // namespace qd::base
