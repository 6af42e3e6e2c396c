// Values as text for people: `-%` formats, details, tables, dates. Pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/json.hpp"

namespace qd::cli {

// Replaces each %key by that member of `item`; "%job.name" descends. A key that is not there becomes empty text. Lists
// and objects look as rd prints them: "[a, b]", "{k=v}".
std::string format_item(std::string_view format, const JsonObject& item);

// One value on one line, as format_item puts it.
std::string inline_text(const Json& value);

// Lines "key: value", nested values indented below their key; ends with a line break unless empty.
std::string details(const Json& value);

struct Column {
  std::string title;
  std::string key;  // as in format_item, without the percent sign
};

// Aligned columns below a line of titles, two blanks apart; long cells are kept whole. Ends with a line break.
std::string table(const std::vector<Column>& columns, const std::vector<JsonObject>& items);

// A pattern of java.text.SimpleDateFormat (y M d H h m s S a E z Z X and quotes), in the local time zone.
std::string format_date(UnixMillis time, const std::string& pattern);
inline constexpr const char* kDefaultDateFormat = "yyyy-MM-dd'T'HH:mm:ssXX";

// The text up to its first line break, and how many lines follow: "echo hi (2 more lines)".
std::string first_line(std::string_view text);

}  // namespace qd::cli
