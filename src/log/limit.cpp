#include "log/limit.hpp"

#include <limits>

#include "base/text.hpp"

namespace qd::log {
namespace {

constexpr std::string_view accepted =
    "use a number of lines (100), of lines per node (100/node) or a size (500KB, 5MB, 1GB)";

std::int64_t unit_factor(std::string_view unit) {
  const auto name = base::lower(unit);
  if (name == "b") return 1;
  if (name == "k" || name == "kb") return 1LL << 10;
  if (name == "m" || name == "mb") return 1LL << 20;
  if (name == "g" || name == "gb") return 1LL << 30;
  return 0;
}

}  // namespace

Result<LimitSpec> parse_limit(std::string_view text) {
  const auto trimmed = base::trim(text);
  if (trimmed.empty()) return LimitSpec{};
  const auto digits_end = trimmed.find_first_not_of("0123456789");
  const auto number = base::parse_int(trimmed.substr(0, digits_end));
  const auto unit = base::trim(digits_end == std::string_view::npos ? std::string_view() : trimmed.substr(digits_end));
  if (number && *number > 0) {
    if (unit.empty()) return LimitSpec{LimitSpec::Kind::lines, *number};
    if (base::lower(unit) == "/node") return LimitSpec{LimitSpec::Kind::lines_per_node, *number};
    const auto factor = unit_factor(unit);
    if (factor > 0 && *number <= std::numeric_limits<std::int64_t>::max() / factor) {
      return LimitSpec{LimitSpec::Kind::bytes, *number * factor};
    }
  }
  return fail(ErrorKind::invalid,
              "The log limit '" + std::string(trimmed) + "' is not understood: " + std::string(accepted) + ".");
}

bool LimitCounter::add(std::string_view node, std::int64_t bytes, std::int64_t lines) {
  std::int64_t* count = &count_;
  if (spec_.kind == LimitSpec::Kind::lines_per_node) {
    auto found = per_node_.find(node);
    if (found == per_node_.end()) found = per_node_.emplace(node, 0).first;
    count = &found->second;
  }
  *count += spec_.kind == LimitSpec::Kind::bytes ? bytes : lines;
  const bool within = spec_.kind == LimitSpec::Kind::none || *count <= spec_.max;
  exceeded_ = exceeded_ || !within;
  return within;
}

std::string LimitCounter::description() const {
  switch (spec_.kind) {
    case LimitSpec::Kind::none:
      break;
    case LimitSpec::Kind::lines:
      return std::to_string(spec_.max) + " lines";
    case LimitSpec::Kind::lines_per_node:
      return std::to_string(spec_.max) + " lines per node";
    case LimitSpec::Kind::bytes:
      return std::to_string(spec_.max) + " bytes";
  }
  return "no limit";
}

}  // namespace qd::log
