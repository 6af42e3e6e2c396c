// Times, pages and groups in query parameters.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "api/route.hpp"

namespace qd::api {

// An ISO 8601 date and time, or milliseconds since 1970; nullopt when absent.
Result<std::optional<UnixMillis>> date_parameter(const Call& call, const char* name);

// Which part of a list is asked for: `offset` and `max`. Without max, or with 0, it is `usual`; more than `most` is
// `most`.
struct Page {
  std::size_t offset = 0, max = 0;
};
Result<Page> page_parameters(const Call& call, std::size_t usual, std::size_t most);

// `from`, `until`, `offset` and `max` of a list of what happened: 100 of it, and at most `most`.
template <class Query>
Result<> read_period(const Call& call, std::size_t most, Query& query) {
  const auto from = date_parameter(call, "from");
  if (!from) return fail(from.error());
  const auto until = date_parameter(call, "until");
  if (!until) return fail(until.error());
  const auto page = page_parameters(call, 100, most);
  if (!page) return fail(page.error());
  query.from = *from;
  query.until = *until;
  query.offset = page->offset;
  query.max = page->max;
  return {};
}

// "2w" as a length: s, n (minutes), h, d, w, m (30 days), y (365 days).
std::optional<Millis> relative_time(std::string_view text);
// The same from `now` on, or back, on the calendar of UTC: months and years keep the day where the month has it.
std::optional<UnixMillis> relative_to(UnixMillis now, std::string_view text, bool back);

// A group of jobs as jobs have it, where clients write "/ops/db/".
std::string_view without_slashes(std::string_view group);

}  // namespace qd::api
