#include "cli/input_file.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace qd::cli {

Result<std::string> read_stream(std::istream& in, const std::string& name, std::size_t max_bytes) {
  std::string content;
  char block[65536];
  while (in.read(block, sizeof block) || in.gcount() > 0) {
    content.append(block, static_cast<std::size_t>(in.gcount()));
    if (content.size() > max_bytes) {
      return fail(ErrorKind::too_large, name + " is larger than " + std::to_string(max_bytes >> 20) + " MB.");
    }
  }
  return content;
}

Result<std::string> read_file(const std::string& path, std::size_t max_bytes) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) {
    return fail(ErrorKind::invalid, path + " is a folder, but a file is wanted.");
  }
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail(ErrorKind::invalid, "Cannot read " + path + ": " + std::strerror(errno) + ".");
  return read_stream(file, path, max_bytes);
}

Result<> write_file(const std::string& path, std::string_view content) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(content.data(), static_cast<std::streamsize>(content.size()));
  file.close();
  if (!file) return fail(ErrorKind::invalid, "Cannot write " + path + ": " + std::strerror(errno) + ".");
  return {};
}

}  // namespace qd::cli
