// The one HTML document of the web interface: every page is drawn inside of it by scripts.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "api/services.hpp"
#include "auth/identity.hpp"
#include "http/message.hpp"

namespace qd::api {

struct ShellPage {
  int status = 200;
  const auth::Identity* who = nullptr;  // null: nobody is logged in
  std::string message;                  // of a login page: why the last attempt failed
  bool login_form = false;              // holds the form, for browsers without scripts and for programs
  std::string_view path = {};           // of the page, without the prefix
};

// The document with what it needs at start written into it, and a Content-Security-Policy of its own: scripts and
// styles of this server only. Style elements that scripts make carry the answer's nonce.
http::Response shell_page(const Services& services, const ShellPage& page);

}  // namespace qd::api
