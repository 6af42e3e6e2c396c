#include "model/notification_event.hpp"

#include <algorithm>
#include <charconv>

#include "base/text.hpp"
#include "model/duration.hpp"

namespace qd::model {

namespace {

std::optional<double> leading_number(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end == text.data()) return std::nullopt;
  return number;
}

std::optional<Millis> positive(std::optional<Millis> time) {
  return time && time->count() > 0 ? time : std::nullopt;
}

}  // namespace

bool tells_of(const Job& job, std::string_view trigger) {
  return std::any_of(job.notifications.begin(), job.notifications.end(), [&](const Notification& notification) {
    const std::string_view name = notification.trigger;
    return name.starts_with("on") && name.substr(2) == trigger;
  });
}

const char* trigger_of_end(const Execution& execution) {
  if (execution.status == status::succeeded) return trigger::success;
  const bool again = execution.status == status::failed_with_retry || execution.retried_as;
  return again ? trigger::retryable_failure : trigger::failure;
}

std::optional<Millis> duration_threshold(std::string_view text, std::optional<UnixMillis> average) {
  text = base::trim(text);
  const Millis usual{average.value_or(0)};
  if (text.empty() || text == "0") return positive(usual);
  if (text.find('%') != std::string_view::npos) {
    if (text.front() == '+') text.remove_prefix(1);
    const auto percent = leading_number(text);
    if (!percent || !average) return std::nullopt;
    return positive(usual + Millis(static_cast<std::int64_t>(static_cast<double>(usual.count()) * *percent / 100)));
  }
  const bool more = text.front() == '+';
  if (more) text.remove_prefix(1);
  const auto time = parse_duration(text);
  if (!time) return std::nullopt;
  return positive(more ? usual + *time : *time);
}

}  // namespace qd::model
