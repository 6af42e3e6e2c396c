#include "cli/completion.hpp"

#include <set>

#include "base/text.hpp"
#include "cli/arguments.hpp"
#include "cli/catalog.hpp"

namespace qd::cli {
namespace {

std::vector<std::string> option_words(const Command& command) {
  std::vector<std::string> words;
  for (const OptionSpec& option : join_options({command.options, common_options()})) {
    words.push_back("--" + option.key());
  }
  return words;
}

// "" for the top, then "jobs", "projects configure"…
std::set<std::string> groups() {
  std::set<std::string> all{""};
  for (const Command& command : catalog()) {
    for (std::size_t blank = command.path.find(' '); blank != std::string::npos;
         blank = command.path.find(' ', blank + 1)) {
      all.insert(command.path.substr(0, blank));
    }
  }
  return all;
}

// Lines of a shell `case` from what was typed so far to what may come next.
std::string case_lines() {
  std::string out;
  for (const std::string& group : groups()) {
    out += "    " + base::shell_quote(group) + (group.empty() ? "''" : "") + ") words=" +
           base::shell_quote(base::join(names_below(group), " ") + (group.empty() ? " --help --version" : " --help")) +
           " ;;\n";
  }
  for (const Command& command : catalog()) {
    out += "    " + base::shell_quote(command.path) +
           ") words=" + base::shell_quote(base::join(option_words(command), " ")) + " ;;\n";
  }
  return base::replace_all(out, "''''", "''");
}

std::string fish_quote(std::string_view text) {
  return "'" + base::replace_all(base::replace_all(text, "\\", "\\\\"), "'", "\\'") + "'";
}

std::string fish_line(const std::string& path, const std::string& what) {
  return "complete -c qd -n '__qd_at " + path + "' " + what + "\n";
}

std::string summary_below(const std::string& group, const std::string& name) {
  const std::string path = group.empty() ? name : group + " " + name;
  for (const Command& command : catalog()) {
    if (command.path == path) return command.summary;
  }
  return group_summary(path);
}

}  // namespace

std::string bash_completion() {
  return "# Completion of qd for bash: source <(qd completion bash)\n"
         "_qd() {\n"
         "  local current=${COMP_WORDS[COMP_CWORD]} path= word words=\n"
         "  for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
         "    case $word in -*) break ;; esac\n"
         "    path=${path:+$path }$word\n"
         "  done\n"
         "  case ${COMP_WORDS[COMP_CWORD-1]} in\n"
         "    -f|--file|-s|--script) COMPREPLY=($(compgen -f -- \"$current\")); return ;;\n"
         "    --output) COMPREPLY=($(compgen -W 'text json yaml' -- \"$current\")); return ;;\n"
         "  esac\n"
         "  case $path in\n" +
         case_lines() +
         "  esac\n"
         "  COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n"
         "}\n"
         "complete -o default -F _qd qd\n";
}

std::string zsh_completion() {
  return "#compdef qd\n"
         "# Completion of qd for zsh: qd completion zsh > \"${fpath[1]}/_qd\"\n"
         "_qd() {\n"
         "  local path_words= word text=\n"
         "  for word in ${words[2,CURRENT-1]}; do\n"
         "    [[ $word == -* ]] && break\n"
         "    path_words=${path_words:+$path_words }$word\n"
         "  done\n"
         "  case ${words[CURRENT-1]} in\n"
         "    -f|--file|-s|--script) _files; return ;;\n"
         "    --output) compadd text json yaml; return ;;\n"
         "  esac\n"
         "  case $path_words in\n" +
         base::replace_all(case_lines(), ") words=", ") text=") +
         "  esac\n"
         "  compadd -- ${=text}\n"
         "}\n"
         "if [ \"$funcstack[1]\" = _qd ]; then _qd \"$@\"; else compdef _qd qd; fi\n";
}

std::string fish_completion() {
  std::string out =
      "# Completion of qd for fish: qd completion fish > ~/.config/fish/completions/qd.fish\n"
      "function __qd_at\n"
      "  set -l path\n"
      "  for word in (commandline -opc)[2..-1]\n"
      "    string match -q -- '-*' $word; and break\n"
      "    set path $path $word\n"
      "  end\n"
      "  test \"$path\" = \"$argv\"\n"
      "end\n"
      "complete -c qd -f\n";
  for (const std::string& group : groups()) {
    for (const std::string& name : names_below(group)) {
      out += fish_line(group, "-a " + name + " -d " + fish_quote(summary_below(group, name)));
    }
  }
  for (const Command& command : catalog()) {
    for (const OptionSpec& option : join_options({command.options, common_options()})) {
      std::string what = "-l " + option.key() + " -d " + fish_quote(option.help);
      if (option.kind != OptionSpec::Kind::flag)
        what += option.value.find("FILE") != std::string::npos ? " -r -F" : " -x";
      if (!option.choices.empty()) what += " -a " + fish_quote(base::join(option.choices, " "));
      out += fish_line(command.path, what);
    }
  }
  return out;
}

}  // namespace qd::cli
