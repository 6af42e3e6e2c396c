#include "plugin/archive.hpp"

#include <filesystem>

#include "base/zip.hpp"

namespace qd::plugin {

Result<> unpack(const std::string& archive, const std::string& folder, const ArchiveLimits& limits) {
  namespace fs = std::filesystem;
  std::error_code error;
  const auto size = fs::file_size(archive, error);
  if (error) return fail(ErrorKind::not_found, "it cannot be read: " + error.message());
  if (size > limits.max_archive) return fail(ErrorKind::invalid, "it is larger than a plugin may be");
  const auto reader = base::ZipReader::open(archive, {limits.max_file, limits.max_total, limits.max_entries});
  if (!reader) return fail(reader.error());
  for (;;) {
    const auto entry = (*reader)->next();
    if (!entry) return fail(entry.error());
    if (!*entry) return {};
    const auto target = fs::path(folder) / (*entry)->name;
    fs::create_directories((*entry)->folder ? target : target.parent_path(), error);
    if (error) return fail(ErrorKind::unavailable, "'" + target.string() + "' cannot be made: " + error.message());
    if ((*entry)->folder) continue;
    if (auto saved = (*reader)->save(target.string()); !saved) return saved;
  }
}

}  // namespace qd::plugin
