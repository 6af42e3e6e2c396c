// What imports and exports of project archives may use.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <string>

namespace qd::service {

struct ArchiveSettings {
  std::string folder;                        // archives under way, and what is unpacked of them; of this member alone
  std::string projects_folder;               // of project folders: where the peer has %PROJECT_BASEDIR%
  std::uint64_t max_archive = 2ull << 30;    // of an upload
  std::uint64_t max_unpacked = 16ull << 30;  // of what is imported of it
  std::uint64_t max_file = 4ull << 30;
  std::size_t max_entries = 2'000'000;
};

// How far it is. Thread-safe.
class ArchiveProgress {
 public:
  void expect(std::int64_t more) { total_ += more; }
  void done(std::int64_t more = 1) { done_ += more; }
  int percent() const {
    const auto total = total_.load();
    return total <= 0 ? 0 : static_cast<int>(std::min<std::int64_t>(100, done_.load() * 100 / total));
  }
  // Asked now and then by what is under way: it is to end, the server stops.
  void stop() { stopped_ = true; }
  bool stopped() const { return stopped_; }

 private:
  std::atomic<std::int64_t> total_{0}, done_{0};
  std::atomic<bool> stopped_{false};
};

}  // namespace qd::service
