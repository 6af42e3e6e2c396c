// The errors that several use cases give, with the API's codes and words.
#pragma once

#include <string>

#include "base/result.hpp"

namespace qd::service {

inline tl::unexpected<Error> no_such_project(const std::string& name) {
  return fail(ErrorKind::not_found, "Project does not exist: " + name, "api.error.project.missing");
}
// `what` is "Job ID", "Execution", "Token"…
inline tl::unexpected<Error> no_such(const std::string& what, const std::string& id) {
  return fail(ErrorKind::not_found, what + " does not exist: " + id, "api.error.item.doesnotexist");
}
inline tl::unexpected<Error> missing_parameter(const std::string& name) {
  return fail(ErrorKind::invalid, "parameter \"" + name + "\" is required", "api.error.parameter.required");
}
inline tl::unexpected<Error> bad_parameter(const std::string& name, const std::string& value, const std::string& why) {
  return fail(ErrorKind::invalid, "The value \"" + value + "\" for parameter \"" + name + "\" is not valid: " + why,
              "api.error.parameter.invalid");
}
// Databases take only so many values in one question.
inline Result<> at_most(const std::string& name, std::size_t values, std::size_t most) {
  if (values <= most) return {};
  return fail(ErrorKind::invalid,
              "The parameter \"" + name + "\" has " + std::to_string(values) + " values; at most " +
                  std::to_string(most) + " are taken. Ask in several requests.",
              "api.error.parameter.invalid");
}

}  // namespace qd::service
