#include "http/router.hpp"

#include <algorithm>
#include <stdexcept>

#include "http/target.hpp"

namespace qd::http {

struct Router::Node {
  struct Route {
    std::string method;
    std::size_t number = 0;
    std::vector<std::string> names;  // of the parameters, in path order
  };

  std::map<std::string, std::unique_ptr<Node>, std::less<>> literals;
  std::unique_ptr<Node> parameter;
  std::vector<Route> routes;       // of the path that ends here
  std::vector<Route> rest_routes;  // of "{name*}" from here on
};

namespace {

std::string_view without_leading_slash(std::string_view path) {
  return !path.empty() && path.front() == '/' ? path.substr(1) : path;
}

// "{name}" and "{name*}" give the name and whether it takes the rest; a literal gives an empty name.
struct PatternSegment {
  std::string_view text;
  bool parameter = false;
  bool rest = false;
};

PatternSegment read_pattern_segment(std::string_view segment, std::string_view pattern) {
  const auto bad = [&] { return std::logic_error("route pattern '" + std::string(pattern) + "' is malformed"); };
  if (segment.empty()) throw bad();
  if (segment.front() != '{') {
    if (segment.find_first_of("{}*%") != std::string_view::npos) throw bad();
    return {segment};
  }
  if (segment.back() != '}') throw bad();
  segment = segment.substr(1, segment.size() - 2);
  const bool rest = !segment.empty() && segment.back() == '*';
  if (rest) segment.remove_suffix(1);
  if (segment.empty() || segment.find_first_of("{}*") != std::string_view::npos) throw bad();
  return {segment, true, rest};
}

// A match in the making: the routes of the pattern that fits, and the values of its parameters.
template <class Node>
class Walk {
 public:
  // True when `path`, from `node` on, ends at routes.
  bool visit(const Node& node, std::string_view path) {
    if (path.empty() && !node.routes.empty()) {
      routes = &node.routes;
      return true;
    }
    if (!path.empty() && visit_segment(node, path)) return true;
    if (node.rest_routes.empty()) return false;
    auto rest = decode_escapes(path);
    if (!rest) return false;
    values.push_back(std::move(*rest));
    routes = &node.rest_routes;
    return true;
  }

  const std::vector<typename Node::Route>* routes = nullptr;
  std::vector<std::string> values;

 private:
  bool visit_segment(const Node& node, std::string_view path) {
    const auto end = std::min(path.find('/'), path.size());
    const std::string_view raw = path.substr(0, end);
    const std::string_view next = path.substr(std::min(end + 1, path.size()));
    const auto segment = decode_escapes(raw);
    if (!segment || segment->empty()) return false;
    if (const auto literal = node.literals.find(*segment); literal != node.literals.end()) {
      if (visit(*literal->second, next)) return true;
    }
    if (!node.parameter) return false;
    const std::size_t kept = values.size();
    values.push_back(*segment);
    if (visit(*node.parameter, next)) return true;
    values.resize(kept);
    return false;
  }
};

template <class Route>
const Route* route_of(const std::vector<Route>& routes, std::string_view method) {
  const auto with = [&](std::string_view wanted) {
    const auto found = std::find_if(routes.begin(), routes.end(), [&](const Route& r) { return r.method == wanted; });
    return found == routes.end() ? nullptr : &*found;
  };
  const Route* exact = with(method);
  return exact == nullptr && method == "HEAD" ? with("GET") : exact;
}

}  // namespace

Router::Router() : root_(std::make_unique<Node>()) {}
Router::~Router() = default;
Router::Router(Router&&) noexcept = default;
Router& Router::operator=(Router&&) noexcept = default;

std::size_t Router::add(std::string_view method, std::string_view pattern) {
  Node* node = root_.get();
  std::vector<std::string> names;
  bool rest = false;
  for (std::string_view left = without_leading_slash(pattern); !left.empty();) {
    if (rest) throw std::logic_error("route pattern '" + std::string(pattern) + "' goes on after '*'");
    const auto end = std::min(left.find('/'), left.size());
    const PatternSegment segment = read_pattern_segment(left.substr(0, end), pattern);
    left.remove_prefix(std::min(end + 1, left.size()));
    if (segment.parameter) names.emplace_back(segment.text);
    rest = segment.rest;
    if (rest) continue;
    auto& child = segment.parameter ? node->parameter : node->literals[std::string(segment.text)];
    if (!child) child = std::make_unique<Node>();
    node = child.get();
  }
  auto& routes = rest ? node->rest_routes : node->routes;
  for (const Node::Route& other : routes) {
    if (other.method == method) {
      throw std::logic_error("route " + std::string(method) + " '" + std::string(pattern) + "' exists already");
    }
  }
  routes.push_back({std::string(method), count_, std::move(names)});
  return count_++;
}

Router::Lookup Router::find(std::string_view method, std::string_view raw_path) const {
  Lookup lookup;
  Walk<Node> walk;
  if (!walk.visit(*root_, without_leading_slash(raw_path))) return lookup;
  const Node::Route* route = route_of(*walk.routes, method);
  if (route == nullptr) {
    for (const Node::Route& other : *walk.routes) lookup.allowed.push_back(other.method);
    return lookup;
  }
  Match match{route->number, {}};
  for (std::size_t i = 0; i < route->names.size(); ++i)
    match.params.emplace(route->names[i], std::move(walk.values[i]));
  lookup.match = std::move(match);
  return lookup;
}

}  // namespace qd::http
