// What is kept of every request: counts and times by route, and a line of the log where that is switched on.
//
// Neither holds anything that a client chose: routes are patterns, queries and bodies are left out.
#pragma once

#include <chrono>
#include <string>

#include "base/trace.hpp"
#include "http/message.hpp"

namespace qd::api {

// Begun when a request is taken up; what is learnt on the way is filled in.
struct RequestRecord {
  std::chrono::steady_clock::time_point began = std::chrono::steady_clock::now();
  std::string route;  // "/api/V/project/{project}/jobs", "/assets/*"; "" until it is known
  std::string user;   // "" for nobody
};

// The pattern that a path outside of the API counts under.
std::string page_route(std::string_view path);

void tell(base::Span& span, const RequestRecord& record, const http::Request& request, const http::Response& response);
void count_request(const RequestRecord& record, const http::Request& request, const http::Response& response);
void log_request(const RequestRecord& record, const http::Request& request, const http::Response& response);

// The id of a request: the client's X-Request-Id when it is short and plain, else a new one.
std::string request_id(const http::Request& request);

}  // namespace qd::api
