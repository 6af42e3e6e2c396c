#include "cli/completion.hpp"
#include "cli/context.hpp"
#include "cli/help.hpp"
#include "cli/verbs.hpp"

namespace qd::cli {
namespace {

Result<int> print_completion(Context& context) {
  const std::string shell = context.args.operands().size() == 1 ? context.args.operands().front() : "";
  if (shell != "bash" && shell != "zsh" && shell != "fish") {
    return fail(ErrorKind::invalid, "Which shell? Write: qd completion bash, zsh or fish.");
  }
  context.out.raw(shell == "bash" ? bash_completion() : shell == "zsh" ? zsh_completion() : fish_completion());
  return exit_code::done;
}

Result<int> print_manual(Context& context) {
  context.out.raw(manual_page());
  return exit_code::done;
}

Result<int> print_version(Context& context) {
  if (context.out.for_programs()) {
    context.out.data(Json(JsonObject{{"version", QD_VERSION}, {"apiVersion", kApiVersion}}));
  } else {
    context.out.text(context.args.has("verbose") ? "qd " QD_VERSION ", API version " + std::to_string(kApiVersion)
                                                 : QD_VERSION);
  }
  return exit_code::done;
}

}  // namespace

Commands shell_commands() {
  return {
      {"completion",
       "Print a script that completes command lines of qd.",
       "bash|zsh|fish",
       {},
       {"source <(qd completion bash)", "qd completion zsh > \"${fpath[1]}/_qd\"",
        "qd completion fish > ~/.config/fish/completions/qd.fish"},
       print_completion},
      {"manual", "Print the manual page of qd.", "", {}, {"qd manual | man -l -"}, print_manual},
      {"version",
       "Print the version of qd.",
       "",
       {flag("-v,--verbose", "Also the API version.")},
       {"qd version"},
       print_version},
  };
}

}  // namespace qd::cli
