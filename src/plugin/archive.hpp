// Unpacks the zip file of a plugin.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.hpp"

namespace qd::plugin {

struct ArchiveLimits {
  std::uint64_t max_archive = 128u << 20;
  std::uint64_t max_total = 256u << 20;  // unpacked
  std::uint64_t max_file = 64u << 20;
  std::size_t max_entries = 10'000;
};

// Writes the files and folders of `archive` below `folder`, which exists and is empty. Whatever is no file or folder,
// or would lie elsewhere, is an error, as is more than the limits allow. Blocks.
Result<> unpack(const std::string& archive, const std::string& folder, const ArchiveLimits& limits = {});

}  // namespace qd::plugin
