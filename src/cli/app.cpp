#include "cli/app.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "cli/catalog.hpp"
#include "cli/context.hpp"
#include "cli/credentials.hpp"
#include "cli/help.hpp"

namespace qd::cli {
namespace {

int exit_code_of(const Error& error) {
  switch (error.kind) {
    case ErrorKind::unavailable:
      return exit_code::unreachable;
    case ErrorKind::unauthenticated:
    case ErrorKind::unauthorized:
      return exit_code::denied;
    default:
      return exit_code::failed;
  }
}

bool asks_for_help(const std::string& word) {
  return word == "-h" || word == "--help" || word == "help";
}

std::vector<std::string> leading_words(const std::vector<std::string>& args) {
  const auto end = std::find_if(args.begin(), args.end(), [](const std::string& arg) { return arg.starts_with('-'); });
  return {args.begin(), end};
}

OutStyle style_of(const World& world, const Settings& settings) {
  OutStyle style;
  const bool able = settings.terminal != "dumb";
  style.format = settings.format;
  style.color_out = settings.color.value_or(world.out_terminal && able);
  style.color_err = settings.color.value_or(world.err_terminal && able);
  style.terminal = world.out_terminal;
  style.colors = settings.colors;
  return style;
}

// No verb matches: help on the group that was named, or what is wrong with the words.
int without_command(const std::vector<std::string>& args, Out& out) {
  std::vector<std::string> words = leading_words(args);
  const bool help = std::any_of(args.begin(), args.end(), asks_for_help);
  words.erase(std::remove_if(words.begin(), words.end(), asks_for_help), words.end());
  std::string group;
  std::size_t known = 0;
  for (; known < words.size(); ++known) {
    const std::string longer = group.empty() ? words[known] : group + " " + words[known];
    if (!is_group(longer)) break;
    group = longer;
  }
  if (known < words.size()) {
    const std::string like = most_like(words[known], names_below(group));
    const std::string start = group.empty() ? "qd " : "qd " + group + " ";
    out.error("There is no command \"" + start + words[known] + "\"." +
              (like.empty() ? "" : " Did you mean \"" + start + like + "\"?") + " See: " + start + "--help");
    return exit_code::failed;
  }
  if (!help && !args.empty() && args.front().starts_with('-')) {
    out.error("Options come after a command, but \"" + args.front() + "\" comes first. See: qd --help");
    return exit_code::failed;
  }
  const std::string text = group.empty() ? help_of_all() : help_of_group(group);
  help ? out.raw(text) : out.prompt(text);
  return help ? exit_code::done : exit_code::failed;
}

Result<int> run_command(const Command& command, const Arguments& args, World& world, Out& out) {
  auto settings = read_settings(world.environment);
  if (!settings) return fail(settings.error());
  if (args.has("output")) settings->format = *parse_format(args.text("output"));
  out.set_style(style_of(world, *settings));
  const bool remote = !command.path.starts_with("completion") && command.path != "manual" && command.path != "version";
  if (remote && !settings->verify_tls && settings->warn_insecure) {
    out.warn("# WARNING: RD_INSECURE_SSL=true: certificates are not checked.");
  }
  const bool anonymous = settings->token.empty() && settings->user.empty();
  if (remote && anonymous && settings->prompt && world.in_terminal && !settings->url.empty()) {
    ask_credentials(world.in, out, *settings);
  }
  Api api(*settings, out, world.fetch);
  Context context{args, *settings, out, api, world.in, world.clock, world.in_terminal};
  return command.run(context);
}

}  // namespace

int run_qd(const std::vector<std::string>& args, World& world) {
  Out out(world.out, world.err, OutStyle{});
  if (args.size() == 1 && (args[0] == "--version" || args[0] == "-V")) {
    out.text(QD_VERSION);
    return exit_code::done;
  }
  std::size_t length = 0;
  const std::vector<std::string> words = leading_words(args);
  const bool help_first = !words.empty() && words.front() == "help";
  const std::vector<std::string> path(words.begin() + (help_first ? 1 : 0), words.end());
  const Command* command = find_command(path, length);
  if (command == nullptr) {
    const int code = without_command(args, out);
    out.flush();
    return code;
  }
  const std::vector<std::string> rest(args.begin() + static_cast<std::ptrdiff_t>(length + (help_first ? 1 : 0)),
                                      args.end());
  auto parsed = parse_arguments(*command, rest);
  if (help_first || (parsed && parsed->has("help")) || (rest.size() == 1 && rest[0] == "help")) {
    out.raw(help_of_command(*command));
    out.flush();
    return exit_code::done;
  }
  if (!parsed) {
    out.error(parsed.error().message + " See: qd " + command->path + " --help");
    return exit_code::failed;
  }
  auto code = run_command(*command, *parsed, world, out);
  if (!code) out.error(code.error().message);
  out.flush();
  return code ? *code : exit_code_of(code.error());
}

}  // namespace qd::cli
