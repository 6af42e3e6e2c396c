#include "codec/archive_execution.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "codec/job_codec.hpp"
#include "codec/job_xml_read.hpp"
#include "codec/job_xml_write.hpp"
#include "codec/xml_text.hpp"
#include "codec/xml_tree.hpp"

namespace qd::codec {
namespace {

constexpr std::size_t kMaxDepth = 64;
constexpr std::string_view kElsewhere = "ext:";

namespace status = model::status;

// ---- writing ----

void add_id(XmlElement& element, const char* name, const std::optional<model::ExecutionId>& id) {
  if (id) element.add_text(name, std::to_string(*id));
}

void add_date(XmlElement& element, const char* name, const std::optional<UnixMillis>& time) {
  element.add_text(name, time ? iso8601(*time) : "");
}

// The status as the peer keeps it: what ended badly is "failed", and a flag says how.
std::string stored_status(const model::Execution& execution) {
  const std::string& text = execution.status;
  if (!model::is_final(text)) return {};
  if (text == status::aborted || text == status::timed_out || text == status::failed_with_retry) return status::failed;
  return text;
}

JsonObject document_of(const model::Job& job) {
  model::Job named = job;
  if (named.name.empty()) named.name = "adhoc";  // a document needs one
  return job_to_json(named);
}

void add_workflow(XmlElement& element, JsonObject& document) {
  const auto sequence = taken(document, "sequence");
  // Of a job that is gone nobody knows the steps any more.
  add_sequence(element, sequence.is_object() ? sequence.get_object() : JsonObject{{"commands", JsonArray()}});
  element.children.back().name = "workflow";
}

void add_node_filters(XmlElement& element, const model::Execution& execution, JsonObject& document) {
  auto filters = taken(document, "nodefilters");
  const bool dispatched = filters.is_object() || !execution.node_filter.empty();
  element.add_text("doNodedispatch", dispatched ? "true" : "false");
  if (!dispatched) return;
  XmlElement& words = element.add("nodefilters");
  if (filters.is_object()) {
    if (auto dispatch = taken(filters.get_object(), "dispatch"); dispatch.is_object())
      add_dispatch(words.add("dispatch"), std::move(dispatch.get_object()));
  }
  words.add_text("filter", execution.node_filter);
}

void add_outcome(XmlElement& element, const model::Execution& execution, const std::string& log) {
  add_date(element, "dateStarted", execution.started ? execution.started : execution.scheduled_for);
  add_date(element, "dateCompleted", execution.ended);
  element.add_text("status", stored_status(execution));
  element.add_text("outputfilepath", log);
  element.add_text("failedNodeList", base::join(execution.failed_nodes, ","));
  element.add_text("succeededNodeList", base::join(execution.succeeded_nodes, ","));
  element.add_text("abortedby", execution.aborted_by);
  element.add_text("cancelled", execution.status == status::aborted ? "true" : "false");
  if (execution.status == status::timed_out) element.add_text("timedOut", "true");
  if (execution.status == status::failed_with_retry) element.add_text("willRetry", "true");
}

void add_retries(XmlElement& element, const model::Execution& execution) {
  if (execution.retry_attempt > 0) element.add_text("retryAttempt", std::to_string(execution.retry_attempt));
  add_id(element, "retryOriginalId", execution.original);
  add_id(element, "retryPrevId", execution.retry_of);
  add_id(element, "retryExecutionId", execution.retried_as);
}

// ---- reading ----

tl::unexpected<Error> bad(const std::string& what) {
  return fail(ErrorKind::invalid, what);
}

// References are resolved by XmlTree alone, which knows no others than XML's own: a document type cannot multiply text.
Result<pugi::xml_node> parse(pugi::xml_document& document, std::string_view text, std::string_view root) {
  if (!base::valid_utf8(text)) return bad("its text is no UTF-8");
  constexpr unsigned flags = pugi::parse_cdata | pugi::parse_eol | pugi::parse_wconv_attribute |
                             pugi::parse_ws_pcdata_single | pugi::parse_doctype;
  const auto parsed = document.load_buffer(text.data(), text.size(), flags, pugi::encoding_utf8);
  if (!parsed) return bad(std::string("its XML is broken: ") + parsed.description());
  for (const pugi::xml_node& node : document.children()) {
    if (node.type() == pugi::node_doctype) return bad("it holds a document type (<!DOCTYPE>)");
  }
  const pugi::xml_node element = document.document_element();
  if (root != element.name())
    return bad("its root element must be <" + std::string(root) + ">, not <" + element.name() + ">");
  return element;
}

Result<JsonObject> read_map(const pugi::xml_node& element) {
  FieldProblem problem;
  Json value = XmlTree(kMaxDepth, problem).value(element);
  if (problem.found) return bad(problem.message);
  if (!value.is_object()) return bad("<" + std::string(element.name()) + "> is empty");
  return std::move(value.get_object());
}

std::optional<model::ExecutionId> id_of(const JsonObject& map, const char* name) {
  const auto id = base::parse_int(text_or(map, name));
  return id && *id > 0 ? id : std::nullopt;
}

Result<std::optional<UnixMillis>> date_of(const JsonObject& map, const char* name) {
  const auto text = text_or(map, name);
  if (text.empty()) return std::optional<UnixMillis>();
  const auto time = parse_iso8601(text);
  if (!time) return bad(std::string(name) + " \"" + text.substr(0, 40) + "\" is no date");
  return time;
}

std::string status_of(const JsonObject& map) {
  const auto text = text_or(map, "status");
  const bool cancelled = truth_or(map, "cancelled", false);
  if (cancelled) return status::aborted;
  if (text == "true" || text == "succeeded") return status::succeeded;
  if (truth_or(map, "willRetry", false)) return status::failed_with_retry;
  if (truth_or(map, "timedOut", false)) return status::timed_out;
  if (text.empty() || text == "false" || !model::is_final(text)) return status::failed;
  return text;
}

// What ran, as a job without more than its name, its steps and its nodes.
Result<model::Job> workflow_of(JsonObject& map, const std::string& name, const std::string& filter) {
  FieldProblem problem;
  Json workflow = taken(map, "workflow");
  JsonObject document{{"name", name}};
  if (workflow.is_object()) {
    steps_from_xml_words(workflow.get_object(), problem);
    if (problem.found) return bad("its workflow: " + problem.message);
    document["sequence"] = std::move(workflow);
  }
  Json filters = taken(map, "nodefilters");
  if (filters.is_object() && !filter.empty()) {
    JsonObject kept{{"filter", filter}};
    if (auto dispatch = taken(filters.get_object(), "dispatch"); dispatch.is_object()) kept["dispatch"] = dispatch;
    document["nodefilters"] = std::move(kept);
  }
  auto job = job_from_json(document);
  if (!job) return bad("its workflow: " + job.error().message);
  return job;
}

std::string filter_of(const JsonObject& map) {
  const Json* filters = find(map, "nodefilters");
  return filters != nullptr && filters->is_object() ? text_or(filters->get_object(), "filter") : "";
}

Result<ArchivedExecution> read_execution(const pugi::xml_node& element, UnixMillis now) {
  auto read = read_map(element);
  if (!read) return fail(read.error());
  JsonObject& map = *read;
  ArchivedExecution found;
  model::Execution& execution = found.execution;
  found.id = id_of(map, "id").value_or(0);
  execution.job_uuid = text_or(map, "jobId");
  if (const Json* job = find(map, "fullJob"); job != nullptr && job->is_object()) {
    execution.job_name = text_or(job->get_object(), "name");
    execution.job_group = text_or(job->get_object(), "group");
  }
  const auto started = date_of(map, "dateStarted");
  const auto ended = date_of(map, "dateCompleted");
  if (!started) return fail(started.error());
  if (!ended) return fail(ended.error());
  execution.started = *started;
  execution.ended = *ended;
  execution.status = status_of(map);
  execution.aborted_by = text_or(map, "abortedby");
  if (!execution.ended) {
    found.was_running = true;
    execution.ended = now;
    execution.status = status::aborted;
    execution.aborted_by = "system";
  }
  if (!execution.started) execution.started = execution.ended;
  execution.failed_nodes = base::split_trimmed(text_or(map, "failedNodeList"), ',');
  execution.succeeded_nodes = base::split_trimmed(text_or(map, "succeededNodeList"), ',');
  execution.arg_string = text_or(map, "argString");
  execution.log_level = text_or(map, "loglevel", "INFO");
  execution.type = text_or(map, "executionType", execution.job_uuid.empty() ? "adhoc" : "user");
  execution.user = text_or(map, "user");
  execution.retry_attempt =
      static_cast<int>(std::clamp<std::int64_t>(base::parse_int(text_or(map, "retryAttempt")).value_or(0), 0, 10'000));
  execution.original = id_of(map, "retryOriginalId");
  execution.retry_of = id_of(map, "retryPrevId");
  execution.retried_as = id_of(map, "retryExecutionId");
  execution.node_filter = filter_of(map);
  if (const Json* extra = find(map, "extra"); extra != nullptr && extra->is_object()) execution.extra["meta"] = *extra;
  found.log = text_or(map, "outputfilepath");
  if (found.log.starts_with(kElsewhere)) {
    found.log_elsewhere = true;
    found.log.clear();
  }
  auto job = workflow_of(map, execution.job_name.empty() ? "adhoc" : execution.job_name, execution.node_filter);
  if (!job) return fail(job.error());
  execution.ad_hoc = std::move(*job);
  return found;
}

}  // namespace

std::string encode_archived_execution(const model::Execution& execution, const model::Job* job,
                                      const std::string& log) {
  XmlElement root;
  root.name = "executions";
  XmlElement& element = root.add("execution");
  element.set("id", std::to_string(execution.id));
  if (!execution.job_uuid.empty()) element.add_text("jobId", execution.job_uuid);
  add_outcome(element, execution, log);
  element.add_text("argString", execution.arg_string);
  element.add_text("loglevel", execution.log_level);
  element.add_text("uuid", execution.uuid);
  const model::Job* ran = execution.ad_hoc ? &*execution.ad_hoc : job;
  JsonObject document = ran != nullptr ? document_of(*ran) : JsonObject();
  add_node_filters(element, execution, document);
  element.add_text("executionType", execution.type);
  add_retries(element, execution);
  element.add_text("project", execution.project);
  element.add_text("user", execution.user);
  add_workflow(element, document);
  if (const Json* meta = find(execution.extra, "meta"); meta != nullptr && meta->is_object())
    add_value(element, "extra", *meta);
  if (!execution.job_uuid.empty() && job != nullptr) {
    element.children.push_back(job_element(document_of(*job)));
    element.children.back().name = "fullJob";
  }
  return write_xml(root);
}

Result<std::vector<ArchivedExecution>> decode_archived_executions(std::string_view xml, UnixMillis now) {
  pugi::xml_document document;
  const auto root = parse(document, xml, "executions");
  if (!root) return fail(root.error());
  std::vector<ArchivedExecution> found;
  for (const pugi::xml_node& element : root->children("execution")) {
    auto execution = read_execution(element, now);
    if (!execution) return fail(execution.error());
    found.push_back(std::move(*execution));
  }
  if (found.empty()) return bad("it holds no <execution>");
  return found;
}

std::string encode_archived_report(const model::Execution& execution) {
  const bool ad_hoc = execution.job_uuid.empty();
  const std::string path =
      execution.job_group.empty() ? execution.job_name : execution.job_group + "/" + execution.job_name;
  const auto& text = execution.status;
  const std::string outcome = text == status::succeeded           ? "succeed"
                              : text == status::aborted           ? "cancel"
                              : text == status::failed_with_retry ? "retry"
                              : text == status::timed_out         ? "timedout"
                              : text == status::missed            ? "missed"
                                                                  : "fail";
  const auto failed = execution.failed_nodes.size(), succeeded = execution.succeeded_nodes.size();
  const std::string by = execution.aborted_by.empty() ? execution.user : execution.aborted_by;
  XmlElement report;
  report.name = "report";
  report.add_text("node",
                  std::to_string(succeeded) + "/" + std::to_string(failed) + "/" + std::to_string(succeeded + failed));
  report.add_text("title", execution.description);
  report.add_text("status", outcome);
  report.add_text("actionType", outcome);
  report.add_text("ctxProject", execution.project);
  report.add_text("project", execution.project);
  report.add_text("reportId", ad_hoc ? "adhoc" : path);
  report.add_text("tags", "");
  report.add_text("author", execution.user);
  add_date(report, "dateStarted", execution.started);
  add_date(report, "dateCompleted", execution.ended);
  report.add_text("message", outcome == "succeed"  ? "Job completed successfully"
                             : outcome == "cancel" ? "Job killed by: " + by
                                                   : "Job failed");
  report.add_text("executionId", std::to_string(execution.id));
  report.add_text("jobId", execution.job_uuid);
  report.add_text("adhocExecution", ad_hoc ? "true" : "false");
  report.add_text("adhocScript", ad_hoc ? execution.description : "");
  report.add_text("abortedByUser", outcome == "cancel" ? by : "");
  report.add_text("succeededNodeList", base::join(execution.succeeded_nodes, ","));
  report.add_text("failedNodeList", base::join(execution.failed_nodes, ","));
  report.add_text("filterApplied", execution.node_filter);
  report.add_text("jobUuid", execution.job_uuid);
  report.add_text("executionUuid", execution.uuid);
  return write_xml(report);
}

Result<ArchivedReport> decode_archived_report(std::string_view xml) {
  pugi::xml_document document;
  const auto root = parse(document, xml, "report");
  if (!root) return fail(root.error());
  const auto map = read_map(*root);
  if (!map) return fail(map.error());
  ArchivedReport report;
  report.execution = id_of(*map, "executionId").value_or(id_of(*map, "jcExecId").value_or(0));
  report.job_path = text_or(*map, "reportId");
  if (report.job_path == "adhoc") report.job_path.clear();
  return report;
}

}  // namespace qd::codec
