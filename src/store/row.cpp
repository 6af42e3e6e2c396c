#include <cmath>

#include "base/text.hpp"
#include "store/database.hpp"

namespace qd::store {

bool Row::null(std::size_t column) const {
  return std::holds_alternative<std::nullptr_t>(values_.at(column));
}

std::string Row::text(std::size_t column) const {
  const Value& value = values_.at(column);
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* blob = std::get_if<Blob>(&value)) return blob->bytes;
  if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
  if (const auto* real = std::get_if<double>(&value)) return std::to_string(*real);
  return {};
}

std::int64_t Row::integer(std::size_t column) const {
  const Value& value = values_.at(column);
  if (const auto* number = std::get_if<std::int64_t>(&value)) return *number;
  if (const auto* real = std::get_if<double>(&value)) return std::llround(*real);
  if (const auto* text = std::get_if<std::string>(&value)) return base::parse_int(*text).value_or(0);
  return 0;
}

double Row::real(std::size_t column) const {
  if (const auto* real = std::get_if<double>(&values_.at(column))) return *real;
  return static_cast<double>(integer(column));
}

std::optional<std::int64_t> Row::optional_integer(std::size_t column) const {
  if (null(column)) return std::nullopt;
  return integer(column);
}

std::optional<std::string> Row::optional_text(std::size_t column) const {
  if (null(column)) return std::nullopt;
  return text(column);
}

}  // namespace qd::store
