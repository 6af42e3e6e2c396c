#include "cli/command.hpp"

#include "base/text.hpp"

namespace qd::cli {

std::vector<std::string> OptionSpec::parts() const {
  return base::split(names, ',');
}

std::string OptionSpec::key() const {
  const std::string last = parts().back();
  return last.substr(last.find_first_not_of('-'));
}

Options join_options(const std::vector<Options>& tables) {
  Options all;
  for (const Options& table : tables) all.insert(all.end(), table.begin(), table.end());
  return all;
}

OptionSpec flag(std::string names, std::string help) {
  return {std::move(names), OptionSpec::Kind::flag, "", std::move(help), {}, false};
}
OptionSpec text(std::string names, std::string value, std::string help) {
  return {std::move(names), OptionSpec::Kind::text, std::move(value), std::move(help), {}, false};
}
OptionSpec number(std::string names, std::string value, std::string help) {
  return {std::move(names), OptionSpec::Kind::number, std::move(value), std::move(help), {}, false};
}
OptionSpec list(std::string names, std::string value, std::string help) {
  return {std::move(names), OptionSpec::Kind::list, std::move(value), std::move(help), {}, false};
}
OptionSpec choice(std::string names, std::vector<std::string> choices, std::string help) {
  std::string value = base::join(choices, "|");
  return {std::move(names), OptionSpec::Kind::text, std::move(value), std::move(help), std::move(choices), false};
}
OptionSpec required(OptionSpec option) {
  option.required = true;
  return option;
}

OptionSpec project_option() {
  return text("-p,--project", "NAME", "Project; RD_PROJECT when absent.");
}

OptionSpec confirm_option() {
  return flag("-y,--confirm", "Do it without asking.");
}

Options listing_options(std::string_view keys, std::string_view example) {
  return {text("-%,--outformat", "FORMAT",
               "Print each item in this form; %key stands for one of: " + std::string(keys) + ". E.g. \"" +
                   std::string(example) + "\"."),
          flag("-v,--verbose", "Print all that is known of each item.")};
}

Options paging_options() {
  return {number("-m,--max", "N", "Results per request; default: 20."),
          text("-o,--offset", "N", "First result; default: 0. (json or yaml here is taken as --output.)")};
}

Options follow_options() {
  return {flag("-q,--quiet", "Print no output, only wait for the end."),
          flag("-r,--progress", "Print a dot for each piece of output instead of its text."),
          flag("-t,--restart", "Print the output from its beginning."),
          number("-T,--tail", "LINES", "Start with this many of the last lines; default: 1.")};
}

Options job_options() {
  return {text("-j,--job", "GROUP/NAME", "The job with this group and name (needs a project)."),
          text("-i,--id", "ID", "The job with this identifier."), project_option()};
}

Options job_filter_options() {
  return {text("-j,--job", "TEXT", "Jobs whose name contains this."),
          text("-g,--group", "GROUP", "Jobs in this group and its sub-groups; \"-\" is the top level."),
          text("-J,--jobxact", "NAME", "Jobs with exactly this name."),
          text("-G,--groupxact", "GROUP", "Jobs in exactly this group; \"-\" is the top level."),
          list("-i,--idlist", "ID,...", "Jobs with these identifiers."),
          project_option()};
}

}  // namespace qd::cli
