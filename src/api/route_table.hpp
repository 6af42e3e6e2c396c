// Which route a request is for: what can be told of it by its method and path, before who asks is known and before its
// body is read.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/route.hpp"
#include "http/router.hpp"

namespace qd::api {

// Built once, then read from any thread.
class RouteTable {
 public:
  // `context_path` is that of the server: "" or "/prefix".
  explicit RouteTable(std::string context_path);

  // Where a request to /api/V… leads. Points into the table.
  struct Place {
    std::string version;                                     // as it is spelt: "59"
    bool root = false;                                       // /api/V itself
    const Route* route = nullptr;                            // null: none
    std::map<std::string, std::string, std::less<>> params;  // of the path, decoded
    std::vector<std::string> allowed;                        // when only the method does not fit: those that do
    std::optional<std::string> token;                        // of a path that holds the login (Intake::token_in_path)
    std::string shown_path;                                  // for answers and logs; never with that token
  };
  // Nullopt: not of the API.
  std::optional<Place> find(const http::Request& request) const;

  // That of the request's route, else the default one.
  Intake intake(const http::Request& request) const;

  // The path below the context path, still with its escapes; the whole path when it lies elsewhere.
  std::string_view below_context(const http::Request& request) const;

 private:
  const std::string context_path_;
  const std::vector<Route> routes_;
  http::Router router_;
};

}  // namespace qd::api
