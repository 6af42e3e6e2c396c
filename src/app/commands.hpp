// Commands of `quarterdeck` beside the server, for packages and containers. Each returns the exit code.
#pragma once

#include <istream>
#include <ostream>
#include <string>

#include "app/config.hpp"

namespace qd::app {

// Asks the server that `request` configures, or the one at `url`, for GET /health. 0: it answers and its database does;
// 1: it does not; 2: the configuration cannot be read.
int check_health(const ConfigRequest& request, const std::string& url, std::ostream& out, std::ostream& err);

// Reads a password, one line, and writes what realm.properties holds for it: "BCRYPT:…". 2: too long, or none.
int hash_password(std::istream& in, std::ostream& out, std::ostream& err);

}  // namespace qd::app
