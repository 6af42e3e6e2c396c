#include "service/output_search.hpp"

#include "service/access.hpp"
#include "service/errors.hpp"

namespace qd::service {
namespace {

constexpr std::size_t kMostSearched = 200;
constexpr std::size_t kListed = 50;  // executions of one query
constexpr std::int64_t kMostBytes = 512 << 20;
constexpr UnixMillis kLongestSearch = 5'000;
constexpr std::size_t kHitsOfOne = 20;
constexpr std::size_t kMaxText = 1'000;

Result<std::optional<model::Regex>> pattern_of(const TextQuery& query) {
  if (query.text.empty()) return missing_parameter("query");
  if (query.text.size() > kMaxText) return bad_parameter("query", query.text.substr(0, 40) + "…", "it is too long");
  if (!query.regex) return std::optional<model::Regex>();
  auto compiled = model::Regex::compile(query.ignore_case ? "(?i)" + query.text : query.text);
  if (!compiled) return bad_parameter("query", query.text, compiled.error().message);
  return std::optional<model::Regex>(std::move(*compiled));
}

log::SearchRequest request_for(const TextQuery& query, const std::optional<model::Regex>& pattern) {
  log::SearchRequest request;
  request.text = query.text;
  request.ignore_case = query.ignore_case;
  request.regex = pattern ? &*pattern : nullptr;
  request.node = query.node;
  request.stepctx = query.stepctx;
  return request;
}

}  // namespace

struct OutputSearch::Limits {
  std::size_t hits = 0;
  std::int64_t bytes = kMostBytes;
  UnixMillis until = 0;
};

Result<log::SearchPage> OutputSearch::in_execution(const model::Execution& execution, const LogView& view,
                                                   const TextQuery& query, std::int64_t offset, std::size_t max_hits) {
  const auto pattern = pattern_of(query);
  if (!pattern) return fail(pattern.error());
  auto request = request_for(query, *pattern);
  request.offset = offset;
  request.max_hits = max_hits;
  request.finished = Output::settled(view, execution);
  if (view.path.empty()) return log::SearchPage{};
  return log::search_log(view.path, request);
}

Result<bool> OutputSearch::search_one(model::Execution execution, const log::SearchRequest& shared, Limits& limits,
                                      ProjectHits& found) {
  const auto view = output_.view(execution);
  ++found.searched;
  if (view.path.empty()) {
    const bool coming = view.state != LogView::State::missing && view.state != LogView::State::failed;
    if (coming && model::is_final(execution.status)) found.unread.push_back(execution.id);
    return true;
  }
  auto request = shared;
  request.finished = Output::settled(view, execution);
  request.max_hits = std::min(kHitsOfOne, limits.hits);
  request.max_bytes = std::max<std::int64_t>(1, limits.bytes);
  auto page = log::search_log(view.path, request);
  if (!page) return fail(page.error());
  limits.bytes -= page->searched;
  limits.hits -= page->hits.size();
  if (!page->hits.empty()) found.executions.push_back({std::move(execution), std::move(page->hits), page->more});
  return limits.hits > 0 && limits.bytes > 0 && clock_.now() < limits.until;
}

Result<ProjectHits> OutputSearch::in_project(const auth::Identity& who, store::ExecutionQuery which,
                                             const TextQuery& query, std::size_t max_hits) {
  auto may = which;
  may.max = 0;
  if (const auto counted = executions_.query_all(who, std::move(may)); !counted) return fail(counted.error());
  const auto pattern = pattern_of(query);
  if (!pattern) return fail(pattern.error());
  const auto request = request_for(query, *pattern);
  Limits limits{max_hits, kMostBytes, clock_.now() + kLongestSearch};
  ProjectHits found;
  found.next = which.offset;
  std::int64_t total = 0;
  while (found.searched < kMostSearched) {
    which.offset = found.next;
    which.max = kListed;
    const auto listed = executions_.query_all(who, which);
    if (!listed) return fail(listed.error());
    total = listed->total;
    for (const auto& execution : listed->executions) {
      ++found.next;
      if (!allowed(who, execution_decision(execution, "view"))) continue;
      const auto going_on = search_one(execution, request, limits, found);
      if (!going_on) return fail(going_on.error());
      if (*going_on) continue;
      found.more = static_cast<std::int64_t>(found.next) < total;
      return found;
    }
    if (listed->executions.size() < kListed) break;
  }
  found.more = static_cast<std::int64_t>(found.next) < total;
  return found;
}

}  // namespace qd::service
