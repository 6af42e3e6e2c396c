#include <algorithm>

#include "codec/job_xml_read.hpp"
#include "codec/xml_tree.hpp"

namespace qd::codec {
namespace {

bool has_member(const JsonObject& map, std::string_view key) {
  const Json* value = map.if_contains(key);
  return value && !value->is_null();
}

void script_from_xml_words(JsonObject& step) {
  if (Json args = taken(step, "scriptargs"); !args.is_null()) step["args"] = std::move(args);
  Json interpreter = taken(step, "scriptinterpreter");
  if (JsonObject* parts = interpreter.if_object()) {
    if (Json quoted = taken(*parts, "argsquoted"); !quoted.is_null()) step["interpreterArgsQuoted"] = std::move(quoted);
    if (Json text = taken(*parts, xml_text_key); !text.is_null()) step["scriptInterpreter"] = std::move(text);
  } else if (!interpreter.is_null()) {
    step["scriptInterpreter"] = std::move(interpreter);
  }
}

void reference_from_xml_words(JsonObject& reference) {
  if (Json argument = taken(reference, "arg"); argument.is_object()) {
    reference["args"] = taken(argument.get_object(), "line");
  }
  Json dispatch = taken(reference, "dispatch");
  Json* present = reference.if_contains("nodefilters");
  const bool has_filters = present && present->is_object();
  if (has_filters) merge_extra_fields(present->get_object());
  if (dispatch.is_object()) {
    merge_extra_fields(dispatch.get_object());
    if (!has_filters) reference["nodefilters"] = JsonObject();
    reference["nodefilters"].get_object()["dispatch"] = std::move(dispatch);
  }
  merge_extra_fields(reference);
}

void plugin_from_xml_words(JsonObject& step, std::string_view element, FieldProblem& problem) {
  Json plugin = taken(step, element);
  if (JsonObject* parts = plugin.if_object()) {
    entries_from_xml_words(*parts, "configuration", problem);
    for (auto& entry : *parts) step[entry.key()] = std::move(entry.value());
  }
  step["nodeStep"] = element.starts_with("node");
}

void step_from_xml_words(Json& value, FieldProblem& problem) {
  if (!value.is_object()) return;
  JsonObject& step = value.get_object();
  Json* reference = step.if_contains("jobref");
  if (reference && reference->is_object()) {
    reference_from_xml_words(reference->get_object());
  } else if (has_member(step, "node-step-plugin")) {
    plugin_from_xml_words(step, "node-step-plugin", problem);
  } else if (has_member(step, "step-plugin")) {
    plugin_from_xml_words(step, "step-plugin", problem);
  } else if (has_member(step, "script") || has_member(step, "scriptfile") || has_member(step, "scripturl")) {
    script_from_xml_words(step);
  }
  if (Json* handler = step.if_contains("errorhandler")) step_from_xml_words(*handler, problem);
  merge_extra_fields(step);
}

// One <email>, <webhook> or <plugin> as an entry of the trigger's list.
class XmlTriggerReader {
 public:
  XmlTriggerReader(std::string trigger, JsonArray& list, FieldProblem& problem)
      : trigger_(std::move(trigger)), list_(list), problem_(problem) {}

  void read(JsonObject& elements) {
    JsonObject shared;  // older files write these beside <webhook>
    for (const char* key : {"format", "httpMethod"}) {
      if (Json value = taken(elements, key); !value.is_null()) shared[key] = std::move(value);
    }
    const bool has_some =
        std::any_of(elements.begin(), elements.end(), [](const auto& entry) { return is_kind(entry.key()); });
    for (auto& entry : elements) {
      if (has_some && !is_kind(entry.key())) {
        problem_.ignored.push_back("notification " + trigger_ + ": <" + std::string(entry.key()) +
                                   "> is no kind of notification, and left out; use email, webhook or plugin");
        continue;
      }
      for (Json& item : listed(std::move(entry.value()))) add(entry.key(), item, shared);
    }
  }

 private:
  static bool is_kind(std::string_view name) { return name == "email" || name == "webhook" || name == "plugin"; }

  void add(std::string_view kind, Json& item, const JsonObject& shared) {
    if (!is_kind(kind)) {
      wrong("<" + std::string(kind) + "> is no kind of notification; use email, webhook or plugin");
      return;
    }
    if (!item.is_object()) item.emplace_object();
    JsonObject& parts = item.get_object();
    if (kind == "plugin") {
      entries_from_xml_words(parts, "configuration", problem_);
      list_.push_back(JsonObject{{"plugin", JsonArray{std::move(item)}}});
      return;
    }
    merge_extra_fields(parts);
    const char* required = kind == "email" ? "recipients" : "urls";
    if (text_or(parts, required).empty())
      wrong(std::string(kind) + " had blank or missing '" + required + "' attribute");
    if (kind == "email") {
      list_.push_back(JsonObject{{"email", std::move(item)}});
    } else {
      for (const auto& entry : shared) parts.emplace(entry.key(), entry.value());
      list_.push_back(std::move(item));
    }
  }

  void wrong(const std::string& what) {
    problem_.report({"notification", trigger_}, "notification " + trigger_ + ": " + what);
  }

  std::string trigger_;
  JsonArray& list_;
  FieldProblem& problem_;
};

}  // namespace

void steps_from_xml_words(JsonObject& sequence, FieldProblem& problem) {
  if (sequence.contains("command")) {
    JsonArray commands = listed(taken(sequence, "command"));
    for (Json& step : commands) step_from_xml_words(step, problem);
    sequence["commands"] = std::move(commands);
  }
  merge_extra_fields(sequence);
}

void notifications_from_xml_words(JsonObject& triggers, FieldProblem& problem) {
  for (auto& entry : triggers) {
    if (entry.key() == extra_fields) continue;
    JsonArray list;
    XmlTriggerReader reader(entry.key(), list, problem);
    if (JsonObject* elements = entry.value().if_object()) reader.read(*elements);
    entry.value() = std::move(list);
  }
  merge_extra_fields(triggers);
}

}  // namespace qd::codec
