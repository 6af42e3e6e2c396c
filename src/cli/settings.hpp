// What qd knows before it looks at its verb: the RD_… variables, from the environment and ~/.rd/rd.conf.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "cli/rd_conf.hpp"

namespace qd::cli {

enum class Format { text, json, yaml, properties };
std::optional<Format> parse_format(std::string_view name);  // in any case

struct Settings {
  std::string url;                 // of the server, without "/api/NN" and without trailing slash; "" when not set
  std::optional<int> api_version;  // when the user fixed one
  std::string token, user, password;
  bool prompt = true;  // ask for credentials that are missing, on a terminal
  std::string project;
  std::string bypass_url;  // redirects to it are meant for `url`; without trailing slash
  bool verify_tls = true;
  bool warn_insecure = true;
  bool retry = true;      // GETs, when the server cannot be reached
  bool downgrade = true;  // speak an older API version when the server asks for it
  std::chrono::milliseconds connect_timeout{30'000};
  std::chrono::milliseconds timeout{600'000};
  int debug = 0;                              // 1 requests, 2 headers, 3 bodies
  std::optional<bool> color;                  // absent: on a terminal
  std::map<std::string, std::string> colors;  // "info", "output", "warn", "error" → name of a colour
  Format format = Format::text;
  std::string date_format;  // as Java's SimpleDateFormat
  std::string terminal;     // TERM
};

// Reads RD_CONF or ~/.rd/rd.conf (HOME), then the variables. Errors say which variable or line is wrong.
Result<Settings> read_settings(Environment environment);

}  // namespace qd::cli
