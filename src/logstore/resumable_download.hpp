// The bytes of an answer on their way to a file; after a cut it goes on where it ended. Internal to logstore/.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "logstore/file_bytes.hpp"

namespace qd::logstore {

class ResumableDownload {
 public:
  // `store` and the path name it in errors.
  ResumableDownload(std::string store, std::string path, const Progress& progress)
      : store_(std::move(store)), path_(std::move(path)), progress_(progress) {}

  bool take(int status, std::string_view bytes);  // false ends the transfer, see problem()
  // Before a repetition: sets the header `range`. False: it has no sense.
  bool resume(std::vector<std::pair<std::string, std::string>>& headers, const std::string& range);
  Result<> finish();
  const Result<>& problem() const { return problem_; }

 private:
  const std::string store_, path_;
  const Progress& progress_;
  FileSink sink_;
  bool opened_ = false;
  bool resumed_ = false;
  Result<> problem_;
};

}  // namespace qd::logstore
