// Requests straight from one member to another, signed and checked: see cluster/cms_request.hpp.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "cluster/keyed_sealer.hpp"
#include "cluster/replay_guard.hpp"
#include "model/member.hpp"
#include "store/member_store.hpp"

namespace qd::service {

struct MemberAnswer {
  int status = 0;
  std::string body;
  std::map<std::string, std::string> headers;  // names in lower case
};
// GET of a URL with the header X-Quarterdeck-Member; the error is `unavailable`.
using MemberSend = std::function<Result<MemberAnswer>(const std::string& url, const std::string& signature)>;

// Thread-safe; blocks on the database and on the other member.
class MemberRequests {
 public:
  // `sealer` is null without encryption: then members do not ask each other.
  MemberRequests(store::Database& database, const model::OwnIncarnation& self, cluster::KeyedSealer* sealer,
                 MemberSend send)
      : database_(database), members_(database), self_(self), sealer_(sealer), send_(std::move(send)) {}

  bool possible() const { return sealer_ != nullptr; }
  bool runs(const std::string& uuid);  // as its row says
  // `target` is path and query below the member's URL. Errors: it is not live, has no certificate, cannot be reached.
  Result<MemberAnswer> ask(const std::string& uuid, const std::string& target);
  // The uuid of the member that sent this, proven. `target` and `signature` as they stand in the request.
  Result<std::string> check(const std::string& target, const std::string& signature);

 private:
  store::Database& database_;
  store::MemberStore members_;
  const model::OwnIncarnation& self_;
  cluster::KeyedSealer* const sealer_;
  const MemberSend send_;
  cluster::ReplayGuard guard_;
};

}  // namespace qd::service
