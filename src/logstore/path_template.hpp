// The key of an execution's files, made from a setting like "project/${job.project}/${job.execid}". Pure.
//
// Source: setting `path` of the S3 log storage plugin, in its public documentation.
#pragma once

#include <map>
#include <string>

#include "base/result.hpp"

namespace qd::logstore {

inline constexpr const char* default_path_template = "project/${job.project}/${job.execid}";

// Fills in `${job.NAME}` from `job` ("execid", "project", "id", "group", "name"…); names that are not there become
// nothing, leading slashes go and repeated ones become one. A template must hold ${job.execid} or end with a slash;
// then the id follows it. Errors: it does neither, or the outcome is empty, ends with a slash, or has a "." or ".." in
// its path.
Result<std::string> expand_path(const std::string& path, const std::map<std::string, std::string>& job);

// Is `key` a path that leads out of nothing: not empty, no "." or "..", no control characters, at most 900 bytes?
Result<> check_key(const std::string& key);

}  // namespace qd::logstore
