#include "api/scm_json.hpp"

#include <cstdlib>
#include <map>

#include "service/scm_actions.hpp"

namespace qd::api {
namespace {

using service::Integration;

Json job_name_json(const service::ScmJobName& job) {
  return JsonObject{
      {"groupPath", text_or_null(job.group)}, {"jobId", text_or_null(job.uuid)}, {"jobName", text_or_null(job.name)}};
}

JsonObject export_item_json(const service::ScmExportItem& item) {
  return {{"deleted", item.deleted},
          {"itemId", item.path},
          {"job", job_name_json(item.job)},
          {"originalId", text_or_null(item.original_path)},
          {"renamed", !item.original_path.empty()},
          {"status", text_or_null(item.state)}};
}

JsonObject import_item_json(const service::ScmImportItem& item) {
  return {{"deleted", item.deleted},
          {"itemId", item.path},
          {"job", item.job ? job_name_json(*item.job) : Json(nullptr)},
          {"tracked", item.job.has_value()},
          {"status", text_or_null(item.state)}};
}

// What people read of a job's state.
std::string display_text(Integration integration, const std::string& state) {
  static const std::map<std::string, std::string> kExports{{"CLEAN", "No Change"},
                                                           {"EXPORT_NEEDED", "Modified"},
                                                           {"CREATE_NEEDED", "Created"},
                                                           {"REFRESH_NEEDED", "Synch Needed"}};
  static const std::map<std::string, std::string> kImports{{"CLEAN", "Up to date"},
                                                           {"UNKNOWN", "Import Status: Not Tracked"},
                                                           {"IMPORT_NEEDED", "Import Needed"},
                                                           {"REFRESH_NEEDED", "Synch Needed"},
                                                           {"DELETE_NEEDED", "Source file was deleted"}};
  const auto& texts = integration == Integration::exporting ? kExports : kImports;
  const auto found = texts.find(state);
  return found == texts.end() ? std::string() : found->second;
}

// "+0100" as Java names it: "GMT+01:00".
std::string zone_name(const std::string& zone) {
  if (zone.size() != 5 || zone.substr(1) == "0000") return "GMT";
  return "GMT" + zone.substr(0, 3) + ":" + zone.substr(3);
}

const char* list_flaw(const JsonObject& body, const char* key) {
  const auto* value = find(body, key);
  return value == nullptr || value->is_null() || value->is_array() ? nullptr : key;
}

std::vector<std::string> texts_of(const JsonObject& body, const char* key) {
  std::vector<std::string> texts;
  if (const auto* value = find(body, key); value != nullptr && value->is_array()) {
    for (const auto& one : value->get_array()) {
      if (auto text = scalar_text(one)) texts.push_back(std::move(*text));
    }
  }
  return texts;
}

}  // namespace

Json text_or_null(const std::string& text) {
  return text.empty() ? Json(nullptr) : Json(text);
}

Json texts_or_null(const std::vector<std::string>& texts) {
  return texts.empty() ? Json(nullptr) : Json(JsonArray(texts.begin(), texts.end()));
}

JsonObject scm_plugin_json(const service::ScmPluginView& plugin) {
  return {{"configured", plugin.configured},
          {"description", plugin.description},
          {"enabled", plugin.enabled},
          {"title", plugin.title},
          {"type", plugin.type}};
}

JsonObject scm_summary_json(Integration integration, const service::ScmSummary& summary) {
  if (!summary.configured) return {};
  JsonObject json{{"configured", true}, {"enabled", summary.enabled}};
  if (!summary.enabled) return json;
  if (!summary.status) {
    json["valid"] = false;
    json["validationError"] = summary.flaw;
    return json;
  }
  JsonArray actions;
  for (const auto& id : summary.status->actions) {
    const auto form = service::scm_action_form(integration, id, {});
    actions.push_back(
        JsonObject{{"id", id}, {"title", form ? form->title : id}, {"description", form ? form->description : ""}});
  }
  json["status"] =
      JsonObject{{"state", text_or_null(summary.status->state)}, {"message", text_or_null(summary.status->message)}};
  json["actions"] = std::move(actions);
  return json;
}

JsonArray scm_fields_json(const std::vector<plugin::Property>& fields) {
  JsonArray list;
  for (const auto& field : fields) {
    list.push_back(JsonObject{{"defaultValue", text_or_null(field.fallback)},
                              {"description", text_or_null(field.description)},
                              {"name", field.name},
                              {"renderingOptions", field.rendering},
                              {"required", field.required},
                              {"scope", nullptr},
                              {"title", field.title},
                              {"type", field.type},
                              {"values", texts_or_null(field.values)}});
  }
  return list;
}

JsonObject scm_outcome_json(const service::ScmOutcome& outcome) {
  Json flaws = nullptr;
  if (!outcome.flaws.empty()) {
    JsonObject object;
    for (const auto& [field, flaw] : outcome.flaws) object[field] = flaw;
    flaws = std::move(object);
  }
  return {{"message", text_or_null(outcome.message)},
          {"nextAction", text_or_null(outcome.next_action)},
          {"success", outcome.success},
          {"validationErrors", std::move(flaws)}};
}

JsonObject scm_form_json(Integration integration, const service::ScmActionForm& form) {
  Json imports = nullptr, exports = nullptr;
  JsonArray items;
  if (integration == Integration::exporting) {
    for (const auto& item : form.exports) items.push_back(export_item_json(item));
    exports = std::move(items);
  } else {
    for (const auto& item : form.imports) items.push_back(import_item_json(item));
    imports = std::move(items);
  }
  return {{"actionId", form.id},
          {"description", text_or_null(form.description)},
          {"fields", scm_fields_json(form.fields)},
          {"integration", service::integration_name(integration)},
          {"title", form.title},
          {"importItems", std::move(imports)},
          {"exportItems", std::move(exports)}};
}

Json scm_commit_json(const std::optional<scm::CommitFacts>& commit) {
  if (!commit) return nullptr;
  const auto committed = iso8601(commit->committed);
  return JsonObject{{"author", commit->author + (commit->email.empty() ? "" : "<" + commit->email + ">")},
                    {"commitId", commit->id},
                    {"date", committed},
                    {"info", JsonObject{{"commitId", commit->id},
                                        {"commitId6", commit->id.substr(0, 6)},
                                        {"date", committed},
                                        {"authorName", commit->author},
                                        {"authorEmail", commit->email},
                                        {"authorTime", iso8601(commit->authored)},
                                        {"authorTimeZone", zone_name(commit->zone)},
                                        {"message", commit->subject}}},
                    {"message", commit->subject}};
}

JsonObject scm_job_state_json(Integration integration, const service::ScmJobState& state) {
  return {{"actions", JsonArray(state.actions.begin(), state.actions.end())},
          {"commit", scm_commit_json(state.commit)},
          {"id", state.uuid},
          {"integration", service::integration_name(integration)},
          {"message", text_or_null(display_text(integration, state.state))},
          {"project", state.project},
          {"synchState", text_or_null(state.state)}};
}

service::ScmValues scm_values(const JsonObject& object) {
  service::ScmValues values;
  for (const auto& [key, value] : object) {
    if (auto text = scalar_text(value)) values[std::string(key)] = std::move(*text);
  }
  return values;
}

Result<service::ScmActionRequest> scm_action_request(const JsonObject& body, bool input_only) {
  std::string flaws;
  const auto* input = find(body, "input");
  const bool has_input = input != nullptr && !input->is_null();
  if (has_input && !input->is_object()) flaws += " json: expected 'input' to be a map";
  if (!input_only) {
    for (const char* key : {"jobs", "items", "deleted", "deletedJobs"}) {
      if (list_flaw(body, key) != nullptr) flaws += std::string(" json: expected '") + key + "' to be a list";
    }
  }
  if (!flaws.empty()) return fail(ErrorKind::invalid, flaws);
  service::ScmActionRequest request;
  if (has_input) request.input = scm_values(input->get_object());
  if (input_only) return request;
  request.jobs = texts_of(body, "jobs");
  request.items = texts_of(body, "items");
  request.deleted = texts_of(body, "deleted");
  request.deleted_jobs = texts_of(body, "deletedJobs");
  return request;
}

}  // namespace qd::api
