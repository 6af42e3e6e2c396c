// Searching in the output of one execution, and in that of the executions of a project.
#include <algorithm>

#include "api/answers.hpp"
#include "api/execution_json.hpp"
#include "api/execution_query.hpp"
#include "api/output_json.hpp"
#include "api/route.hpp"
#include "service/output_search.hpp"

namespace qd::api {
namespace {

constexpr std::size_t kUsualHits = 100;
constexpr std::size_t kMostHits = 1'000;

service::TextQuery text_query(const Call& call) {
  return {call.query("query").value_or(""), call.truth("regex"), call.truth("ignoreCase"),
          call.query("node").value_or(""), call.query("stepctx").value_or("")};
}

JsonArray hits_json(const std::vector<log::ReadEvent>& hits) {
  JsonArray list;
  for (const auto& hit : hits) {
    auto entry = entry_json(hit.event, false, true);
    entry["offset"] = std::to_string(hit.offset);
    list.push_back(std::move(entry));
  }
  return list;
}

http::Response search_execution(Call& call) {
  const auto execution = call.services.executions.find(call.who, call.param("id"));
  if (!execution) return error_answer(execution.error());
  const auto offset = call.number("offset", 0);
  if (!offset) return error_answer(offset.error());
  const auto max = call.number("max", kUsualHits);
  if (!max) return error_answer(max.error());
  const auto view = call.services.output.view(*execution);
  service::OutputSearch search(call.services.executions, call.services.output, call.services.clock);
  const auto query = text_query(call);
  auto page = search.in_execution(*execution, view, query, static_cast<std::int64_t>(*offset),
                                  std::clamp<std::size_t>(*max, 1, kMostHits));
  if (!page) return error_answer(page.error());
  JsonObject answer{{"id", std::to_string(execution->id)},
                    {"query", query.text},
                    {"matches", hits_json(page->hits)},
                    {"offset", std::to_string(page->next_offset)},
                    {"completed", service::Output::settled(view, *execution) && !page->more}};
  if (view.path.empty()) answer["message"] = "Pending";
  if (!view.message.empty()) answer["message"] = view.message;
  return json_answer(answer);
}

http::Response search_project(Call& call) {
  auto which = execution_query(call);
  if (!which) return error_answer(which.error());
  which->project = call.param("project");
  const auto max = call.number("max", kUsualHits);
  if (!max) return error_answer(max.error());
  service::OutputSearch search(call.services.executions, call.services.output, call.services.clock);
  const auto query = text_query(call);
  const auto found = search.in_project(call.who, std::move(*which), query, std::clamp<std::size_t>(*max, 1, kMostHits));
  if (!found) return error_answer(found.error());
  JsonArray executions, unread;
  JobFacts facts(call.services.jobs);
  for (const auto& one : found->executions) {
    executions.push_back(JsonObject{{"execution", execution_json(call, one.execution, facts)},
                                    {"matches", hits_json(one.hits)},
                                    {"more", one.more}});
  }
  for (const auto id : found->unread) unread.emplace_back(id);
  return json_answer(JsonObject{{"query", query.text},
                                {"executions", std::move(executions)},
                                {"pending", std::move(unread)},
                                {"searched", static_cast<std::int64_t>(found->searched)},
                                {"offset", static_cast<std::int64_t>(found->next)},
                                {"more", found->more}});
}

}  // namespace

const std::vector<Route>& search_routes() {
  static const std::vector<Route> kRoutes{
      {"GET", "execution/{id}/output/search", 14, {"execution", "read"}, search_execution},
      {"GET", "project/{project}/output/search", 14, {"execution", "read"}, search_project},
  };
  return kRoutes;
}

}  // namespace qd::api
