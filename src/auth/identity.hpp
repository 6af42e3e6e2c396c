// Who makes a request.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "acl/rights.hpp"

namespace qd::auth {

struct Identity {
  std::string user;
  std::vector<std::string> roles;
  enum class By { session, token, proxy } by = By::session;
  std::string token_id = {};  // when by a token
  // What it may do, as the policies were when the request came; null: nothing.
  std::shared_ptr<const acl::Rights> rights = nullptr;
  std::string address = {}, agent = {};  // of the client: where the request came from, and its User-Agent

  bool has_role(const std::string& role) const;
};

}  // namespace qd::auth
