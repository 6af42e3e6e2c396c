// The API is a table of routes: one file per resource family ends with its table; api/routes.cpp joins them.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/services.hpp"
#include "auth/identity.hpp"
#include "base/json.hpp"
#include "http/body_file.hpp"
#include "http/message.hpp"

namespace qd::api {

inline constexpr int kCurrentVersion = 59;
inline constexpr int kMinimumVersion = 14;

// One authenticated request on its way through a handler.
struct Call {
  const http::Request& request;
  Services& services;
  const auth::Identity& who;
  int version;                                             // of the URL
  std::map<std::string, std::string, std::less<>> params;  // of the path
  std::shared_ptr<const http::BodyFile> upload = {};       // the body, when it is one that goes to disk

  const std::string& param(std::string_view name) const;
  // A parameter of the query or form; nullopt when absent or empty.
  std::optional<std::string> query(std::string_view name) const;
  bool truth(std::string_view name) const;  // "true" in any case
  // A non-negative number, or an `invalid` error that names the parameter.
  Result<std::size_t> number(std::string_view name, std::size_t fallback) const;

  bool has_json_body() const;
  // The body as a JSON object, leniently read; an empty body is an empty object.
  Result<JsonObject> json_body() const;
  Result<Json> json_value() const;
  // True when the client asks for this media type in Accept before JSON.
  bool accepts(std::string_view media_type) const;
};

using Handler = http::Response (*)(Call&);

// The decision that a request needs (see service::Decision). When the path tells what it is about, it is taken before
// the handler runs; for a job, an execution or a list the use case takes it.
struct Needs {
  const char* resource;  // "" with action "": anybody who is logged in; the use case filters what he sees
  const char* action;
  enum class Judge { path, use_case } judge = Judge::path;
};
inline constexpr Needs kLogin{"", ""};

struct Route {
  const char* method;
  const char* pattern;  // below /api/{version}/
  int since;            // least version
  Needs needs;
  Handler handle;
};

const std::vector<Route>& project_routes();
const std::vector<Route>& archive_routes();
const std::vector<Route>& job_routes();
const std::vector<Route>& job_import_routes();
const std::vector<Route>& job_edit_routes();
const std::vector<Route>& job_run_routes();
const std::vector<Route>& job_bulk_routes();
const std::vector<Route>& upload_routes();
const std::vector<Route>& ad_hoc_routes();
const std::vector<Route>& execution_routes();
const std::vector<Route>& output_routes();
const std::vector<Route>& event_routes();
const std::vector<Route>& history_routes();
const std::vector<Route>& token_routes();
const std::vector<Route>& user_routes();
const std::vector<Route>& local_user_routes();
const std::vector<Route>& audit_routes();
const std::vector<Route>& system_routes();
const std::vector<Route>& log_storage_routes();
const std::vector<Route>& search_routes();
const std::vector<Route>& schedule_routes();
const std::vector<Route>& fire_routes();
const std::vector<Route>& cluster_routes();
const std::vector<Route>& calendar_routes();
const std::vector<Route>& project_schedule_routes();
const std::vector<Route>& node_routes();
const std::vector<Route>& option_routes();
const std::vector<Route>& acl_routes();
const std::vector<Route>& explain_routes();
const std::vector<Route>& key_routes();
const std::vector<Route>& notification_routes();
const std::vector<Route>& plugin_routes();
const std::vector<Route>& browse_routes();
const std::vector<Route>& authorization_routes();
const std::vector<Route>& feature_routes();
const std::vector<Route>& webhook_routes();
const std::vector<Route>& scm_routes();

// All of the above.
std::vector<Route> all_routes();

}  // namespace qd::api
