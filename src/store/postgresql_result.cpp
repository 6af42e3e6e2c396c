#include "store/postgresql_result.hpp"

#include <charconv>
#include <cstdlib>

#include "base/text.hpp"

namespace qd::store {
namespace {

// Object ids of the types in pg_type.
enum : Oid { bool_type = 16, bytea_type = 17, int8_type = 20, int2_type = 21, int4_type = 23 };
enum : Oid { float4_type = 700, float8_type = 701, numeric_type = 1700 };

Blob read_bytea(const char* text) {
  std::size_t size = 0;
  unsigned char* bytes = PQunescapeBytea(reinterpret_cast<const unsigned char*>(text), &size);
  if (bytes == nullptr) throw std::bad_alloc();
  Blob blob{std::string(reinterpret_cast<char*>(bytes), size)};
  PQfreemem(bytes);
  return blob;
}

Value read_value(Oid type, const char* text, std::size_t size) {
  switch (type) {
    case int2_type:
    case int4_type:
    case int8_type: {
      std::int64_t number = 0;
      std::from_chars(text, text + size, number);
      return number;
    }
    case bool_type:
      return std::int64_t{*text == 't' ? 1 : 0};
    case numeric_type:  // what SUM makes of BIGINT
      if (const auto number = base::parse_int(std::string_view(text, size))) return *number;
      return std::strtod(text, nullptr);
    case float4_type:
    case float8_type:
      return std::strtod(text, nullptr);
    case bytea_type:
      return read_bytea(text);
    default:
      return std::string(text, size);
  }
}

}  // namespace

Rows read_rows(const PGresult* result) {
  const int columns = PQnfields(result);
  const int count = PQntuples(result);
  std::vector<Oid> types;
  for (int column = 0; column < columns; ++column) types.push_back(PQftype(result, column));
  Rows rows;
  rows.reserve(static_cast<std::size_t>(count));
  for (int row = 0; row < count; ++row) {
    std::vector<Value> values;
    values.reserve(types.size());
    for (int column = 0; column < columns; ++column) {
      if (PQgetisnull(result, row, column) != 0) {
        values.emplace_back(nullptr);
        continue;
      }
      values.push_back(read_value(types[static_cast<std::size_t>(column)], PQgetvalue(result, row, column),
                                  static_cast<std::size_t>(PQgetlength(result, row, column))));
    }
    rows.emplace_back(std::move(values));
  }
  return rows;
}

std::string exact_text(double value) {
  char buffer[40];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
  return {buffer, end};
}

}  // namespace qd::store
