// Expected outcomes: a value, or an Error that a person can act on.
//
// Exceptions are kept for broken invariants and lost infrastructure; they are caught once per request, execution or
// tick. Everything else that can go wrong is a Result.
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace qd {

// The closed set of ways in which a request can fail. Only `api` translates them to HTTP.
enum class ErrorKind {
  invalid,          // the input is wrong; the message says what, where and what to do
  unauthenticated,  // nobody is logged in, or the credentials are bad
  unauthorized,     // somebody is, but may not do this
  not_found,
  conflict,            // it exists already, or somebody changed it meanwhile
  unsupported_format,  // a media type or file format that is not spoken here
  too_large,
  unavailable,  // try again later: database away, queue full, member passive
  internal,
};

struct Error {
  ErrorKind kind = ErrorKind::internal;
  std::string message;  // one or more sentences for people; never holds a secret
  std::string code;     // stable name for programs, e.g. "api.error.item.doesnotexist"; empty: derived from `kind`

  bool operator==(const Error&) const = default;
};

template <class T = void>
using Result = tl::expected<T, Error>;

// `return fail(ErrorKind::invalid, "…")` from any function that returns a Result.
inline tl::unexpected<Error> fail(ErrorKind kind, std::string message, std::string code = {}) {
  return tl::unexpected<Error>(Error{kind, std::move(message), std::move(code)});
}
inline tl::unexpected<Error> fail(Error error) {
  return tl::unexpected<Error>(std::move(error));
}

}  // namespace qd
