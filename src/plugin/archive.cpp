#include "plugin/archive.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <filesystem>
#include <fstream>
#include <memory>

namespace qd::plugin {

namespace {

namespace fs = std::filesystem;
constexpr std::size_t kBlock = 64u << 10;

struct ReadFree {
  void operator()(::archive* reader) const { archive_read_free(reader); }
};

tl::unexpected<Error> bad(const std::string& what) {
  return fail(ErrorKind::invalid, what);
}

tl::unexpected<Error> broken(::archive* reader) {
  const char* why = archive_error_string(reader);
  return bad(std::string("it is no zip file that can be read: ") + (why == nullptr ? "unknown error" : why));
}

// What one archive still may hold.
struct Room {
  std::uint64_t bytes;
  std::size_t entries;
};

Result<> write_file(::archive* reader, const fs::path& path, const std::string& name, const ArchiveLimits& limits,
                    Room& room) {
  std::error_code error;
  fs::create_directories(path.parent_path(), error);
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  if (!file) return fail(ErrorKind::unavailable, "'" + path.string() + "' cannot be written");
  std::string block(kBlock, '\0');
  std::uint64_t size = 0;
  for (;;) {
    const auto count = archive_read_data(reader, block.data(), block.size());
    if (count < 0) return broken(reader);
    if (count == 0) break;
    const auto bytes = static_cast<std::uint64_t>(count);
    size += bytes;
    if (size > limits.max_file) return bad("'" + name + "' is larger than a plugin's files may be");
    if (bytes > room.bytes) return bad("unpacked it is larger than a plugin may be");
    room.bytes -= bytes;
    file.write(block.data(), count);
  }
  file.close();
  if (!file) return fail(ErrorKind::unavailable, "'" + path.string() + "' cannot be written: is the disk full?");
  return {};
}

bool stays_inside(const fs::path& relative, const std::string& name) {
  if (name.empty() || relative.is_absolute() || name.find('\\') != std::string::npos) return false;
  for (const auto& part : relative) {
    if (part == "..") return false;
  }
  return true;
}

Result<> take_entry(::archive* reader, archive_entry* entry, const std::string& folder, const ArchiveLimits& limits,
                    Room& room) {
  if (room.entries-- == 0) return bad("it holds more files than a plugin may");
  const char* path = archive_entry_pathname(entry);
  const std::string name = path == nullptr ? "" : path;
  const fs::path relative = fs::path(name).lexically_normal();
  if (!stays_inside(fs::path(name), name)) return bad("'" + name + "' would lie outside of the plugin");
  const auto type = archive_entry_filetype(entry);
  const auto target = fs::path(folder) / relative;
  if (type == AE_IFDIR) {
    std::error_code error;
    fs::create_directories(target, error);
    if (error) return fail(ErrorKind::unavailable, "'" + target.string() + "' cannot be made: " + error.message());
    return {};
  }
  if (type != AE_IFREG || archive_entry_hardlink(entry) != nullptr)
    return bad("'" + name + "' is neither file nor folder");
  return write_file(reader, target, name, limits, room);
}

}  // namespace

Result<> unpack(const std::string& archive, const std::string& folder, const ArchiveLimits& limits) {
  std::error_code error;
  const auto size = fs::file_size(archive, error);
  if (error) return fail(ErrorKind::not_found, "it cannot be read: " + error.message());
  if (size > limits.max_archive) return bad("it is larger than a plugin may be");
  const std::unique_ptr<::archive, ReadFree> reader(archive_read_new());
  archive_read_support_format_zip(reader.get());
  if (archive_read_open_filename(reader.get(), archive.c_str(), kBlock) != ARCHIVE_OK) return broken(reader.get());
  Room room{limits.max_total, limits.max_entries};
  for (;;) {
    archive_entry* entry = nullptr;
    const int status = archive_read_next_header(reader.get(), &entry);
    if (status == ARCHIVE_EOF) return {};
    if (status < ARCHIVE_WARN) return broken(reader.get());
    if (auto taken = take_entry(reader.get(), entry, folder, limits, room); !taken) return taken;
  }
}

}  // namespace qd::plugin
