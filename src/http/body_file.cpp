#include "http/body_file.hpp"

#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <system_error>
#include <unistd.h>

#include "base/id.hpp"

namespace qd::http {

Result<std::shared_ptr<BodyFile>> BodyFile::create(const std::string& folder) {
  std::error_code ignored;  // open() tells
  std::filesystem::create_directories(folder, ignored);
  const auto path = folder + "/body." + base::new_uuid();
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (fd < 0) {
    return fail(ErrorKind::unavailable,
                "'" + path + "' cannot be written: " + std::system_category().message(errno) + ".");
  }
  return std::shared_ptr<BodyFile>(new BodyFile(path, fd));
}

BodyFile::~BodyFile() {
  ::close(fd_);
  ::unlink(path_.c_str());
}

Result<> BodyFile::append(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto written = ::write(fd_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) {
      return fail(ErrorKind::unavailable, "'" + path_ + "' cannot be written: " +
                                              std::system_category().message(errno) + ". Is the disk full?");
    }
    size_ += static_cast<std::uint64_t>(written);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

}  // namespace qd::http
