#include "cli/view.hpp"

#include "base/clock.hpp"
#include "cli/format.hpp"

namespace qd::cli {
namespace {

void copy_member(const JsonObject& from, std::string_view key, JsonObject& to) {
  if (const Json* value = find(from, key); value != nullptr && !value->is_null()) to[key] = *value;
}

// {"unixtime": ms, "date": "…"}, or the date as text.
Json shown_date(const Json* date, const std::string& format) {
  if (date == nullptr || date->is_null()) return nullptr;
  const std::string& pattern = format.empty() ? std::string(kDefaultDateFormat) : format;
  if (date->is_object()) {
    if (const Json* unix_time = find(*date, "unixtime"); unix_time != nullptr && unix_time->is_int64()) {
      return Json(format_date(unix_time->get_int64(), pattern));
    }
    return shown_date(find(*date, "date"), format);
  }
  const auto text = scalar_text(*date);
  if (!text) return nullptr;
  const auto time = parse_iso8601(*text);
  return Json(time ? format_date(*time, pattern) : *text);
}

std::string what_ran(const JsonObject& view) {
  if (const Json* job = find(view, "job"); job != nullptr && job->is_object()) return job_line(job->get_object());
  return first_line(text_or(view, "description"));
}

}  // namespace

JsonObject plain_view(const Json& value) {
  return value.is_object() ? value.get_object() : JsonObject();
}

std::string job_path(const JsonObject& job) {
  const std::string group = text_or(job, "group");
  return group.empty() ? text_or(job, "name") : group + "/" + text_or(job, "name");
}

JsonObject job_view(const Json& value) {
  const JsonObject job = plain_view(value);
  JsonObject view;
  for (const char* key : {"id", "name", "group", "project", "href", "permalink", "description", "averageDuration",
                          "scheduled", "scheduleEnabled", "enabled", "error", "options"}) {
    copy_member(job, key, view);
  }
  if (find(job, "serverNodeUUID") != nullptr && find(job, "serverOwner") != nullptr) {
    view["scheduler"] =
        JsonObject{{"serverNodeUUID", *find(job, "serverNodeUUID")}, {"serverOwner", *find(job, "serverOwner")}};
  }
  return view;
}

std::string job_line(const JsonObject& view) {
  return text_or(view, "id") + " " + job_path(view);
}

JsonObject project_view(const Json& value) {
  const JsonObject project = plain_view(value);
  JsonObject view;
  view["name"] = text_or(project, "name");
  view["description"] = text_or(project, "description");
  for (const char* key : {"label", "url", "created", "config"}) copy_member(project, key, view);
  return view;
}

std::string project_line(const JsonObject& view) {
  return text_or(view, "name");
}

JsonObject execution_view(const Json& value, const std::string& date_format) {
  const JsonObject execution = plain_view(value);
  JsonObject view;
  view["id"] = text_or(execution, "id");
  view["status"] = text_or(execution, "status");
  if (const Json* custom = find(execution, "customStatus"); custom != nullptr && custom->is_string())
    view["status"] = *custom;
  for (const char* key : {"project", "user", "description", "argstring", "permalink", "href", "serverUUID"}) {
    copy_member(execution, key, view);
  }
  const Json* job = find(execution, "job");
  view["adhoc"] = job == nullptr || !job->is_object() ? "true" : "false";
  if (job != nullptr && job->is_object()) view["job"] = job_view(*job);
  view["dateStarted"] = shown_date(find(execution, "date-started"), date_format);
  view["dateEnded"] = shown_date(find(execution, "date-ended"), date_format);
  for (const char* key : {"successfulNodes", "failedNodes"}) copy_member(execution, key, view);
  if (const Json* by = find(execution, "abortedby")) view["abortedBy"] = *by;
  if (const Json* retried = find(execution, "retriedExecution")) view["retriedExecution"] = *retried;
  return view;
}

std::string execution_line(const JsonObject& view) {
  return text_or(view, "id") + " " + text_or(view, "status") + " " + text_or(view, "dateStarted", "-") + " " +
         text_or(view, "dateEnded", "-") + " " + text_or(view, "permalink", "-") + " " +
         (text_or(view, "adhoc") == "true" ? "adhoc " : "job ") + what_ran(view);
}

std::string execution_title(const JsonObject& view) {
  const std::string what = what_ran(view);
  return "[" + text_or(view, "id") + "] " + what + (what.empty() ? "" : " ") + "<" + text_or(view, "permalink") + ">";
}

}  // namespace qd::cli
