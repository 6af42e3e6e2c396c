// A project archive, unpacked as far as an import wants it: the files lie in a folder of its own until it goes away.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "service/archive_settings.hpp"

namespace qd::service {

class UnpackedArchive {
 public:
  // `wanted` says of a path below the archive's root ("jobs/job-1.xml") whether it is unpacked at all; what is not
  // costs nothing. Errors: it is no archive, it would leave the folder, it is larger than the settings and the disk
  // allow.
  using Wanted = std::function<bool(const std::string& path)>;
  static Result<std::unique_ptr<UnpackedArchive>> open(const std::string& archive, const ArchiveSettings& settings,
                                                       const Wanted& wanted, const ArchiveProgress& progress);
  ~UnpackedArchive();
  UnpackedArchive(const UnpackedArchive&) = delete;
  UnpackedArchive& operator=(const UnpackedArchive&) = delete;

  const std::vector<std::string>& paths() const { return paths_; }  // below the root, sorted
  bool holds(const std::string& path) const;
  // Those in a folder ("jobs/") whose name begins and ends so, by number where they have one.
  std::vector<std::string> matching(const std::string& folder, const std::string& prefix,
                                    const std::string& suffix) const;
  std::string file(const std::string& path) const;  // where it lies
  // Its text; an error when it is larger than `most`.
  Result<std::string> text(const std::string& path, std::size_t most = 16u << 20) const;

 private:
  explicit UnpackedArchive(std::string folder) : folder_(std::move(folder)) {}
  const std::string folder_;
  std::vector<std::string> paths_;
};

}  // namespace qd::service
