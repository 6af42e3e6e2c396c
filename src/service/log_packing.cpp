#include "service/log_packing.hpp"

#include <filesystem>

#include "base/logging.hpp"
#include "log/log_index.hpp"
#include "log/packed_log.hpp"
#include "log/rdlog.hpp"
#include "log/reader.hpp"
#include "service/log_stores.hpp"

namespace qd::service {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t kLeastPacked = 4 << 10;  // smaller ones would not shrink

}  // namespace

// Files that ended with their end marker, long enough ago: nobody writes to them any more.
void LogPacking::pack_old() const {
  const auto before = fs::file_time_type::clock::now() - settings_.compress_after;
  std::error_code error;
  for (fs::recursive_directory_iterator next(settings_.log_root, error), end; !error && next != end;
       next.increment(error)) {
    if (stopping_()) return;
    std::error_code ignored;
    const auto& path = next->path();
    if (path.extension() != ".rdlog" || !next->is_regular_file(ignored)) continue;
    const auto size = next->file_size(ignored);
    if (ignored || size < kLeastPacked || next->last_write_time(ignored) > before) continue;
    const auto end_mark = log::read_log_bytes(path.string(), static_cast<std::int64_t>(size - log::rdlog_end.size()),
                                              log::rdlog_end.size());
    if (!end_mark || *end_mark != log::rdlog_end) continue;
    keep_index(path.string());
    if (auto packed = log::pack_log(path.string()); !packed)
      base::log_warn("logstore", "a log stays as it is: " + packed.error().message);
  }
}

// What is compressed is read by its index, which files of before the index lack.
void LogPacking::keep_index(const std::string& path) const {
  if (log_file_size(log::index_path(path)) >= 0) return;
  const auto built = log::build_index(path, [this] { return !stopping_(); });
  if (!built) base::log_warn("logstore", "a log gets no index: " + built.error().message);
}

}  // namespace qd::service
