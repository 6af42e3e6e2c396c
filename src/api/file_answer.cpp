#include "api/file_answer.hpp"

#include "base/logging.hpp"

namespace qd::api {
namespace {

constexpr std::size_t kPiece = 512u << 10;

class Sender : public std::enable_shared_from_this<Sender> {
 public:
  Sender(base::WorkerPool& workers, Download download, std::shared_ptr<http::Stream> stream)
      : workers_(workers), download_(std::move(download)), stream_(std::move(stream)) {}

  void send_next() {
    workers_.post([self = shared_from_this()] { self->send_piece(); });
  }

 private:
  void send_piece() {
    if (!stream_->open()) return;
    if (offset_ >= download_.size) {
      stream_->close();
      if (download_.sent) download_.sent();
      return;
    }
    const auto most = static_cast<std::size_t>(std::min<std::uint64_t>(kPiece, download_.size - offset_));
    Result<std::string> piece = fail(ErrorKind::unavailable, "it cannot be read");
    try {
      piece = download_.read(offset_, most);
    } catch (const std::exception& error) {
      piece = fail(ErrorKind::unavailable, error.what());
    }
    if (!piece || piece->empty()) {
      base::log_warn("api", "the download of " + download_.file_name +
                                " was cut off: " + (piece ? "the file is shorter than it was" : piece.error().message));
      stream_.reset();  // not closed: the client sees that it is incomplete
      return;
    }
    offset_ += piece->size();
    if (!stream_->write(std::move(*piece))) return;
    stream_->on_drain([self = shared_from_this()] { self->send_next(); });
  }

  base::WorkerPool& workers_;
  Download download_;
  std::shared_ptr<http::Stream> stream_;
  std::uint64_t offset_ = 0;
};

}  // namespace

http::Response download_answer(base::WorkerPool& workers, Download download) {
  http::Response response;
  response.headers.emplace("Content-Type", download.content_type);
  response.headers.emplace("Content-Disposition", "attachment; filename=\"" + download.file_name + "\"");
  response.stream = [&workers, download = std::move(download)](std::shared_ptr<http::Stream> stream) mutable {
    std::make_shared<Sender>(workers, std::move(download), std::move(stream))->send_next();
  };
  return response;
}

}  // namespace qd::api
