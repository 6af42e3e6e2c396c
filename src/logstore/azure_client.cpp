#include "logstore/azure_client.hpp"

#include <algorithm>
#include <map>
#include <pugixml.hpp>
#include <thread>

#include "base/logging.hpp"
#include "base/text.hpp"
#include "logstore/http_date.hpp"
#include "logstore/sigv4.hpp"

namespace qd::logstore {
namespace {

constexpr const char* kAzureVersion = "2021-08-06";
constexpr int kAzureAttempts = 5;
constexpr Millis kAzureFirstPause{200};
constexpr Millis kAzureLongestPause{3'000};
constexpr std::chrono::seconds kAzureStall{30};
constexpr std::chrono::minutes kAzureLongest{30};
constexpr std::size_t kAzureMaxAnswer = 1u << 20;
constexpr std::int64_t kAzureGrossSkew = 60'000;

std::string complaint_of(const http::ClientResponse& answer) {
  pugi::xml_document document;
  document.load_buffer(answer.body.data(), answer.body.size());
  std::string message = document.child("Error").child("Message").text().get();
  message = message.substr(0, message.find('\n'));
  return std::to_string(answer.status) + " " + answer.header("x-ms-error-code") + " " + message;
}

std::string header_of(const std::vector<std::pair<std::string, std::string>>& headers, std::string_view name) {
  for (const auto& [key, value] : headers) {
    if (base::iequals(key, name)) return value;
  }
  return {};
}

}  // namespace

std::string azure_text_to_sign(const AzureRequest& request, const std::string& account,
                               const std::vector<std::pair<std::string, std::string>>& headers) {
  std::string text = request.method + "\n";
  for (const char* name : {"content-encoding", "content-language"}) text += header_of(headers, name) + "\n";
  text += (request.body.empty() ? "" : std::to_string(request.body.size())) + "\n";
  for (const char* name : {"content-md5", "content-type"}) text += header_of(headers, name) + "\n";
  text += "\n";  // the date is x-ms-date
  for (const char* name : {"if-modified-since", "if-match", "if-none-match", "if-unmodified-since", "range"})
    text += header_of(headers, name) + "\n";
  std::map<std::string, std::string> own, query;
  for (const auto& [name, value] : headers) {
    if (base::lower(name).starts_with("x-ms-")) own[base::lower(name)] = base::trim(value);
  }
  for (const auto& [name, value] : request.query) query[base::lower(name)] = value;
  for (const auto& [name, value] : own) text += name + ":" + value + "\n";
  text += "/" + account + request.path;
  for (const auto& [name, value] : query) text += "\n" + name + ":" + value;
  return text;
}

struct AzureClient::Attempt {
  std::optional<http::ClientResponse> answer;
  std::string problem;
  bool again = false, at_once = false;
};

bool AzureClient::learn_clock(const http::ClientResponse& answer) {
  const auto server = parse_http_date(answer.header("date"));
  if (!server) return false;
  const auto offset = *server - SystemClock().now();
  if (std::abs(offset - clock_offset_) < kAzureGrossSkew) return false;
  clock_offset_ = offset;
  base::log_warn("logstore", "the clock of the Azure server is " + std::to_string(offset / 1000) +
                                 " s ahead of this machine's; requests to it use its time");
  return true;
}

AzureClient::Attempt AzureClient::attempt(const AzureRequest& request, const std::vector<int>& fine) {
  http::ClientRequest sending;
  sending.method = request.method;
  sending.url = request.url + (request.query.empty() ? "" : "?" + canonical_query(request.query));
  sending.headers = request.headers;
  sending.headers.emplace_back("x-ms-date", http_date(SystemClock().now() + clock_offset_));
  sending.headers.emplace_back("x-ms-version", kAzureVersion);
  const auto text = azure_text_to_sign(request, settings_.account, sending.headers);
  sending.headers.emplace_back("Authorization",
                               "SharedKey " + settings_.account + ":" + base::base64(hmac_sha256(settings_.key, text)));
  sending.body = request.body;
  sending.timeout = kAzureLongest;
  sending.stall_timeout = kAzureStall;
  sending.follow_redirects = false;
  sending.max_bytes = kAzureMaxAnswer;
  if (request.on_data) {
    sending.on_status_data = [&](int status, std::string_view bytes) {
      return status / 100 != 2 || request.on_data(status, bytes);
    };
  }
  auto answer = http::fetch(sending);
  if (!answer) return {{}, answer.error().message, true, false};
  const int status = answer->status;
  if (status / 100 == 2 || status == 404 || std::find(fine.begin(), fine.end(), status) != fine.end())
    return {std::move(*answer), {}, false, false};
  Attempt failed;
  failed.problem = complaint_of(*answer);
  if (status == 403) {
    failed.again = failed.at_once = learn_clock(*answer);
  } else {
    failed.again = status == 408 || status == 429 || status >= 500;
  }
  return failed;
}

Result<http::ClientResponse> AzureClient::send(AzureRequest request, const std::function<bool(AzureRequest&)>& again,
                                               const std::vector<int>& fine) {
  Millis pause = kAzureFirstPause;
  for (int count = 1;; ++count) {
    auto tried = attempt(request, fine);
    if (tried.answer) return std::move(*tried.answer);
    const bool last = count >= kAzureAttempts || !tried.again;
    if (last || (again && !again(request))) {
      return fail(ErrorKind::unavailable,
                  "Azure " + request.method + " " + request.path + ": " + std::string(base::trim(tried.problem)));
    }
    base::log_debug("logstore", "Azure " + request.method + " " + request.path + " is tried again: " + tried.problem);
    if (tried.at_once) continue;
    std::this_thread::sleep_for(pause);
    pause = std::min(pause * 3, kAzureLongestPause);
  }
}

}  // namespace qd::logstore
