#include "api/member_pages.hpp"

#include <algorithm>

#include "api/answers.hpp"
#include "base/text.hpp"
#include "cluster/cms_request.hpp"

namespace qd::api {
namespace {

constexpr std::string_view kLog = "/member/log/";
constexpr std::string_view kArchive = "/member/archive/";
constexpr std::int64_t kMostBytes = 4 << 20;

http::Response no_such_log(std::string_view id) {
  return error_answer(404, "api.error.item.doesnotexist", "This member has no log of execution " + std::string(id));
}

http::Response log_bytes(Services& services, const http::Request& request, std::string_view id) {
  const auto number = base::parse_int(id);
  const auto execution = number ? services.executions.current(*number) : std::nullopt;
  if (!execution) return no_such_log(id);
  const auto parameter = [&](const char* name) {
    return std::max<std::int64_t>(0, base::parse_int(request.parameter(name).value_or("0")).value_or(0));
  };
  const auto max = std::clamp<std::int64_t>(parameter("max"), 0, kMostBytes);
  auto found = services.output.bytes(*execution, parameter("offset"), static_cast<std::size_t>(max));
  if (!found) return error_answer(found.error());
  if (!*found) return no_such_log(id);
  auto response = http::Response::text(200, std::move((*found)->bytes), "application/octet-stream");
  response.headers.emplace("X-Quarterdeck-Log-Size", std::to_string((*found)->size));
  response.headers.emplace("X-Quarterdeck-Log-Ended", (*found)->ended ? "1" : "0");
  return response;
}

http::Response archive_bytes(Services& services, const http::Request& request, std::string_view token) {
  const auto parameter = [&](const char* name) {
    return std::max<std::int64_t>(0, base::parse_int(request.parameter(name).value_or("0")).value_or(0));
  };
  auto bytes = services.archives.read_here(std::string(token), static_cast<std::uint64_t>(parameter("offset")),
                                           static_cast<std::size_t>(std::min(parameter("max"), kMostBytes)));
  if (!bytes) return error_answer(bytes.error());
  return http::Response::text(200, std::move(*bytes), "application/octet-stream");
}

}  // namespace

http::Response member_page(Services& services, const http::Request& request, std::string_view path) {
  const auto signature = request.header(cluster::member_signature_header);
  const auto sender = signature && request.method == "GET"
                          ? services.members.check(request.target, *signature)
                          : Result<std::string>(fail(ErrorKind::unauthorized, "not signed by a member"));
  if (!sender) {
    return error_answer(403, "unauthorized", "Only members of this cluster may ask this: " + sender.error().message);
  }
  if (path.starts_with(kLog)) return log_bytes(services, request, path.substr(kLog.size()));
  if (path.starts_with(kArchive)) return archive_bytes(services, request, path.substr(kArchive.size()));
  return error_answer(404, "api.error.invalid.request", "Members ask nothing there");
}

}  // namespace qd::api
