// What is wrong with an option's definition, before the job that it belongs to is saved.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/json.hpp"

namespace qd::service {

// Complaints by field; none when the option may be saved. `definition` is an option as in a job's JSON format;
// `scheduled` says that the job has a schedule.
std::map<std::string, std::vector<std::string>> check_option(const JsonObject& definition, bool scheduled);

}  // namespace qd::service
