// Option values from elsewhere: the URL that a job names, and what may come from it. Source:
// docs/manual/jobs/job-options.md of the peer's documentation ("Option Model Provider").
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "base/result.hpp"

namespace qd::model {

struct RemoteValue {
  std::string name, value;
  bool selected = false;
  bool operator==(const RemoteValue&) const = default;
};

// What `${…}` in a values URL stands for.
struct UrlWords {
  std::map<std::string, std::string> job;      // name, group, description, project, user.name, rundeck.nodename…
  std::map<std::string, std::string> rundeck;  // nodename, serverUUID, basedir
  std::map<std::string, std::string> globals;
  std::map<std::string, std::string> options;  // values chosen so far; a missing one is ""
  std::string option;                          // the name of this one
};

// References are filled, encoded for their place when it is an http or https URL; unknown ones stay.
std::string expand_values_url(const std::string& url, const UrlWords& words);
// Names of the options that `url` asks for, each once, in their order.
std::vector<std::string> url_dependencies(const std::string& url);

// What stands behind the `#` of a values URL: timeout=60;contimeout=5;retry=1. Values that are no numbers are absent.
struct UrlSettings {
  std::string url;  // without them
  std::map<std::string, std::int64_t> numbers;
};
UrlSettings split_url_settings(const std::string& url);

// A list of texts, a list of {name, value, selected} or an object of names and values; errors say which item is wrong.
// With `sort`, by name.
Result<std::vector<RemoteValue>> read_remote_values(const Json& document, bool sort);

// Values of a JSON path: $, .key, ['key'], [n], [-n], [a:b], [*], .* and ..key. A path that can name several values
// gives a list of them. Errors: a path that cannot be read (filters among them), or that names nothing.
Result<Json> json_path(const Json& document, std::string_view path);

}  // namespace qd::model
