// The schema as a list of numbered steps. Applied ones are recorded in table schema_migration.
//
// Within a release line a step only adds (tables, columns with defaults, indexes), so that two versions can run side by
// side on one database; a step that was released is never edited.
#pragma once

#include <string>
#include <vector>

#include "store/database.hpp"

namespace qd::store {

struct Migration {
  int number;  // from 1, without gaps
  std::string name;
  // SQL templates. Tokens: {id} generated key, {key} text of at most 255 characters that may be indexed whole, {name}
  // and {path} the same up to 1024 and 2048 characters, {text} text of any length, {blob}, {flag} 0 or 1, {int} 64
  // bits, {cut:N} how much of a {name} or {path} column an index holds, {key_tail} the primary key at the end of an
  // index, {partial:…} the condition of a partial index where there are such, {sqlite:…} text for SQLite alone, {table}
  // what follows a table's closing bracket.
  std::vector<std::string> statements;
};

// All steps that this version knows, in order.
const std::vector<Migration>& known_migrations();

// The template in the database's spelling. `collation` is the binary one of a MariaDB or MySQL server, "" elsewhere.
std::string expand_template(const std::string& sql, Dialect dialect, const std::string& collation);

// Applies what is missing, one member at a time (lock in the database, at most a minute's wait). Steps of a newer
// version are accepted with a warning in the log. Throws DatabaseError when a step fails or was applied with another
// content.
void migrate(Database& database, const std::vector<Migration>& migrations = known_migrations());

}  // namespace qd::store
