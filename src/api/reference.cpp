#include "api/reference.hpp"

#include <string>
#include <unordered_map>

namespace qd::api {

std::vector<RouteNote> all_notes() {
  std::vector<RouteNote> all;
  for (const auto& family :
       {project_notes(), job_notes(), execution_notes(), cluster_notes(), access_notes(), exchange_notes()})
    all.insert(all.end(), family.begin(), family.end());
  return all;
}

const RouteNote* note_of(std::string_view method, std::string_view pattern) {
  static const std::vector<RouteNote> kAll = all_notes();
  static const auto kByRoute = [] {
    std::unordered_map<std::string_view, const RouteNote*> by_route;
    for (const RouteNote& note : kAll) by_route.emplace(note.route, &note);
    return by_route;
  }();
  const auto found = kByRoute.find(std::string(method) + " " + std::string(pattern));
  return found == kByRoute.end() ? nullptr : found->second;
}

}  // namespace qd::api
