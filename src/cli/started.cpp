#include "cli/started.hpp"

#include "cli/follow.hpp"
#include "cli/listing.hpp"
#include "cli/view.hpp"

namespace qd::cli {

Options started_options() {
  return join_options(
      {{flag("-f,--follow", "Print the output as it comes; the exit code tells how the execution ended."),
        text("-%,--outformat", "FORMAT",
             "With --follow, form of a line: %time %level %log %user %command %node %stepctx; without, of the "
             "execution: %id %status %href %permalink…"),
        flag("-v,--verbose", "Print all that is known of the execution.")},
       follow_options()});
}

Result<int> report_started(const Context& context, const Json& execution, const std::string& how) {
  const JsonObject view = execution_view(execution, context.settings.date_format);
  const std::string id = text_or(view, "id");
  if (id.empty()) return fail(ErrorKind::internal, "The server did not say which execution it started.");
  if (!context.args.has("follow")) {
    if (!context.args.has("verbose")) note_above(context, "Execution " + how + ": " + execution_title(view));
    show_one(context, view, execution_line);
    return exit_code::done;
  }
  context.out.note("Execution " + how + ": " + execution_title(view));
  context.out.flush();
  return follow_execution(context, id, follow_options_of(context.args, true));
}

}  // namespace qd::cli
