#include "engine/result_data.hpp"

#include <vector>

#include "base/text.hpp"
#include "model/expand.hpp"
#include "model/regex.hpp"

namespace qd::engine {
namespace {

constexpr std::size_t kLargest = 1u << 20;

// "1:key@~web.*": which values fill the list or map `key`.
struct Directive {
  std::string key;
  bool all_steps = false;
  std::size_t step = 0;  // 0: whichever gave the value last
  bool nodes = false;
  std::string node_filter;  // "": every node
};

// nullopt: it is a key like any other.
std::optional<Directive> read_directive(std::string_view text) {
  Directive directive;
  if (text.starts_with("*:")) {
    directive.all_steps = true;
    text.remove_prefix(2);
  } else if (const auto colon = text.find(':'); colon != std::string_view::npos) {
    const auto step = base::parse_int(text.substr(0, colon));
    if (step && *step > 0) {
      directive.step = static_cast<std::size_t>(*step);
      text.remove_prefix(colon + 1);
    }
  }
  if (const auto at = text.find('@'); at != std::string_view::npos) {
    directive.nodes = true;
    const std::string_view filter = text.substr(at + 1);
    if (filter.starts_with('~')) directive.node_filter = std::string(filter.substr(1));
    text = text.substr(0, at);
  }
  if (!directive.nodes && !directive.all_steps && directive.step == 0) return std::nullopt;
  directive.key = std::string(text);
  return directive;
}

class Template {
 public:
  Template(const model::DataContext& context, const SharedData& data, const Masker& masker, std::size_t steps)
      : context_(context), data_(data), masker_(masker), steps_(steps) {
    for (const auto& [scope, groups] : data.all()) {
      if (!scope.empty()) nodes_.push_back(scope);
    }
  }

  const std::string& problem() const { return problem_; }

  Json fill(const Json& value) {
    if (const auto* text = value.if_string()) return Json(model::expand_text({text->data(), text->size()}, context_));
    if (const JsonArray* list = value.if_array()) {
      JsonArray filled;
      for (const Json& item : *list) filled.push_back(fill(item));
      return filled;
    }
    if (const JsonObject* object = value.if_object()) return fill_object(*object);
    return value;
  }

 private:
  JsonObject fill_object(const JsonObject& object) {
    JsonObject filled;
    std::vector<std::pair<Directive, std::string>> directives;
    for (const auto& [key, value] : object) {
      const auto* source = value.if_string();
      auto directive = source == nullptr ? std::nullopt : read_directive(std::string_view(key.data(), key.size()));
      const Json* target = directive ? find(object, directive->key) : nullptr;
      if (target != nullptr && (target->is_array() || target->is_object())) {
        directives.emplace_back(std::move(*directive), std::string(source->data(), source->size()));
      } else {
        filled[key] = fill(value);
      }
    }
    for (const auto& [directive, source] : directives) add(directive, source, filled[directive.key]);
    return filled;
  }

  // `source` is "group.key".
  void add(const Directive& directive, const std::string& source, Json& target) {
    const std::size_t dot = source.find('.');
    if (dot == std::string::npos) return;
    const auto nodes = wanted_nodes(directive.node_filter);
    const std::string group = source.substr(0, dot), key = source.substr(dot + 1);
    const std::size_t first = directive.all_steps ? 1 : directive.step;
    const std::size_t last = directive.all_steps ? steps_ : directive.step;
    for (std::size_t step = first; step <= last; ++step) {
      if (!directive.nodes) {
        put(target, std::to_string(step), data_.join(step, group, key, ","));
        continue;
      }
      for (const std::string& node : nodes) {
        put(target, directive.all_steps ? std::to_string(step) + ":" + node : node, data_.find(step, node, group, key));
      }
    }
  }

  std::vector<std::string> wanted_nodes(const std::string& filter) {
    if (filter.empty()) return nodes_;
    const auto regex = model::Regex::compile(filter);
    if (!regex) {
      problem_ = "the expression \"" + filter + "\" in the template of the result data: " + regex.error().message;
      return {};
    }
    std::vector<std::string> wanted;
    for (const std::string& node : nodes_) {
      if (regex->matches(node)) wanted.push_back(node);
    }
    return wanted;
  }

  void put(Json& target, const std::string& name, const std::optional<std::string>& value) const {
    if (!value) return;
    const std::string shown = masker_.apply(*value);
    if (target.is_array())
      target.get_array().emplace_back(shown);
    else
      target.get_object()[name] = shown;
  }

  const model::DataContext& context_;
  const SharedData& data_;
  const Masker& masker_;
  const std::size_t steps_;
  std::vector<std::string> nodes_;  // that left something behind
  std::string problem_;
};

// The groups that a configuration names, or the group `export`.
Json exported(const Json& config, const SharedData& data, const Masker& masker) {
  std::string names = "export";
  if (config.is_object()) {
    for (const auto& [key, value] : config.get_object()) {
      if (const auto text = scalar_text(value); text && !base::trim(*text).empty()) names = *text;
    }
  }
  JsonObject document;
  for (const std::string& name : base::split_trimmed(names, ',')) {
    JsonObject group;
    for (const auto& [key, value] : data.group(name)) group[key] = masker.apply(value);
    document[name] = std::move(group);
  }
  return document;
}

Result<Json> from_template(const Json& config, Template& filler) {
  const std::string text = config.is_object() ? text_or(config.get_object(), "jsonTemplate") : std::string();
  const auto document = parse_json(text);
  if (!document) {
    return fail(ErrorKind::invalid, "the template of the result data is no JSON: " + document.error().message);
  }
  Json filled = filler.fill(*document);
  if (!filler.problem().empty()) return fail(ErrorKind::invalid, filler.problem());
  return filled;
}

}  // namespace

Result<std::optional<Json>> result_data(const model::Job& job, const model::DataContext& context,
                                        const SharedData& data, const Masker& masker) {
  const Json* lifecycle = find(job.plugins, "ExecutionLifecycle");
  if (lifecycle == nullptr) return std::optional<Json>();
  std::optional<Json> document;
  if (const Json* config = find(*lifecycle, "result-data-json-template")) {
    Template filler(context, data, masker, job.workflow.steps.size());
    auto filled = from_template(*config, filler);
    if (!filled) return fail(filled.error());
    document = std::move(*filled);
  } else if (const Json* groups = find(*lifecycle, "result-data-export-context")) {
    document = exported(*groups, data, masker);
  }
  if (document && boost::json::serialize(*document).size() > kLargest)
    return fail(ErrorKind::too_large, "the result data is larger than 1 MiB and is not kept");
  return document;
}

}  // namespace qd::engine
