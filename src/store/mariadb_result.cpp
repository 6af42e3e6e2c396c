#include "store/mariadb_result.hpp"

#include <memory>

namespace qd::store {
namespace {

constexpr unsigned binary_charset = 63;

enum class Kind { integer, real, text, bytes };

Kind kind_of(const MYSQL_FIELD& field) {
  switch (field.type) {
    case MYSQL_TYPE_TINY:
    case MYSQL_TYPE_SHORT:
    case MYSQL_TYPE_INT24:
    case MYSQL_TYPE_LONG:
    case MYSQL_TYPE_LONGLONG:
      return Kind::integer;
    case MYSQL_TYPE_DECIMAL:
    case MYSQL_TYPE_NEWDECIMAL:  // what SUM makes of BIGINT
      return field.decimals == 0 ? Kind::integer : Kind::real;
    case MYSQL_TYPE_FLOAT:
    case MYSQL_TYPE_DOUBLE:
      return Kind::real;
    case MYSQL_TYPE_TINY_BLOB:
    case MYSQL_TYPE_BLOB:
    case MYSQL_TYPE_MEDIUM_BLOB:
    case MYSQL_TYPE_LONG_BLOB:
      return field.charsetnr == binary_charset ? Kind::bytes : Kind::text;
    default:
      return Kind::text;
  }
}

// Where one column of the row under the cursor lands. Texts only tell their length there, and are fetched after it.
struct Cell {
  Kind kind = Kind::text;
  std::int64_t integer = 0;
  double real = 0;
  unsigned long length = 0;
  my_bool null = 0;
};

void bind_cell(Cell& cell, MYSQL_BIND& bind) {
  bind = MYSQL_BIND{};
  bind.is_null = &cell.null;
  bind.length = &cell.length;
  if (cell.kind == Kind::integer) {
    bind.buffer_type = MYSQL_TYPE_LONGLONG;
    bind.buffer = &cell.integer;
    bind.buffer_length = sizeof cell.integer;
  } else if (cell.kind == Kind::real) {
    bind.buffer_type = MYSQL_TYPE_DOUBLE;
    bind.buffer = &cell.real;
    bind.buffer_length = sizeof cell.real;
  } else {
    bind.buffer_type = cell.kind == Kind::text ? MYSQL_TYPE_STRING : MYSQL_TYPE_BLOB;
  }
}

std::string fetch_bytes(MYSQL_STMT* statement, unsigned column, const Cell& cell) {
  std::string bytes(cell.length, '\0');
  if (bytes.empty()) return bytes;
  unsigned long length = 0;
  MYSQL_BIND bind{};
  bind.buffer_type = cell.kind == Kind::text ? MYSQL_TYPE_STRING : MYSQL_TYPE_BLOB;
  bind.buffer = bytes.data();
  bind.buffer_length = bytes.size();
  bind.length = &length;
  if (mysql_stmt_fetch_column(statement, &bind, column, 0) != 0) {
    throw DatabaseError(std::string("cannot read a column: ") + mysql_stmt_error(statement), false);
  }
  return bytes;
}

Value value_of(MYSQL_STMT* statement, unsigned column, const Cell& cell) {
  if (cell.null != 0) return nullptr;
  switch (cell.kind) {
    case Kind::integer:
      return cell.integer;
    case Kind::real:
      return cell.real;
    case Kind::bytes:
      return Blob{fetch_bytes(statement, column, cell)};
    case Kind::text:
      break;
  }
  return fetch_bytes(statement, column, cell);
}

}  // namespace

Rows read_rows(MYSQL_STMT* statement) {
  const std::unique_ptr<MYSQL_RES, decltype(&mysql_free_result)> metadata(mysql_stmt_result_metadata(statement),
                                                                          mysql_free_result);
  if (!metadata) return {};
  const unsigned columns = mysql_num_fields(metadata.get());
  std::vector<Cell> cells(columns);
  std::vector<MYSQL_BIND> binds(columns);
  for (unsigned column = 0; column < columns; ++column) {
    cells[column].kind = kind_of(*mysql_fetch_field_direct(metadata.get(), column));
    bind_cell(cells[column], binds[column]);
  }
  mysql_stmt_bind_result(statement, binds.data());
  Rows rows;
  rows.reserve(mysql_stmt_num_rows(statement));
  for (;;) {
    const int fetched = mysql_stmt_fetch(statement);
    if (fetched == MYSQL_NO_DATA) return rows;
    if (fetched == 1) throw DatabaseError(std::string("cannot read a row: ") + mysql_stmt_error(statement), false);
    std::vector<Value> values;
    values.reserve(columns);
    for (unsigned column = 0; column < columns; ++column) values.push_back(value_of(statement, column, cells[column]));
    rows.emplace_back(std::move(values));
  }
}

}  // namespace qd::store
