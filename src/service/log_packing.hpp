// Compresses logs that have not been written to for a while.
#pragma once

#include <functional>
#include <string>

#include "service/log_settings.hpp"

namespace qd::service {

// Thread-safe; blocks on files, and stops early once `stopping` is true.
class LogPacking {
 public:
  LogPacking(const LogSettings& settings, std::function<bool()> stopping)
      : settings_(settings), stopping_(std::move(stopping)) {}

  // Packs what is old in the folder of logs. A log that cannot be packed stays as it is, with a warning.
  void pack_old() const;

 private:
  void keep_index(const std::string& path) const;

  const LogSettings& settings_;
  const std::function<bool()> stopping_;
};

}  // namespace qd::service
