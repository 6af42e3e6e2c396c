// Small tools on SQL text that the backends and the stores share.
#pragma once

#include <string>
#include <string_view>

#include "store/database.hpp"

namespace qd::store {

// `?` outside of quotes, identifiers and comments becomes $1, $2… in order (PostgreSQL's spelling).
std::string number_placeholders(std::string_view sql);

// The statement on one line and cut to a readable length, to name it in errors.
std::string abbreviate_sql(std::string_view sql);

// Throws DatabaseError when a text holds a NUL byte or is no UTF-8: PostgreSQL could not keep it, and what one backend
// accepts the others must accept too.
void require_storable(std::string_view sql, const Params& params);

// "?, ?, ?"
std::string placeholders(std::size_t count);

// `text` between wildcards for `LIKE ? ESCAPE '!'`, with its own wildcards escaped.
std::string like_containing(std::string_view text);

// "INSERT … ON CONFLICT DO UPDATE" in the dialect's spelling: inserts a row of `columns`, or sets `updated` (some of
// `columns`) of the row that has the same `key` (comma-separated columns of a unique key).
std::string upsert_sql(Dialect dialect, std::string_view table, const std::vector<std::string>& columns,
                       std::string_view key, const std::vector<std::string>& updated);

}  // namespace qd::store
