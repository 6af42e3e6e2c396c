// How this folder talks to providers: a plain function, so that it knows no HTTP library and tests need no network.
#pragma once

#include <functional>
#include <string>

#include "base/result.hpp"

namespace qd::auth {

struct WebCall {
  std::string url;
  std::string form = {};                 // not empty: POST of application/x-www-form-urlencoded, else GET
  std::string user = {}, password = {};  // basic authentication, when not empty
  std::string bearer = {};               // Authorization: Bearer
};

struct WebAnswer {
  int status = 0;
  std::string body;
};

// Blocks, for seconds at most; follows no redirects; reads 1 MiB at most. Errors name the URL, never a secret.
using WebFetch = std::function<Result<WebAnswer>(const WebCall&)>;

}  // namespace qd::auth
