// Where qd speaks: results and notes on standard output, warnings and errors on standard error, in colour on a
// terminal.
#pragma once

#include <map>
#include <ostream>
#include <string>
#include <string_view>

#include "base/json.hpp"
#include "cli/settings.hpp"

namespace qd::cli {

struct OutStyle {
  Format format = Format::text;
  bool color_out = false;
  bool color_err = false;
  bool terminal = false;                      // standard output is a terminal: tables instead of plain lines
  std::map<std::string, std::string> colors;  // as in Settings
};

class Out {
 public:
  Out(std::ostream& out, std::ostream& err, OutStyle style);

  void set_style(OutStyle style) { style_ = std::move(style); }
  const OutStyle& style() const { return style_; }
  bool for_programs() const { return style_.format == Format::json || style_.format == Format::yaml; }

  void note(std::string_view text);  // "# text" for people; nothing for programs
  void text(std::string_view text);  // as it is, a line break added when it has none
  void data(const Json& value);      // JSON or YAML by the format; details for people
  void log(std::string_view level,
           std::string_view text);   // a line of an execution: WARN and ERROR go to standard error
  void raw(std::string_view bytes);  // to standard output, untouched
  void warn(std::string_view text);
  void error(std::string_view text);
  void prompt(std::string_view text);  // to standard error, no line break
  void flush();

  std::string colored(std::string_view text, std::string_view part) const;  // for standard output

 private:
  std::string paint(std::string_view text, std::string_view part, bool color) const;

  std::ostream& out_;
  std::ostream& err_;
  OutStyle style_;
};

}  // namespace qd::cli
