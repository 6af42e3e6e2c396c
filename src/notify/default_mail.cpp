#include "base/text.hpp"
#include "notify/planner.hpp"

namespace qd::notify {

namespace {

std::string link(const std::string& url, const std::string& text) {
  return "<a href=\"" + base::html_escape(url) + "\">" + base::html_escape(text) + "</a>";
}

std::string duration_text(UnixMillis millis) {
  const auto seconds = millis / 1000;
  const auto two = [](std::int64_t number) { return (number < 10 ? "0" : "") + std::to_string(number); };
  if (seconds < 60) return std::to_string(seconds) + "." + std::to_string(millis % 1000 / 100) + " s";
  if (seconds < 3600) return std::to_string(seconds / 60) + ":" + two(seconds % 60) + " min";
  return std::to_string(seconds / 3600) + ":" + two(seconds / 60 % 60) + ":" + two(seconds % 60) + " h";
}

// The rows of the table of facts.
class Facts {
 public:
  void add(const char* name, const std::string& html) {
    if (html.empty()) return;
    rows_ +=
        "<tr><th style=\"text-align:left;vertical-align:top;padding:2px 16px 2px 0;font-weight:normal;color:#666\">" +
        std::string(name) + "</th><td style=\"padding:2px 0\">" + html + "</td></tr>\n";
  }
  std::string table() const { return "<table style=\"border-collapse:collapse\">\n" + rows_ + "</table>\n"; }

 private:
  std::string rows_;
};

}  // namespace

std::string default_mail(const PlanInput& input, const std::string& title) {
  const auto& execution = input.event.execution;
  const auto& job = *input.event.job;
  const auto& document = input.facts.document;
  Facts facts;
  facts.add("Status", base::html_escape(event_status(input.event)));
  facts.add("Job", link(codec::job_page(document, job.project, job.uuid), job.path()));
  facts.add("Description", base::html_escape(job.description));
  facts.add("Execution", link(codec::execution_page(document, execution), "#" + std::to_string(execution.id)));
  facts.add("Project", base::html_escape(job.project));
  facts.add("Options", base::html_escape(execution.arg_string));
  facts.add("User", base::html_escape(execution.user));
  if (execution.started) facts.add("Started", iso8601(*execution.started));
  if (execution.ended) {
    facts.add("Ended", iso8601(*execution.ended));
    if (execution.started) facts.add("Took", duration_text(*execution.ended - *execution.started));
  }
  if (document.average_duration) facts.add("Takes on average", duration_text(*document.average_duration));
  facts.add("Aborted by", base::html_escape(execution.aborted_by));
  facts.add("Failed nodes", base::html_escape(base::join(execution.failed_nodes, ", ")));
  facts.add("Succeeded nodes", base::html_escape(base::join(execution.succeeded_nodes, ", ")));
  return "<!DOCTYPE html>\n<html><body style=\"font-family:sans-serif;font-size:14px\">\n<h2 "
         "style=\"font-size:18px\">" +
         base::html_escape(title) + "</h2>\n" + facts.table() + "<pre style=\"font-size:12px;white-space:pre-wrap\">" +
         log_reference + "</pre>\n</body></html>\n";
}

}  // namespace qd::notify
