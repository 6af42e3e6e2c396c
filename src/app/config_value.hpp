// The kinds of values that configuration keys have, and how their text is judged. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace qd::app {

enum class ValueKind {
  text,
  secret,   // text that is never shown
  flag,     // true or false
  number,   // a whole number within the key's range
  bytes,    // "200M": bytes, or with k, m, g, t (1024 each), with or without a b
  seconds,  // a number of seconds, or "30m" with s, m, h, d
  millis,   // a number of milliseconds, or "10s" with ms, s, m, h, d
  life,     // "30d", "1d12h": y, d, h, m, s (a year has 365 days); 0 is no limit
  path,     // relative to the base folder
  url,      // http:// or https://
  uuid,
  prefix,        // "/" or "/path"
  choice,        // one of the key's words
  database_url,  // see store/database_url.hpp
  ignored,       // known, and without effect here; another value than the standard one is not implemented
};

struct ConfigValue {
  std::string text;         // trimmed; of a choice in lower case
  std::int64_t number = 0;  // flags 0 or 1, bytes, milliseconds
};

struct ValueRange {
  std::int64_t low = 0;
  std::int64_t high = INT64_MAX;
};

// `choices` are words with '|' between them. The message of an error is what would be right: "expected …".
Result<ConfigValue> judge_value(ValueKind kind, std::string_view text, ValueRange range, std::string_view choices);

// What a value looks like, for the documentation: "true or false", "0 to 65535", "a path".
std::string describe_kind(ValueKind kind, ValueRange range, std::string_view choices);

}  // namespace qd::app
