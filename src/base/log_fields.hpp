// How lines of the server's log look: as text for people, or as one JSON object a line for machines; and lines that
// carry values by name.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace qd::base {

// text: 2026-11-29T14:00:00.000Z info  engine: execution 12 started [request 4f… execution 12]
// json: {"time":"2026-11-29T14:00:00.000Z","level":"info","part":"engine","message":"…","request":"4f…","execution":12}
enum class LogFormat { text, json };

void set_log_format(LogFormat format);  // from the next line on

struct LogField {
  std::string_view name;
  std::variant<std::string, std::int64_t, double> value;
};

// A line of level info. As text the message tells all of it; as JSON the fields stand beside it.
void log_fields(std::string_view part, std::string_view message, const std::vector<LogField>& fields);

}  // namespace qd::base
