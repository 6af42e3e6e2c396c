// The next version's schema: this version's, and one step that does what steps of a release line may do.
#include "store/migrations.hpp"

namespace qd::store {

// The linker's names for the list that this version knows, and for the one that the program gets instead (--wrap).
const std::vector<Migration>& this_versions_migrations() asm("__real__ZN2qd5store16known_migrationsEv");
const std::vector<Migration>& next_versions_migrations() asm("__wrap__ZN2qd5store16known_migrationsEv");

const std::vector<Migration>& next_versions_migrations() {
  static const std::vector<Migration> all = [] {
    auto steps = this_versions_migrations();
    steps.push_back({static_cast<int>(steps.size()) + 1,
                     "next version",
                     {
                         "CREATE TABLE next_version (id {id}, note {key} NOT NULL){table}",
                         "ALTER TABLE job ADD COLUMN colour {key} DEFAULT 'grey'",
                         "ALTER TABLE execution ADD COLUMN colour {key} DEFAULT 'grey'",
                         "ALTER TABLE member ADD COLUMN colour {key} DEFAULT 'grey'",
                         "CREATE INDEX execution_by_colour ON execution (colour)",
                     }});
    return steps;
  }();
  return all;
}

}  // namespace qd::store
