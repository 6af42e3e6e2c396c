#include <algorithm>

#include "base/text.hpp"
#include "codec/job_decode.hpp"

namespace qd::codec {
namespace {

// "," is how an absent delimiter reads, so that both mean the same job.
std::string read_delimiter(Fields& fields, std::string_view key) {
  std::string delimiter = fields.text(key);
  return delimiter == "," ? "" : delimiter;
}

void read_values(Fields& fields, std::vector<std::string>& values) {
  const Json* value = fields.take("values");
  if (!value) return;
  const JsonArray single{*value};
  const JsonArray& items = value->is_array() ? value->get_array() : single;
  for (const Json& item : items) {
    if (item.is_null()) continue;
    if (auto text = plain_text(item)) {
      values.push_back(std::move(*text));
    } else {
      fields.wrong("values", "must be a list of texts, and holds " + shown(item));
    }
  }
  if (!value->is_array() && values.size() == 1 && values.front().empty()) values.clear();
}

void read_remote_values(Fields& fields, model::Option& option) {
  option.values_url = fields.text("valuesUrl");
  if (const JsonObject* config = fields.object("configRemoteUrl")) option.config_remote_url = *config;
  if (auto kind = fields.maybe_text("remoteUrlAuthenticationType")) {
    if (!option.config_remote_url.contains("authenticationType"))
      option.config_remote_url["authenticationType"] = *kind;
  }
}

model::Option read_option(const JsonObject& object, std::string name, FieldPath path, FieldProblem& problem) {
  Fields fields(object, std::move(path), "option \"" + name + "\"", problem);
  model::Option option;
  fields.take("name");
  fields.take("sortIndex");  // lists are in order; maps were sorted by it
  option.name = std::move(name);
  option.label = fields.text("label");
  option.description = fields.text("description");
  option.type = fields.text("type");
  if (const JsonObject* config = fields.object("config")) option.config = *config;
  option.value = fields.maybe_text("value");
  read_values(fields, option.values);
  option.values_delimiter = read_delimiter(fields, "valuesListDelimiter");
  read_remote_values(fields, option);
  option.values_plugin = fields.text("optionValuesPluginType");
  option.regex = fields.text("regex");
  option.storage_path = fields.text("storagePath");
  option.date_format = fields.text("dateFormat");
  option.delimiter = read_delimiter(fields, "delimiter");
  option.required = fields.flag("required", false);
  option.enforced = fields.flag("enforced", false);
  option.multivalued = fields.flag("multivalued", false);
  option.multivalue_all_selected = fields.flag("multivalueAllSelected", false);
  option.secure = fields.flag("secure", false);
  option.value_exposed = fields.flag("valueExposed", false);
  option.is_date = fields.flag("isDate", false);
  option.hidden = fields.flag("hidden", false);
  option.sort_values = fields.flag("sortValues", false);
  option.extra = fields.rest();
  return option;
}

std::vector<model::Option> read_option_list(const JsonArray& list, FieldProblem& problem) {
  std::vector<model::Option> options;
  options.reserve(list.size());
  for (std::size_t i = 0; i < list.size(); ++i) {
    FieldPath path{"options", std::to_string(i)};
    const std::string number = "option " + std::to_string(i + 1);
    const JsonObject* object = list[i].if_object();
    if (!object) {
      problem.report(path, number + " must be a map, not " + shown(list[i]));
      break;
    }
    const std::string name = Fields(*object, path, number, problem).text("name");
    if (name.empty()) problem.report(path, number + ": 'name' is required");
    options.push_back(read_option(*object, name, std::move(path), problem));
  }
  return options;
}

// The order of options that a map holds: by sortIndex where there is one, then by name.
struct MapOrder {
  std::optional<std::int64_t> index;
  std::size_t at;
};

std::vector<model::Option> read_option_map(const JsonObject& map, FieldProblem& problem) {
  std::vector<model::Option> options;
  std::vector<MapOrder> order;
  const JsonObject none;
  for (const auto& entry : map) {
    const std::string name = entry.key();
    FieldPath path{"options", name};
    if (!entry.value().is_object() && !entry.value().is_null()) {
      problem.report(path, "option \"" + name + "\" must be a map, not " + shown(entry.value()));
      break;
    }
    const JsonObject& object = entry.value().is_object() ? entry.value().get_object() : none;
    const std::string index = Fields(object, path, name, problem).text("sortIndex");
    order.push_back({base::parse_int(index), options.size()});
    options.push_back(read_option(object, name, std::move(path), problem));
  }
  std::stable_sort(order.begin(), order.end(), [&](const MapOrder& a, const MapOrder& b) {
    if (a.index && b.index) return *a.index < *b.index;
    if (a.index || b.index) return a.index.has_value();
    return options[a.at].name < options[b.at].name;
  });
  std::vector<model::Option> sorted;
  sorted.reserve(options.size());
  for (const MapOrder& place : order) sorted.push_back(std::move(options[place.at]));
  return sorted;
}

}  // namespace

std::vector<model::Option> read_options(const Json& value, FieldProblem& problem) {
  if (const JsonArray* list = value.if_array()) return read_option_list(*list, problem);
  if (const JsonObject* map = value.if_object()) return read_option_map(*map, problem);
  if (value != Json("")) problem.report({"options"}, "'options' must be a list or a map, not " + shown(value));
  return {};
}

}  // namespace qd::codec
