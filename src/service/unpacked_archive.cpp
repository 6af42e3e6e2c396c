#include "service/unpacked_archive.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "base/id.hpp"
#include "base/text.hpp"
#include "base/zip.hpp"
#include "service/archive_layout.hpp"

namespace qd::service {
namespace {

namespace fs = std::filesystem;

// Half of the room that the disk has left is not to be filled by somebody's upload.
std::uint64_t room_for(const ArchiveSettings& settings) {
  std::error_code error;
  const auto space = fs::space(settings.folder, error);
  if (error) return settings.max_unpacked;
  return std::min<std::uint64_t>(settings.max_unpacked, space.available / 2);
}

// "12" of "execution-12.xml": so that 9 comes before 10.
std::pair<std::int64_t, std::string> order_of(const std::string& path) {
  const auto dash = path.rfind('-');
  const auto dot = path.find('.', dash == std::string::npos ? 0 : dash);
  if (dash == std::string::npos || dot == std::string::npos) return {0, path};
  return {base::parse_int(path.substr(dash + 1, dot - dash - 1)).value_or(0), path};
}

}  // namespace

Result<std::unique_ptr<UnpackedArchive>> UnpackedArchive::open(const std::string& archive,
                                                               const ArchiveSettings& settings, const Wanted& wanted,
                                                               const ArchiveProgress& progress) {
  const auto refused = [](const Error& error) {
    return fail(error.kind == ErrorKind::unavailable ? error.kind : ErrorKind::invalid,
                "The archive was not imported: " + error.message + ".", "api.error.invalid.request");
  };
  std::error_code error;
  const auto folder = settings.folder + "/unpacked." + base::new_uuid();
  fs::create_directories(folder, error);
  if (error) return fail(ErrorKind::unavailable, "'" + folder + "' cannot be made: " + error.message() + ".");
  std::unique_ptr<UnpackedArchive> unpacked(new UnpackedArchive(folder));
  const auto zip = base::ZipReader::open(archive, {settings.max_file, room_for(settings), settings.max_entries});
  if (!zip) return refused(zip.error());
  bool any = false;
  for (;;) {
    if (progress.stopped()) return archive_layout::stopped();
    const auto entry = (*zip)->next();
    if (!entry) return refused(entry.error());
    if (!*entry) break;
    any = true;
    const auto slash = (*entry)->name.find('/');  // behind the root, whatever it is called
    if ((*entry)->folder || slash == std::string::npos) continue;
    auto path = (*entry)->name.substr(slash + 1);
    if (!wanted(path)) continue;
    const auto target = fs::path(unpacked->file(path));
    fs::create_directories(target.parent_path(), error);
    if (error) return refused({ErrorKind::unavailable, "'" + path + "' cannot be unpacked: " + error.message(), {}});
    if (auto saved = (*zip)->save(target.string()); !saved) return refused(saved.error());
    unpacked->paths_.push_back(std::move(path));
  }
  if (!any) return refused({ErrorKind::invalid, "it is empty", {}});
  if (unpacked->paths_.empty()) {
    return fail(ErrorKind::invalid, "Nothing to import found in archive", "api.error.invalid.request");
  }
  std::sort(unpacked->paths_.begin(), unpacked->paths_.end());
  return unpacked;
}

UnpackedArchive::~UnpackedArchive() {
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

bool UnpackedArchive::holds(const std::string& path) const {
  return std::binary_search(paths_.begin(), paths_.end(), path);
}

std::vector<std::string> UnpackedArchive::matching(const std::string& folder, const std::string& prefix,
                                                   const std::string& suffix) const {
  std::vector<std::string> found;
  for (auto next = std::lower_bound(paths_.begin(), paths_.end(), folder);
       next != paths_.end() && next->starts_with(folder); ++next) {
    if (next->starts_with(folder + prefix) && next->ends_with(suffix)) found.push_back(*next);
  }
  std::sort(found.begin(), found.end(),
            [](const std::string& a, const std::string& b) { return order_of(a) < order_of(b); });
  return found;
}

std::string UnpackedArchive::file(const std::string& path) const {
  return folder_ + "/" + path;
}

Result<std::string> UnpackedArchive::text(const std::string& path, std::size_t most) const {
  std::error_code error;
  const auto size = fs::file_size(file(path), error);
  if (error) return fail(ErrorKind::unavailable, path + " cannot be read: " + error.message());
  if (size > most) return fail(ErrorKind::too_large, path + " is larger than " + std::to_string(most) + " bytes");
  std::ifstream stream(file(path), std::ios::binary);
  std::string content(size, '\0');
  stream.read(content.data(), static_cast<std::streamsize>(size));
  if (!stream) return fail(ErrorKind::unavailable, path + " cannot be read");
  return content;
}

}  // namespace qd::service
