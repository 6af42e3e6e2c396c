#include "service/member_requests.hpp"

#include "base/id.hpp"
#include "cluster/cms_request.hpp"

namespace qd::service {
namespace {

constexpr Millis kMaxAge{30'000};
constexpr std::size_t kNonceLength = 22;
constexpr const char* kMethod = "GET";

std::string path_of_url(const std::string& url) {
  const auto host = url.find("://");
  const auto slash = host == std::string::npos ? host : url.find('/', host + 3);
  return slash == std::string::npos ? std::string() : url.substr(slash);
}

bool answers(const model::Member& member) {
  return member.state == model::Member::State::live || member.state == model::Member::State::leaving;
}

}  // namespace

bool MemberRequests::runs(const std::string& uuid) {
  const auto member = members_.find(uuid);
  return member && answers(*member);
}

Result<MemberAnswer> MemberRequests::ask(const std::string& uuid, const std::string& target) {
  if (!possible()) return fail(ErrorKind::not_found, "Members do not ask each other without message encryption");
  const auto member = members_.find(uuid);
  if (!member || !answers(*member)) return fail(ErrorKind::not_found, "The member " + uuid + " does not run");
  cluster::MemberRequest request;
  request.method = kMethod;
  request.target = path_of_url(member->url) + target;
  request.recipient = uuid;
  const auto signature = sealer_->sign(request, database_.now(), base::random_token(kNonceLength));
  if (!signature) return fail(signature.error());
  return send_(member->url + target, *signature);
}

Result<std::string> MemberRequests::check(const std::string& target, const std::string& signature) {
  const auto parsed = cluster::parse_request_signature(signature);
  if (!parsed) return fail(parsed.error());
  const auto sender = members_.find(parsed->sender);
  if (!sender || !answers(*sender) || sender->certificate.empty())
    return fail(ErrorKind::unauthorized, "The member " + parsed->sender + " is not known, or has no certificate");
  cluster::MemberRequest request;
  request.method = kMethod;
  request.target = target;
  request.recipient = self_.uuid();
  const auto verified =
      cluster::verify_request(*parsed, request, sender->certificate, database_.now(), kMaxAge, guard_);
  if (!verified) return fail(verified.error());
  return parsed->sender;
}

}  // namespace qd::service
