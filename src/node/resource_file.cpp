#include "node/resource_file.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sys/stat.h>
#include <unistd.h>

namespace qd::node {

std::string file_stamp(const std::filesystem::path& path) {
  struct stat facts {};
  if (::stat(path.c_str(), &facts) != 0) return "absent";
  return std::to_string(facts.st_ino) + ":" + std::to_string(facts.st_size) + ":" +
         std::to_string(facts.st_mtim.tv_sec) + "." + std::to_string(facts.st_mtim.tv_nsec);
}

Result<std::string> read_bounded(const std::filesystem::path& path, std::size_t max_bytes) {
  std::error_code broken;
  const auto size = std::filesystem::file_size(path, broken);
  if (broken) return fail(ErrorKind::unavailable, "Cannot read " + path.string() + ": " + broken.message());
  if (size > max_bytes) {
    return fail(ErrorKind::too_large, path.string() + " has " + std::to_string(size) + " bytes; at most " +
                                          std::to_string(max_bytes) + " are read.");
  }
  std::ifstream file(path, std::ios::binary);
  std::string content(size, '\0');
  if (!file || !file.read(content.data(), static_cast<std::streamsize>(size))) {
    return fail(ErrorKind::unavailable, "Cannot read " + path.string() + ": " + std::strerror(errno));
  }
  return content;
}

Result<> write_whole(const std::filesystem::path& path, const std::string& content) {
  std::error_code broken;
  if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path(), broken);
  if (broken) {
    return fail(ErrorKind::unavailable,
                "Cannot make the folder " + path.parent_path().string() + ": " + broken.message());
  }
  const std::filesystem::path fresh = path.string() + ".new-" + std::to_string(::getpid());
  {
    std::ofstream file(fresh, std::ios::binary | std::ios::trunc);
    file << content;
    file.flush();
    if (!file) return fail(ErrorKind::unavailable, "Cannot write " + fresh.string() + ": " + std::strerror(errno));
  }
  std::filesystem::rename(fresh, path, broken);
  if (broken) {
    std::filesystem::remove(fresh, broken);
    return fail(ErrorKind::unavailable, "Cannot replace " + path.string() + ".");
  }
  return {};
}

}  // namespace qd::node
