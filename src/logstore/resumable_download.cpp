#include "logstore/resumable_download.hpp"

namespace qd::logstore {

bool ResumableDownload::take(int status, std::string_view bytes) {
  constexpr int whole_answer = 200;
  // A server that knows no ranges begins anew.
  if (!opened_ || (resumed_ && status == whole_answer)) problem_ = sink_.open(path_);
  opened_ = true;
  resumed_ = false;
  if (problem_) problem_ = sink_.append(bytes);
  if (problem_ && progress_ && !progress_(sink_.size()))
    problem_ = fail(ErrorKind::unavailable, store_ + ": the transfer of " + path_ + " was stopped");
  return problem_.has_value();
}

bool ResumableDownload::resume(std::vector<std::pair<std::string, std::string>>& headers, const std::string& range) {
  if (!problem_) return false;
  std::erase_if(headers, [&](const auto& header) { return header.first == range; });
  resumed_ = sink_.size() > 0;
  if (resumed_) headers.emplace_back(range, "bytes=" + std::to_string(sink_.size()) + "-");
  return true;
}

Result<> ResumableDownload::finish() {
  if (!problem_) return problem_;
  if (!opened_) problem_ = sink_.open(path_);
  if (problem_) problem_ = sink_.finish();
  return problem_;
}

}  // namespace qd::logstore
