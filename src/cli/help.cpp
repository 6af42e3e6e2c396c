#include "cli/help.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "cli/arguments.hpp"
#include "cli/catalog.hpp"

namespace qd::cli {
namespace {

constexpr std::size_t kLineWidth = 100;
constexpr std::size_t kOptionColumn = 30;

const std::pair<const char*, const char*> kVariables[] = {
    {"RD_URL", "Where the server is: http://host:4440, or with an API version http://host:4440/api/59."},
    {"RD_TOKEN", "API token to log in with."},
    {"RD_USER, RD_PASSWORD", "User and password, instead of a token."},
    {"RD_AUTH_PROMPT", "false: never ask for credentials."},
    {"RD_PROJECT", "Project to use without -p."},
    {"RD_API_VERSION", "API version to speak; default: 59, or what the server knows."},
    {"RD_FORMAT", "json or yaml: output for programs, as -o does."},
    {"RD_COLOR, NO_COLOR", "RD_COLOR=1 always colours, 0 never; otherwise terminals get colours."},
    {"RD_COLOR_INFO, RD_COLOR_OUTPUT, RD_COLOR_WARN, RD_COLOR_ERROR", "Names of colours."},
    {"RD_DATE_FORMAT", "How dates look, as in Java: yyyy-MM-dd HH:mm:ss."},
    {"RD_INSECURE_SSL", "true: accept any certificate."},
    {"RD_HTTP_TIMEOUT",
     "Seconds that a request may take; also RD_HTTP_CONN_TIMEOUT, RD_HTTP_READ_TIMEOUT, RD_HTTP_CALL_TIMEOUT."},
    {"RD_CONNECT_RETRY", "false: do not try reads again when the server cannot be reached."},
    {"RD_BYPASS_URL", "An address of the server that redirects may name, but that is reached by RD_URL."},
    {"RD_API_DOWNGRADE", "false: do not fall back to the API version of an older server."},
    {"RD_DEBUG", "1 shows requests, 2 their headers, 3 their bodies."},
    {"RD_CONF",
     "File with such variables; default: ~/.rd/rd.conf. What it sets wins; write ${RD_URL:-http://…} to let yours "
     "win."},
};

const std::pair<int, const char*> kExitCodes[] = {
    {exit_code::done, "done; a followed execution succeeded"},
    {exit_code::partly, "some of it failed, or a test said no"},
    {exit_code::failed, "wrong usage, refused by the server, not confirmed, or the followed execution failed"},
    {exit_code::aborted, "the followed execution was aborted"},
    {exit_code::timed_out, "the followed execution ran into its timeout"},
    {exit_code::other, "the followed execution ended otherwise (incomplete, missed, a status of its own)"},
    {exit_code::unreachable, "the server cannot be reached"},
    {exit_code::denied, "not logged in, or not allowed"},
    {exit_code::interrupted, "interrupted while following; the execution goes on"},
};

std::string wrapped(std::string_view text, std::size_t indent) {
  std::string out;
  std::size_t column = indent;
  for (const std::string& word : base::split_trimmed(text, ' ')) {
    if (column > indent && column + 1 + word.size() > kLineWidth) {
      out += '\n' + std::string(indent, ' ');
      column = indent;
    } else if (column > indent) {
      out += ' ';
      ++column;
    }
    out += word;
    column += word.size();
  }
  return out;
}

std::string entry(const std::string& left, std::string_view right, std::size_t column) {
  std::string line = "  " + left;
  line += line.size() + 2 > column ? "\n" + std::string(column, ' ') : std::string(column - line.size(), ' ');
  return line + wrapped(right, column) + "\n";
}

std::string option_label(const OptionSpec& option) {
  std::string label = base::join(option.parts(), ", ");
  if (!option.names.starts_with("--") || option.names.find(',') != std::string::npos) {
    return option.value.empty() ? label : label + " " + option.value;
  }
  return "    " + label + (option.value.empty() ? "" : " " + option.value);
}

// --output gives its short name to --offset where both are there.
Options shown_options(const Command& command) {
  Options options = command.options;
  const bool paged =
      std::any_of(options.begin(), options.end(), [](const OptionSpec& o) { return o.key() == "offset"; });
  for (OptionSpec option : common_options()) {
    if (paged && option.key() == "output") option.names = "--output";
    options.push_back(option);
  }
  return options;
}

std::string usage(const Command& command) {
  return "qd " + command.path + " [OPTION...]" + (command.operands.empty() ? "" : " " + command.operands);
}

std::string summary_of(const std::string& path) {
  for (const Command& command : catalog()) {
    if (command.path == path) return command.summary;
  }
  return group_summary(path);
}

std::string roff(std::string_view text) {
  std::string out = base::replace_all(base::replace_all(text, "\\", "\\e"), "-", "\\-");
  return out.starts_with('.') || out.starts_with('\'') ? "\\&" + out : out;
}

std::string roff_command(const Command& command) {
  std::string out = ".SS " + roff(usage(command)) + "\n" + roff(command.summary) + "\n";
  for (const OptionSpec& option : command.options) {
    out += ".TP\n.B " + roff(option_label(option)) + "\n" + roff(option.help) + "\n";
  }
  if (command.examples.empty()) return out;
  out += ".PP\nExamples:\n.nf\n";
  for (const std::string& example : command.examples) out += "    " + roff(example) + "\n";
  return out + ".fi\n";
}

}  // namespace

std::string help_of_all() {
  std::string out = "qd talks to a Quarterdeck or Rundeck server.\n\nUsage: qd COMMAND [OPTION...]\n\nCommands:\n";
  for (const std::string& name : names_below("")) out += entry(name, summary_of(name), 16);
  out += "\nHelp on each: qd COMMAND --help\n\nExamples:\n";
  for (const char* example : {"export RD_URL=http://localhost:4440 RD_TOKEN=…", "qd projects create -p ops",
                              "qd jobs load -p ops -f jobs.yaml", "qd run -p ops -j web/restart --follow -- -env prod",
                              "qd executions query -p ops -s failed -d 1d"}) {
    out += std::string("  ") + example + "\n";
  }
  out += "\nEnvironment:\n";
  for (const auto& [name, text] : kVariables) out += entry(name, text, 25);
  out += "\nExit codes:\n";
  for (const auto& [code, text] : kExitCodes) out += entry(std::to_string(code), text, 8);
  return out;
}

std::string help_of_group(const std::string& path) {
  std::string out = group_summary(path) + "\n\nUsage: qd " + path + " COMMAND [OPTION...]\n\nCommands:\n";
  for (const std::string& name : names_below(path)) out += entry(name, summary_of(path + " " + name), 20);
  return out + "\nHelp and examples on each: qd " + path + " COMMAND --help\n";
}

std::string help_of_command(const Command& command) {
  std::string out = wrapped(command.summary, 0) + "\n\nUsage: " + usage(command) + "\n\nOptions:\n";
  for (const OptionSpec& option : shown_options(command)) {
    out += entry(option_label(option), option.help + (option.required ? " Required." : ""), kOptionColumn);
  }
  if (!command.examples.empty()) out += "\nExamples:\n";
  for (const std::string& example : command.examples) out += "  " + example + "\n";
  const bool follows = std::any_of(command.options.begin(), command.options.end(),
                                   [](const OptionSpec& o) { return o.key() == "follow"; });
  if (!follows) return out;
  out += "\nExit codes:\n";
  for (const auto& [code, text] : kExitCodes) out += entry(std::to_string(code), text, 8);
  return out;
}

std::string manual_page() {
  std::string out = ".TH QD 1 \"\" \"Quarterdeck " QD_VERSION
                    "\" \"User commands\"\n.SH NAME\nqd \\- command line client of Quarterdeck\n.SH SYNOPSIS\n.B "
                    "qd\nCOMMAND [OPTION...]\n";
  out += ".SH COMMANDS\nEach command also takes \\-o, \\-\\-output text|json|yaml and \\-h, \\-\\-help.\n";
  for (const Command& command : catalog()) out += roff_command(command);
  out += ".SH ENVIRONMENT\n";
  for (const auto& [name, text] : kVariables) out += ".TP\n.B " + roff(name) + "\n" + roff(text) + "\n";
  out += ".SH EXIT STATUS\n";
  for (const auto& [code, text] : kExitCodes) out += ".TP\n.B " + std::to_string(code) + "\n" + roff(text) + "\n";
  return out + ".SH SEE ALSO\n.BR quarterdeck (8)\n";
}

}  // namespace qd::cli
