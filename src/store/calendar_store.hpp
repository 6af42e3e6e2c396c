// Calendars of the system (project "") and of projects. Every change counts version() up, so that members can keep
// them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/calendar.hpp"
#include "store/database.hpp"

namespace qd::store {

// Thread-safe.
class CalendarStore {
 public:
  explicit CalendarStore(Database& database);

  std::vector<model::Calendar> list(const std::string& project);  // by name
  std::vector<model::Calendar> all();
  std::optional<model::Calendar> find(std::int64_t id);
  // The number of the last change; 0 before the first.
  std::int64_t version();

  enum class SaveOutcome { saved, name_taken };
  // Updates the calendar with this id in its project, or makes a new one when there is none; sets `calendar.id`.
  SaveOutcome save(model::Calendar& calendar);
  bool remove(const std::string& project, std::int64_t id);

 private:
  Database& database_;
};

}  // namespace qd::store
