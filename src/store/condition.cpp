#include "store/condition.hpp"

#include <bit>

#include "base/text.hpp"
#include "store/sql_text.hpp"

namespace qd::store {
namespace {

template <class T>
Condition in_list(std::string_view column, const std::vector<T>& values) {
  if (values.empty()) return {"1 = 0", {}};
  const auto count = std::bit_ceil(values.size());
  Condition condition{std::string(column) + " IN (" + placeholders(count) + ")", {}};
  condition.params.reserve(count);
  for (std::size_t i = 0; i < count; ++i) condition.params.emplace_back(values[std::min(i, values.size() - 1)]);
  return condition;
}

// MariaDB folds more letters than A to Z, or none, depending on the collation: a pattern says what is meant.
std::string any_case_regex(std::string_view text) {
  std::string pattern;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) {
      pattern += {'[', static_cast<char>(c | 0x20), static_cast<char>(c & ~0x20), ']'};
    } else if ((c >= '0' && c <= '9') || byte >= 0x80) {
      pattern += c;
    } else {
      pattern += "\\x{" + base::hex(std::string_view(&c, 1)) + "}";
    }
  }
  return pattern;
}

}  // namespace

Condition equals(std::string_view column, Value value) {
  return {std::string(column) + " = ?", {std::move(value)}};
}

Condition is_one_of(std::string_view column, const std::vector<std::string>& values) {
  return in_list(column, values);
}
Condition is_one_of(std::string_view column, const std::vector<std::int64_t>& values) {
  return in_list(column, values);
}

Condition contains_any_case(Dialect dialect, std::string_view column, std::string_view part) {
  const std::string name(column);
  switch (dialect) {
    case Dialect::sqlite:  // its LIKE ignores the case of A to Z
      return {name + " LIKE ? ESCAPE '!'", {like_containing(part)}};
    case Dialect::postgresql:  // LOWER of a "C" column changes A to Z
      return {"LOWER(" + name + ") LIKE ? ESCAPE '!'", {like_containing(base::lower(part))}};
    case Dialect::mariadb:
      break;
  }
  return {name + " REGEXP ?", {any_case_regex(part)}};
}

Condition contains_exactly(Dialect dialect, std::string_view column, std::string_view part) {
  const char* function = dialect == Dialect::postgresql ? "strpos(" : "INSTR(";
  return {function + std::string(column) + ", ?) > 0", {std::string(part)}};
}

Condition in_group_tree(std::string_view column, const std::string& group) {
  const std::string name(column);
  // '0' follows '/': between the two lies every text that starts with "group/".
  return {"(" + name + " = ? OR (" + name + " >= ? AND " + name + " < ?))", {group, group + "/", group + "0"}};
}

Condition any_of(const std::vector<Condition>& conditions) {
  Condition all;
  for (const auto& condition : conditions) {
    all.sql += (all.sql.empty() ? "(" : " OR ") + condition.sql;
    all.params.insert(all.params.end(), condition.params.begin(), condition.params.end());
  }
  all.sql += ")";
  return all;
}

Condition negation(Condition condition) {
  condition.sql = "NOT (" + condition.sql + ")";
  return condition;
}

void Conditions::add(Condition condition) {
  sql_ += (sql_.empty() ? " WHERE " : " AND ") + condition.sql;
  for (auto& value : condition.params) params_.push_back(std::move(value));
}

std::string Conditions::where() const {
  return sql_;
}

Params Conditions::params_and(std::initializer_list<Value> more) const {
  Params all = params_;
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

}  // namespace qd::store
