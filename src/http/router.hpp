// Finds the route of a method and path in a trie of path segments.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.hpp"

namespace qd::http {

// Patterns are segments: "job/{id}/run". "{id}" matches one segment, "{path*}" (last only) the rest with its slashes,
// which may be empty. A literal segment wins over a parameter. Built once, then read from any thread.
class Router {
 public:
  struct Match {
    std::size_t route = 0;  // what add() returned
    std::map<std::string, std::string, std::less<>> params;
  };
  struct Lookup {
    std::optional<Match> match;
    std::vector<std::string> allowed;  // when only the method did not fit: the methods of this path
  };

  Router();
  ~Router();
  Router(Router&&) noexcept;
  Router& operator=(Router&&) noexcept;

  // Throws std::logic_error on a duplicate or a pattern that is none.
  std::size_t add(std::string_view method, std::string_view pattern);
  // `raw_path` is not decoded yet (Request::raw_path), with or without leading slash: it is cut into segments first and
  // each segment is decoded once, so that "a%2Fb" is one segment "a/b". Parameters come out decoded.
  Lookup find(std::string_view method, std::string_view raw_path) const;
  Lookup find(const Request& request) const { return find(request.method, request.raw_path); }

 private:
  struct Node;
  std::unique_ptr<Node> root_;
  std::size_t count_ = 0;
};

}  // namespace qd::http
