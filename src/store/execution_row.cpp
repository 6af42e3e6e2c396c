#include "store/execution_row.hpp"

#include "base/json.hpp"
#include "codec/execution_codec.hpp"
#include "codec/job_codec.hpp"
#include "store/job_document.hpp"

namespace qd::store {
namespace {

Value nullable(const std::optional<std::int64_t>& number) {
  return number ? Value(*number) : Value(nullptr);
}

// Job documents need a name; the workflow of an ad-hoc execution may have none.
constexpr const char* stand_in_name = "ad hoc";

Value workflow_column(const model::Execution& execution) {
  if (!execution.ad_hoc) return nullptr;
  JsonObject wrapped;
  wrapped["project"] = execution.ad_hoc->project;
  wrapped["named"] = !execution.ad_hoc->name.empty();
  if (execution.ad_hoc->name.empty()) {
    auto named = *execution.ad_hoc;
    named.name = stand_in_name;
    wrapped["job"] = codec::job_to_json(named);
  } else {
    wrapped["job"] = codec::job_to_json(*execution.ad_hoc);
  }
  return boost::json::serialize(wrapped);
}

model::Job read_workflow(const std::string& column, const std::string& where) {
  const auto wrapped = parse_json(column);
  const Json* document = wrapped ? find(*wrapped, "job") : nullptr;
  if (document == nullptr) throw DatabaseError("the stored workflow of " + where + " cannot be read", false);
  auto job = codec::job_from_json(*document);
  if (!job) throw DatabaseError("the stored workflow of " + where + " cannot be read: " + job.error().message, false);
  job->project = text_or(wrapped->get_object(), "project");
  if (!truth_or(wrapped->get_object(), "named", true)) job->name.clear();
  return std::move(*job);
}

JsonObject read_extra(const std::string& column) {
  if (column.empty()) return {};
  auto json = parse_json(column);
  return json && json->is_object() ? std::move(json->get_object()) : JsonObject{};
}

// Most executions have none of these: an empty text costs no encoding and no decoding.
std::string texts_column(const std::vector<std::string>& texts) {
  return texts.empty() ? "" : codec::encode_texts(texts);
}
std::string map_column(const std::map<std::string, std::string>& map) {
  return map.empty() ? "" : codec::encode_map(map);
}
std::vector<std::string> read_texts(const std::string& column) {
  return column.empty() ? std::vector<std::string>() : codec::decode_texts(column);
}
std::map<std::string, std::string> read_map(const std::string& column) {
  return column.empty() ? std::map<std::string, std::string>() : codec::decode_map(column);
}

}  // namespace

bool is_active(const std::string& status) {
  return status == model::status::running || status == model::status::scheduled || status == model::status::queued;
}

Params columns_of(const model::Execution& execution) {
  const auto& e = execution;
  Params columns;
  columns.reserve(execution_column_count + 8);
  const auto add = [&columns](auto&& value) { columns.emplace_back(std::forward<decltype(value)>(value)); };
  add(e.project);
  add(e.job_uuid);
  add(e.status);
  add(is_active(e.status) ? Value(std::int64_t{1}) : Value(nullptr));
  add(e.started.value_or(e.scheduled_for.value_or(0)));
  add(nullable(e.scheduled_for));
  add(nullable(e.started));
  add(nullable(e.ended));
  add(e.server_uuid);
  add(e.incarnation);
  add(e.uuid);
  add(e.job_revision);
  add(e.type);
  add(e.user);
  add(e.log_level);
  add(std::int64_t{e.retry_attempt});
  add(nullable(e.retry_of));
  add(nullable(e.retried_as));
  add(nullable(e.original));
  add(e.log_size);
  add(e.aborted_by);
  add(e.job_name);
  add(e.job_group);
  add(texts_column(e.roles));
  add(e.description);
  add(e.arg_string);
  add(map_column(e.options));
  add(e.node_filter);
  add(texts_column(e.succeeded_nodes));
  add(texts_column(e.failed_nodes));
  add(e.abort_reason);
  add(e.log_path);
  add(e.extra.empty() ? std::string() : boost::json::serialize(e.extra));
  add(workflow_column(e));
  add(std::string());  // state
  return columns;
}

model::Execution read_execution(const Row& row) {
  std::size_t next = 0;
  const auto text = [&] { return row.text(next++); };
  const auto integer = [&] { return row.integer(next++); };
  const auto optional = [&] { return row.optional_integer(next++); };
  model::Execution e;
  e.id = integer();
  e.project = text();
  e.job_uuid = text();
  e.status = text();
  e.scheduled_for = optional();
  e.started = optional();
  e.ended = optional();
  e.server_uuid = text();
  e.incarnation = integer();
  e.uuid = text();
  e.job_revision = integer();
  e.type = text();
  e.user = text();
  e.log_level = text();
  e.retry_attempt = static_cast<int>(integer());
  e.retry_of = optional();
  e.retried_as = optional();
  e.original = optional();
  e.log_size = integer();
  e.aborted_by = text();
  e.job_name = text();
  e.job_group = text();
  e.roles = read_texts(text());
  e.description = text();
  e.arg_string = text();
  e.options = read_map(text());
  e.node_filter = text();
  e.succeeded_nodes = read_texts(text());
  e.failed_nodes = read_texts(text());
  e.abort_reason = text();
  e.log_path = text();
  e.extra = read_extra(text());
  return e;
}

model::Execution read_whole_execution(const Row& row) {
  constexpr std::size_t workflow = 32;
  auto execution = read_execution(row);
  if (!row.null(workflow)) {
    execution.ad_hoc = read_workflow(row.text(workflow), "execution " + std::to_string(execution.id));
  }
  return execution;
}

}  // namespace qd::store
