#include "logstore/s3_client.hpp"

#include <algorithm>
#include <pugixml.hpp>
#include <thread>

#include "base/id.hpp"
#include "base/logging.hpp"
#include "base/text.hpp"
#include "logstore/http_date.hpp"
#include "logstore/sigv4.hpp"

namespace qd::logstore {
namespace {

constexpr int kAttempts = 5;
constexpr Millis kFirstPause{200};
constexpr Millis kLongestPause{3'000};
constexpr std::chrono::seconds kStall{30};    // no byte moved for so long: tried again
constexpr std::chrono::minutes kLongest{30};  // one request, whatever its size
constexpr std::size_t kMaxAnswer = 1u << 20;  // of answers that are kept: XML
constexpr std::size_t kMaxError = 16 << 10;
constexpr std::int64_t kGrossSkew = 60'000;

// What an error's XML says.
struct Complaint {
  std::string code, message;
};

Complaint read_complaint(const std::string& body) {
  pugi::xml_document document;
  document.load_buffer(body.data(), body.size());
  const auto error = document.child("Error");
  return {error.child("Code").text().get(), error.child("Message").text().get()};
}

bool is_refused_key(const std::string& code) {
  return code == "ExpiredToken" || code == "InvalidToken" || code == "TokenRefreshRequired" ||
         code == "InvalidAccessKeyId";
}

}  // namespace

struct S3Client::Attempt {
  std::optional<http::ClientResponse> answer;  // 2xx or 404
  std::string problem;
  bool again = false;  // it may help to try again
  bool at_once = false;
};

S3Client::S3Client(S3Settings settings, Settings credentials, std::map<std::string, std::string> environment)
    : settings_(std::move(settings)), credentials_(std::move(credentials), std::move(environment), settings_.region) {}

UnixMillis S3Client::now() const {
  return SystemClock().now() + clock_offset_;
}

bool S3Client::learn_clock(const http::ClientResponse& answer) {
  const auto server = parse_http_date(answer.header("date"));
  if (!server) return false;
  const auto offset = *server - SystemClock().now();
  if (std::abs(offset - clock_offset_) < kGrossSkew) return false;  // no better than what was tried
  clock_offset_ = offset;
  base::log_warn("logstore", "the clock of the S3 server is " + std::to_string(offset / 1000) +
                                 " s ahead of this machine's; requests to it use its time");
  return true;
}

S3Client::Attempt S3Client::attempt(const S3Request& request) {
  const auto credentials = credentials_.get(now());
  if (!credentials) return {{}, credentials.error().message, credentials.error().kind == ErrorKind::unavailable, false};
  const auto place = place_of(settings_, request.key);
  AwsRequest signing;
  signing.method = request.method;
  signing.host = place.host;
  signing.path = place.path;
  signing.query = request.query;
  signing.headers = request.headers;
  signing.payload_sha256 = base::sha256_hex(request.body);

  http::ClientRequest sending;
  sending.method = request.method;
  sending.url = place.url + (request.query.empty() ? "" : "?" + canonical_query(request.query));
  sending.headers = sign_aws_request(signing, *credentials, {settings_.region, "s3", now()});
  sending.body = request.body;
  sending.timeout = kLongest;
  sending.stall_timeout = kStall;
  sending.follow_redirects = false;
  sending.max_bytes = kMaxAnswer;
  std::string complaint_text;
  if (request.on_data) {
    sending.on_status_data = [&](int status, std::string_view bytes) {
      if (status / 100 == 2) return request.on_data(status, bytes);
      complaint_text.append(bytes.substr(0, kMaxError - std::min(kMaxError, complaint_text.size())));
      return true;
    };
  }
  auto answer = http::fetch(sending);
  if (!answer) return {{}, answer.error().message, true, false};
  const int status = answer->status;
  if (status / 100 == 2 || status == 404) {
    const auto missing = read_complaint(request.on_data ? complaint_text : answer->body);
    if (status == 404 && missing.code == "NoSuchBucket")
      return {{}, "the bucket " + settings_.bucket + " does not exist", false, false};
    return {std::move(*answer), {}, false, false};
  }
  const auto complaint = read_complaint(request.on_data ? complaint_text : answer->body);
  Attempt failed;
  failed.problem = std::to_string(status) + " " + complaint.code + " " + complaint.message;
  if (status / 100 == 3) {
    failed.problem += "; is the region right? The server says " + answer->header("x-amz-bucket-region");
  } else if (complaint.code == "RequestTimeTooSkewed" || status == 403) {
    failed.again = failed.at_once = learn_clock(*answer);
    if (!failed.again && is_refused_key(complaint.code)) {
      credentials_.forget();
      failed.again = true;
    }
  } else {
    failed.again = status == 408 || status == 429 || status >= 500 || complaint.code == "RequestTimeout";
  }
  return failed;
}

Result<http::ClientResponse> S3Client::send(S3Request request, const std::function<bool(S3Request&)>& again) {
  Millis pause = kFirstPause;
  for (int count = 1;; ++count) {
    auto tried = attempt(request);
    if (tried.answer) return std::move(*tried.answer);
    const bool last = count >= kAttempts || !tried.again;
    if (last || (again && !again(request))) {
      return fail(ErrorKind::unavailable, "S3 " + request.method + " " + settings_.bucket + "/" + request.key + ": " +
                                              std::string(base::trim(tried.problem)));
    }
    base::log_debug("logstore", "S3 " + request.method + " " + request.key + " is tried again: " + tried.problem);
    if (tried.at_once) continue;
    std::this_thread::sleep_for(pause);
    pause = std::min(pause * 3, kLongestPause);
  }
}

}  // namespace qd::logstore
