// What is believed of a request: proxies that may speak for others, and headers in which they do.
#pragma once

#include <string>

#include "auth/address_set.hpp"

namespace qd::api {

struct RequestRules {
  auth::AddressSet proxies;  // their X-Forwarded-For and -Proto count, and the headers below

  // Proxies that log users in themselves and name them in headers.
  struct Vouching {
    bool enabled = false;
    std::string user_header, roles_header, delimiter;
    bool sync_profile = false;
    std::string first_name_header, last_name_header, email_header;
    std::string logout_url;  // where a logout leads; empty: to our own page
  } vouching;
};

}  // namespace qd::api
