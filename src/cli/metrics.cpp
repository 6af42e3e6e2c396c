// The server's figures and checks, as its monitors read them.
#include <cstdio>

#include "cli/context.hpp"
#include "cli/listing.hpp"
#include "cli/verbs.hpp"
#include "cli/view.hpp"

namespace qd::cli {
namespace {

constexpr const char* kKinds[] = {"gauges", "counters", "histograms", "meters", "timers"};

Result<int> list_endpoints(Context& context) {
  auto answer = context.api.get("metrics");
  if (!answer) return fail(answer.error());
  const Json* links = find(*answer, "_links");
  Listing listing;
  listing.line = [](const JsonObject& endpoint) { return text_or(endpoint, "name") + " " + text_or(endpoint, "href"); };
  for (const auto& [name, link] : links == nullptr ? JsonObject() : plain_view(*links)) {
    listing.items.push_back(JsonObject{{"name", name}, {"href", text_or(plain_view(link), "href")}});
  }
  note_above(context, std::to_string(listing.items.size()) + " metric endpoints:");
  show_list(context, listing);
  return exit_code::done;
}

std::string check_line(const JsonObject& check) {
  const std::string message = text_or(check, "message");
  char state[16];
  std::snprintf(state, sizeof(state), "%-11s ", truth_or(check, "healthy", false) ? "HEALTHY" : "NOT-HEALTHY");
  return state + text_or(check, "name") + (message.empty() ? "" : " -- " + message);
}

Result<int> check_health(Context& context) {
  auto answer = context.api.get("metrics/healthcheck");
  if (!answer) return fail(answer.error());
  Listing listing;
  listing.line = check_line;
  std::size_t unhealthy = 0;
  for (const auto& [name, found] : plain_view(*answer)) {
    JsonObject check = plain_view(found);
    const bool healthy = truth_or(check, "healthy", false);
    unhealthy += healthy ? 0 : 1;
    if (healthy && context.args.has("unhealthy")) continue;
    check["name"] = name;
    listing.items.push_back(std::move(check));
  }
  note_above(context, std::to_string(listing.items.size()) + " checks, " + std::to_string(unhealthy) + " not healthy:");
  show_list(context, listing);
  return context.args.has("fail") && unhealthy > 0 ? exit_code::partly : exit_code::done;
}

Result<int> print_text(const Context& context, const char* path, const char* accept) {
  Call call;
  call.path = path;
  call.accept = accept;
  auto answer = context.api.raw(call);
  if (!answer) return fail(answer.error());
  context.out.text(answer->body);
  return exit_code::done;
}

Result<int> ping(Context& context) {
  return print_text(context, "metrics/ping", "text/plain, application/json");
}
Result<int> list_threads(Context& context) {
  return print_text(context, "metrics/threads", "text/plain, application/json");
}

Result<int> show_figures(Context& context) {
  auto answer = context.api.get("metrics/metrics");
  if (!answer) return fail(answer.error());
  bool some = false;
  for (const char* kind : kKinds) some = some || context.args.has(kind);
  JsonObject chosen;
  for (const char* kind : kKinds) {
    const Json* found = find(*answer, kind);
    if (found == nullptr || (some && !context.args.has("all") && !context.args.has(kind))) continue;
    const JsonObject figures = plain_view(*found);
    context.out.note("Found " + std::to_string(figures.size()) + " " + kind + ".");
    if (!context.args.has("summary")) {
      if (!context.out.for_programs()) context.out.data(figures);
      chosen[kind] = figures;
    } else {
      chosen[kind] = figures.size();
    }
  }
  if (context.out.for_programs()) context.out.data(chosen);
  return exit_code::done;
}

}  // namespace

Commands metrics_commands() {
  return {
      {"metrics list",
       "List the endpoints that tell figures.",
       "",
       listing_options("name, href", "%href"),
       {"qd metrics list"},
       list_endpoints},
      {"metrics healthcheck",
       "Show what the server checks of itself.",
       "",
       join_options({{flag("-u,--unhealthy", "Only checks that fail."), flag("--fail", "Exit code 1 when one fails.")},
                     listing_options("name, healthy, message", "%name %healthy")}),
       {"qd metrics healthcheck", "qd metrics healthcheck --fail -u"},
       check_health},
      {"metrics data",
       "Show the figures.",
       "",
       {flag("-a,--all", "All of them, as without any of the others."), flag("-g,--gauges", "Gauges."),
        flag("-c,--counters", "Counters."), flag("--histograms", "Histograms."), flag("-m,--meters", "Meters."),
        flag("-t,--timers", "Timers."), flag("-s,--summary", "Only how many of each.")},
       {"qd metrics data -c", "qd metrics data -o json"},
       show_figures},
      {"metrics threads", "List the server's threads.", "", {}, {"qd metrics threads"}, list_threads},
      {"metrics ping", "Ask the server for an answer.", "", {}, {"qd metrics ping"}, ping},
  };
}

}  // namespace qd::cli
