// The API's answers in the shape that `-%`, `-o json` and `-v` show them (rd's names of the fields), and as rd's lines.
#pragma once

#include <string>

#include "base/json.hpp"

namespace qd::cli {

JsonObject job_view(const Json& job);
std::string job_line(const JsonObject& view);  // "ID group/name"
std::string job_path(const JsonObject& job);   // "group/name"

JsonObject project_view(const Json& project);
std::string project_line(const JsonObject& view);  // "name"

// Dates are written by `date_format`, see format_date.
JsonObject execution_view(const Json& execution, const std::string& date_format);
// "ID status started ended permalink job|adhoc what"
std::string execution_line(const JsonObject& view);
// "[ID] what <permalink>"
std::string execution_title(const JsonObject& view);

// The members of an array as objects of `view`; anything else in it is left out.
template <class View>
std::vector<JsonObject> views(const Json* array, View view) {
  std::vector<JsonObject> all;
  if (array == nullptr || !array->is_array()) return all;
  for (const Json& element : array->get_array()) {
    if (element.is_object()) all.push_back(view(element));
  }
  return all;
}

// `value` itself as an object, or an empty one.
JsonObject plain_view(const Json& value);

}  // namespace qd::cli
