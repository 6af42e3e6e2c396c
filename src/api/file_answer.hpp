// A file as a download: read piece by piece on the workers, as fast as the client takes it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/result.hpp"
#include "base/worker_pool.hpp"
#include "http/message.hpp"

namespace qd::api {

struct Download {
  std::string content_type, file_name;
  std::uint64_t size = 0;
  // At least one and at most `most` bytes from `offset` on; an error cuts the answer off. Blocks; runs on a worker.
  std::function<Result<std::string>(std::uint64_t offset, std::size_t most)> read;
  std::function<void()> sent = {};  // all of it was handed over
};
http::Response download_answer(base::WorkerPool& workers, Download download);

}  // namespace qd::api
