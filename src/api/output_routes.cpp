// The output of an execution: whole, by node, by step, from an offset or a line on, the last lines; as JSON or text.
#include "api/answers.hpp"
#include "api/output_json.hpp"
#include "api/route.hpp"
#include "base/text.hpp"
#include "service/errors.hpp"

namespace qd::api {
namespace {

constexpr std::size_t kPieceBytes = 256 << 10;
constexpr std::size_t kMaxTailBytes = 4u << 20;
constexpr std::int64_t kMaxAnswerBytes = 16 << 20;  // of the log file, in one answer

struct OutputQuery {
  log::ReadRequest read;
  std::optional<UnixMillis> last_modified;
  bool state_only = false;
  bool compacted = false;
  bool as_text = false;
  std::string offset_text = "0";
};

bool wants_text(const Call& call) {
  if (const auto format = call.query("format")) return *format == "text";
  if (call.request.path.ends_with(".text")) return true;
  if (call.request.path.ends_with(".json")) return false;
  return call.accepts("text/plain");
}

bool valid_step_context(std::string_view text) {
  if (text.empty() || text.size() > 1000) return false;
  return text.find_first_not_of("0123456789e/@=-_.,:abcdfghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ ") ==
             std::string_view::npos &&
         text.front() >= '0' && text.front() <= '9';
}

Result<OutputQuery> output_query(const Call& call) {
  OutputQuery query;
  query.as_text = wants_text(call);
  query.compacted = call.version >= 21 && call.truth("compacted");
  query.read.node = call.param("node");
  query.read.stepctx = call.param("stepctx");
  if (!query.read.stepctx.empty() && !valid_step_context(query.read.stepctx)) {
    return service::bad_parameter("stepctx", query.read.stepctx, "Invalid stepctx filter");
  }
  if (const auto offset = call.query("offset")) {
    const auto number = base::parse_int(*offset);
    if (!number || *number < 0) return service::bad_parameter("offset", *offset, "Not an integer offset");
    query.read.offset = *number;
    query.offset_text = *offset;
  }
  if (const auto line = call.query("line")) {
    const auto number = base::parse_int(*line);
    if (!number || *number < 1) return service::bad_parameter("line", *line, "Not the number of a line, from 1 on");
    query.read.offset = 0;
    query.read.skip_lines = *number - 1;
  }
  if (const auto modified = call.query("lastmod")) {
    const auto number = base::parse_int(*modified);
    if (!number || *number < 0)
      return service::bad_parameter("lastmod", *modified, "Not a millisecond modification time");
    query.last_modified = *number;
  }
  const auto last_lines = call.number("lastlines", 0);
  if (!last_lines) return fail(last_lines.error());
  if (*last_lines > 0) query.read.last_lines = static_cast<std::int64_t>(*last_lines);
  const auto max_lines = call.number("maxlines", 0);
  if (!max_lines) return fail(max_lines.error());
  if (*max_lines > 0) query.read.max_lines = static_cast<std::int64_t>(*max_lines);
  return query;
}

// The facts of the execution and the file that every output answer carries, by their JSON names.
JsonObject output_facts(const Call& call, const model::Execution& execution) {
  const bool done = model::is_final(execution.status);
  const UnixMillis end = execution.ended.value_or(call.services.clock.now());
  const UnixMillis duration = execution.started ? end - *execution.started : -1;
  return {{"id", std::to_string(execution.id)},
          {"execCompleted", done},
          {"hasFailedNodes", !execution.failed_nodes.empty()},
          {"execState", model::is_standard(execution.status) ? execution.status : "other"},
          {"statusString", model::is_standard(execution.status) ? Json(nullptr) : Json(execution.status)},
          {"execDuration", duration},
          {"clusterExec", execution.server_uuid != call.services.system.member().server_uuid},
          {"serverNodeUUID", execution.server_uuid}};
}

http::Response render_text(const JsonObject& facts, std::string text) {
  static constexpr std::pair<const char*, const char*> kHeaders[] = {
      {"error", "X-Rundeck-ExecOutput-Error"},
      {"message", "X-Rundeck-ExecOutput-Message"},
      {"pending", "X-Rundeck-ExecOutput-Pending"},
      {"partial", "X-Rundeck-ExecOutput-Partial"},
      {"retryBackoff", "X-Rundeck-ExecOutput-RetryBackoff"},
      {"empty", "X-Rundeck-ExecOutput-Empty"},
      {"unmodified", "X-Rundeck-ExecOutput-Unmodified"},
      {"offset", "X-Rundeck-ExecOutput-Offset"},
      {"completed", "X-Rundeck-ExecOutput-Completed"},
      {"execCompleted", "X-Rundeck-Exec-Completed"},
      {"execState", "X-Rundeck-Exec-State"},
      {"statusString", "X-Rundeck-Exec-Status-String"},
      {"execDuration", "X-Rundeck-Exec-Duration"},
      {"lastModified", "X-Rundeck-ExecOutput-LastModifed"},
      {"totalSize", "X-Rundeck-ExecOutput-TotalSize"}};
  http::Response response = text_answer(std::move(text));
  for (const auto& [key, header] : kHeaders) {
    if (const Json* value = facts.if_contains(key)) {
      if (const auto shown = scalar_text(*value)) response.headers.emplace(header, *shown);
    }
  }
  return response;
}

// `entries` is the JSON text of the list.
http::Response render_json(const OutputQuery& query, JsonObject facts, const std::string& entries) {
  if (!query.read.node.empty() || !query.read.stepctx.empty()) {
    JsonObject filter;
    if (!query.read.node.empty()) filter["nodename"] = query.read.node;
    if (!query.read.stepctx.empty()) filter["stepctx"] = query.read.stepctx;
    facts["filter"] = std::move(filter);
  }
  facts["compacted"] = query.compacted;
  if (query.compacted) facts["compactedAttr"] = "log";
  std::string body = boost::json::serialize(facts);
  body.pop_back();
  body.append(",\"entries\":").append(entries).append("}");
  return http::Response::json(200, std::move(body));
}

http::Response render(const OutputQuery& query, JsonObject facts, std::string content) {
  return query.as_text ? render_text(facts, std::move(content)) : render_json(query, std::move(facts), content);
}

http::Response render_nothing(const OutputQuery& query, JsonObject facts) {
  return render(query, std::move(facts), query.as_text ? "" : "[]");
}

// Where reading stopped, and what was read as text or as a JSON list.
struct Reading {
  log::LogPage last;  // without its events
  std::string content;
};

// Reads piece by piece until the lines, the file or kMaxAnswerBytes are used up, so that memory does not grow with the
// number of lines.
Result<Reading> read_output(const Call& call, const OutputQuery& query, const service::LogView& view, bool settled) {
  EntryList entries({.with_state = query.read.with_state,
                     .with_metadata = call.version >= 43,
                     .compacted = query.compacted,
                     .bare_text = call.version < 59});
  Reading reading;
  log::ReadRequest request = query.read;
  request.finished = settled;
  request.max_bytes = request.last_lines ? kMaxTailBytes : kPieceBytes;
  for (std::int64_t used = 0;;) {
    auto page = service::Output::read(view, request);
    if (!page) return fail(page.error());
    for (const log::ReadEvent& event : page->events) {
      if (query.state_only && event.event.type == log::event_type::log) continue;
      if (query.as_text) {
        reading.content.append(event.event.message).append("\n");
      } else {
        entries.add(event.event);
      }
    }
    used += page->bytes_read;
    if (request.max_lines) *request.max_lines -= static_cast<std::int64_t>(page->events.size());
    const bool moved = page->next_offset > request.offset;
    request.offset = page->next_offset;
    request.skip_lines = page->skip_lines;
    request.index_place = page->index_place;
    page->events.clear();
    reading.last = std::move(*page);
    if (request.last_lines || !reading.last.more || !moved || used >= kMaxAnswerBytes) break;
    if (request.max_lines && *request.max_lines <= 0) break;
  }
  if (!query.as_text) reading.content = std::move(entries).finish();
  return reading;
}

const char* pending_text(service::LogView::State state) {
  using State = service::LogView::State;
  if (state == State::pending_remote) return "Waiting for log output to become available...";
  return state == State::waiting ? "Waiting for output to start..." : "Retrieving log output from storage...";
}

// What is answered when there is nothing to read now: it is fetched, it will come, it is nowhere, or it failed.
http::Response no_output(const OutputQuery& query, const model::Execution& execution, const service::LogView& view,
                         JsonObject facts) {
  using State = service::LogView::State;
  if (view.state == State::failed) {
    facts["offset"] = "0";
    facts["completed"] = false;
    facts["error"] = "Log file could not be retrieved: " + view.message;
    auto response = render_nothing(query, std::move(facts));
    response.status = 500;
    return response;
  }
  const bool done = model::is_final(execution.status);
  if (view.state == State::missing || (view.state == State::whole && done)) {
    facts["empty"] = true;
    facts["offset"] = "0";
    facts["completed"] = done;
    facts[done ? "error" : "message"] =
        "The Execution Log could not be found." + (view.message.empty() ? "" : " " + view.message);
    return render_nothing(query, std::move(facts));
  }
  facts["message"] = "Pending";
  facts["pending"] = pending_text(view.state);
  facts["empty"] = true;
  facts["offset"] = query.offset_text;
  facts["completed"] = false;
  facts["retryBackoff"] = view.retry_after.count();
  return render_nothing(query, std::move(facts));
}

http::Response output(Call& call, bool with_state) {
  auto query = output_query(call);
  if (!query) return error_answer(query.error());
  query->read.with_state = with_state;
  query->state_only = with_state && call.truth("stateOnly");
  const std::string id = call.param("id");
  const auto execution = call.services.executions.find(call.who, id);
  if (!execution) return error_answer(execution.error());
  JsonObject facts = output_facts(call, *execution);

  const auto view = call.services.output.view(*execution);
  const log::LogStat stat = view.path.empty() ? log::LogStat{} : log::stat_log(view.path);
  if (!stat.exists) return no_output(*query, *execution, view, std::move(facts));
  const bool settled = service::Output::settled(view, *execution);
  if (view.state == service::LogView::State::partial) facts["partial"] = true;
  if (!view.message.empty()) facts["message"] = view.message;
  facts["lastModified"] = std::to_string(stat.last_modified);
  facts["totalSize"] = stat.size;
  if (query->last_modified && stat.last_modified <= *query->last_modified &&
      (query->read.offset == 0 || stat.size <= query->read.offset)) {
    facts["message"] = "Unmodified";
    facts["unmodified"] = true;
    facts["offset"] = query->offset_text;
    facts["completed"] = settled;
    return render_nothing(*query, std::move(facts));
  }
  auto reading = read_output(call, *query, view, settled);
  if (!reading) return error_answer(reading.error());
  const log::LogPage& end = reading->last;
  facts["unmodified"] = false;
  facts["offset"] = std::to_string(end.next_offset);
  facts["completed"] = end.ended || (settled && !end.more);
  facts["lastLinesSupported"] = true;
  facts["percentLoaded"] =
      end.file_size > 0 ? 100.0 * static_cast<double>(end.next_offset) / static_cast<double>(end.file_size) : 0.0;
  return render(*query, std::move(facts), std::move(reading->content));
}

http::Response get_output(Call& call) {
  return output(call, false);
}
http::Response get_output_with_state(Call& call) {
  return output(call, true);
}

}  // namespace

const std::vector<Route>& output_routes() {
  static const std::vector<Route> kRoutes{
      {"GET", "execution/{id}/output", 14, {"execution", "read"}, get_output},
      {"GET", "execution/{id}/output.json", 14, {"execution", "read"}, get_output},
      {"GET", "execution/{id}/output.text", 14, {"execution", "read"}, get_output},
      {"GET", "execution/{id}/output/state", 14, {"execution", "read"}, get_output_with_state},
      {"GET", "execution/{id}/output/node/{node}", 14, {"execution", "read"}, get_output},
      {"GET", "execution/{id}/output/node/{node}/step/{stepctx*}", 14, {"execution", "read"}, get_output},
      {"GET", "execution/{id}/output/step/{stepctx*}", 14, {"execution", "read"}, get_output},
  };
  return kRoutes;
}

}  // namespace qd::api
