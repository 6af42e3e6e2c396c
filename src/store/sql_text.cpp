#include "store/sql_text.hpp"

#include "base/text.hpp"
#include "store/unstorable_text.hpp"

namespace qd::store {
namespace {

constexpr std::size_t abbreviated_length = 160;

// The end of the quoted text, identifier or comment that starts at `start`; `start` itself when none does.
std::size_t skip_opaque(std::string_view sql, std::size_t start) {
  const char first = sql[start];
  if (first == '\'' || first == '"' || first == '`') {
    const auto end = sql.find(first, start + 1);  // a doubled quote reads as two texts side by side
    return end == std::string_view::npos ? sql.size() : end + 1;
  }
  if (sql.substr(start, 2) == "--") {
    const auto end = sql.find('\n', start);
    return end == std::string_view::npos ? sql.size() : end;
  }
  return start;
}

}  // namespace

std::string number_placeholders(std::string_view sql) {
  std::string numbered;
  numbered.reserve(sql.size() + 64);
  int number = 0;
  for (std::size_t i = 0; i < sql.size();) {
    if (const auto end = skip_opaque(sql, i); end != i) {
      numbered.append(sql.substr(i, end - i));
      i = end;
    } else if (sql[i] == '?') {
      numbered += '$' + std::to_string(++number);
      ++i;
    } else {
      numbered += sql[i++];
    }
  }
  return numbered;
}

std::string abbreviate_sql(std::string_view sql) {
  std::string line;
  for (const char c : sql) {
    const bool blank = c == ' ' || c == '\n' || c == '\t';
    if (blank && (line.empty() || line.back() == ' ')) continue;
    line += blank ? ' ' : c;
    if (line.size() >= abbreviated_length) return line + "…";
  }
  return line;
}

void require_storable(std::string_view sql, const Params& params) {
  for (std::size_t i = 0; i < params.size(); ++i) {
    const auto* text = std::get_if<std::string>(&params[i]);
    if (text == nullptr) continue;
    const auto at = text->find('\0');
    if (at == std::string::npos && base::valid_utf8(*text)) continue;
    const std::string what =
        at == std::string::npos ? "is no valid UTF-8" : "holds a NUL byte at offset " + std::to_string(at);
    throw UnstorableText("text value " + std::to_string(i + 1) + " of " + std::to_string(params.size()) + " " + what +
                             " and cannot be stored (in: " + abbreviate_sql(sql) + ")",
                         what);
  }
}

std::string placeholders(std::size_t count) {
  std::string list;
  list.reserve(count * 3);
  for (std::size_t i = 0; i < count; ++i) list += i == 0 ? "?" : ", ?";
  return list;
}

std::string like_containing(std::string_view text) {
  std::string pattern = "%";
  for (const char c : text) {
    if (c == '%' || c == '_' || c == '!') pattern += '!';
    pattern += c;
  }
  return pattern + '%';
}

std::string upsert_sql(Dialect dialect, std::string_view table, const std::vector<std::string>& columns,
                       std::string_view key, const std::vector<std::string>& updated) {
  std::string sql = "INSERT INTO " + std::string(table) + " (" + base::join(columns, ", ") + ") VALUES (" +
                    placeholders(columns.size()) + ")";
  const bool mariadb = dialect == Dialect::mariadb;
  sql += mariadb ? " ON DUPLICATE KEY UPDATE " : " ON CONFLICT (" + std::string(key) + ") DO UPDATE SET ";
  for (std::size_t i = 0; i < updated.size(); ++i) {
    if (i > 0) sql += ", ";
    sql += updated[i] + (mariadb ? " = VALUES(" + updated[i] + ")" : " = excluded." + updated[i]);
  }
  return sql;
}

}  // namespace qd::store
