#include "base/text.hpp"
#include "codec/job_decode.hpp"

namespace qd::codec {
namespace {

// One word of a node filter, quoted where the filter language needs it.
std::string filter_word(const std::string& word) {
  if (!word.empty() && word.find_first_of(" \"'\r\n") == std::string::npos) return word;
  return "\"" + base::replace_all(word, "\"", "\"\"") + "\"";
}

// The include and exclude maps of old files as filter language: "tags: web !os-family: windows".
void add_old_filter(Fields& fields, std::string_view key, std::string_view sign, std::string& filter) {
  const JsonObject* object = fields.object(key);
  if (!object) return;
  Fields entries(*object, fields.path_of(key), fields.subject(), fields.problem());
  for (const auto& entry : *object) {
    const std::string value = entries.text(entry.key());
    if (value.empty()) continue;
    if (!filter.empty()) filter += ' ';
    filter += filter_word(std::string(sign) + std::string(entry.key()) + ":") + " " + filter_word(value);
  }
}

std::optional<bool> read_rank_order(Fields& fields) {
  const auto order = fields.maybe_text("rankOrder");
  if (!order) return std::nullopt;
  const bool ascending = base::iequals(*order, "ascending");
  if (!ascending && !base::iequals(*order, "descending")) {
    fields.wrong("rankOrder", "must be ascending or descending, not " + shown(Json(*order)));
  }
  return ascending;
}

model::Dispatch read_dispatch(const JsonObject& object, FieldPath path, FieldProblem& problem) {
  Fields fields(object, std::move(path), "dispatch", problem);
  model::Dispatch dispatch;
  dispatch.threadcount = fields.maybe_text("threadcount");
  dispatch.keepgoing = fields.maybe_flag("keepgoing");
  dispatch.exclude_precedence = fields.maybe_flag("excludePrecedence");
  dispatch.success_on_empty_node_filter = fields.maybe_flag("successOnEmptyNodeFilter");
  dispatch.node_intersect = fields.maybe_flag("nodeIntersect");
  dispatch.rank_attribute = fields.text("rankAttribute");
  dispatch.rank_ascending = read_rank_order(fields);
  dispatch.extra = fields.rest();
  return dispatch;
}

}  // namespace

model::NodeFilters read_node_filters(const JsonObject& object, FieldPath path, std::string subject,
                                     FieldProblem& problem) {
  Fields fields(object, std::move(path), std::move(subject), problem);
  model::NodeFilters filters;
  if (object.contains("filter")) {
    filters.filter = fields.text("filter");
  } else {
    add_old_filter(fields, "include", "", filters.filter);
    add_old_filter(fields, "exclude", "!", filters.filter);
  }
  filters.filter_exclude = fields.text("filterExclude");
  if (const JsonObject* dispatch = fields.object("dispatch")) {
    filters.dispatch = read_dispatch(*dispatch, fields.path_of("dispatch"), problem);
  }
  filters.extra = fields.rest();
  return filters;
}

void fill_dispatch(model::Dispatch& dispatch) {
  if (!dispatch.threadcount) dispatch.threadcount = "1";
  if (!dispatch.keepgoing) dispatch.keepgoing = false;
  if (!dispatch.exclude_precedence) dispatch.exclude_precedence = true;
  if (!dispatch.success_on_empty_node_filter) dispatch.success_on_empty_node_filter = false;
  if (!dispatch.rank_ascending) dispatch.rank_ascending = true;
}

}  // namespace qd::codec
