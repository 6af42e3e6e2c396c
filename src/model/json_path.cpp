// json_path of option_values.hpp. Facts: https://goessner.net/articles/JsonPath/
#include <algorithm>

#include "base/text.hpp"
#include "model/option_values.hpp"

namespace qd::model {
namespace {

constexpr std::size_t kMostFound = 100'000;

// Walks a path step by step over all the values that it means so far.
class JsonWalk {
 public:
  JsonWalk(const Json& document, std::string_view path) : rest_(path), path_(path) { found_.push_back(&document); }

  Result<Json> run() {
    if (rest_.starts_with('$')) rest_.remove_prefix(1);
    while (!rest_.empty()) {
      if (!take_step()) return unreadable();
      if (found_.size() > kMostFound)
        return fail(ErrorKind::too_large, "The JSON path \"" + path_ + "\" names too much.");
    }
    if (several_) {
      JsonArray list;
      for (const Json* value : found_) list.push_back(*value);
      return Json(std::move(list));
    }
    if (found_.empty())
      return fail(ErrorKind::not_found, "The JSON path \"" + path_ + "\" names nothing in the answer.");
    return *found_.front();
  }

 private:
  tl::unexpected<Error> unreadable() const {
    return fail(ErrorKind::invalid, "The JSON path \"" + path_ +
                                        "\" cannot be read; use steps like .key, ['key'], [0], [0:2], [*] and ..key.");
  }

  bool take_step() {
    if (rest_.starts_with("..")) {
      rest_.remove_prefix(2);
      descend();
      return rest_.starts_with('[') || take_name();
    }
    if (rest_.starts_with('.')) {
      rest_.remove_prefix(1);
      return rest_.starts_with('[') || take_name();
    }
    return rest_.starts_with('[') && take_bracket();
  }

  bool take_name() {
    const auto end = std::min(rest_.find_first_of(".["), rest_.size());
    const std::string name(rest_.substr(0, end));
    rest_.remove_prefix(end);
    if (name.empty()) return false;
    if (name == "*") {
      every();
    } else {
      member(name);
    }
    return true;
  }

  bool take_bracket() {
    const auto end = rest_.find(']');
    if (end == std::string_view::npos) return false;
    const std::string_view inside = base::trim(rest_.substr(1, end - 1));
    rest_.remove_prefix(end + 1);
    if (inside == "*") {
      every();
      return true;
    }
    if (inside.size() >= 2 && (inside.front() == '\'' || inside.front() == '"') && inside.back() == inside.front()) {
      member(std::string(inside.substr(1, inside.size() - 2)));
      return true;
    }
    if (const auto colon = inside.find(':'); colon != std::string_view::npos) {
      return slice(inside.substr(0, colon), inside.substr(colon + 1));
    }
    const auto index = base::parse_int(inside);
    if (index) item(*index);
    return index.has_value();
  }

  void member(const std::string& name) {
    replace([&](const Json& value, auto add) {
      if (const Json* found = qd::find(value, name)) add(*found);
    });
  }

  void item(std::int64_t index) {
    replace([&](const Json& value, auto add) {
      const JsonArray* list = value.if_array();
      if (!list) return;
      const auto size = static_cast<std::int64_t>(list->size());
      const auto at = index < 0 ? index + size : index;
      if (at >= 0 && at < size) add((*list)[static_cast<std::size_t>(at)]);
    });
  }

  bool slice(std::string_view from, std::string_view to) {
    const auto first = base::trim(from).empty() ? std::optional<std::int64_t>(0) : base::parse_int(base::trim(from));
    const auto last = base::trim(to).empty() ? std::optional<std::int64_t>(INT64_MAX) : base::parse_int(base::trim(to));
    if (!first || !last) return false;
    several_ = true;
    replace([&](const Json& value, auto add) {
      const JsonArray* list = value.if_array();
      if (!list) return;
      const auto size = static_cast<std::int64_t>(list->size());
      const auto start = std::clamp<std::int64_t>(*first < 0 ? *first + size : *first, 0, size);
      const auto end = std::clamp<std::int64_t>(*last < 0 ? *last + size : *last, 0, size);
      for (auto at = start; at < end; ++at) add((*list)[static_cast<std::size_t>(at)]);
    });
    return true;
  }

  template <class Use>
  static void children(const Json& value, Use use) {
    if (const JsonObject* map = value.if_object()) {
      for (const auto& entry : *map) use(entry.value());
    } else if (const JsonArray* list = value.if_array()) {
      for (const Json& entry : *list) use(entry);
    }
  }

  void every() {
    several_ = true;
    replace([](const Json& value, auto add) { children(value, add); });
  }

  // Everything in what was found, itself first.
  void descend() {
    several_ = true;
    for (std::size_t at = 0; at < found_.size() && found_.size() <= kMostFound; ++at) {
      children(*found_[at], [&](const Json& value) {
        if (value.is_structured()) found_.push_back(&value);
      });
    }
  }

  template <class Step>
  void replace(Step step) {
    std::vector<const Json*> next;
    for (const Json* value : found_) {
      step(*value, [&](const Json& found) { next.push_back(&found); });
    }
    found_ = std::move(next);
  }

  std::string_view rest_;
  std::string path_;
  std::vector<const Json*> found_;
  bool several_ = false;
};

}  // namespace

Result<Json> json_path(const Json& document, std::string_view path) {
  return JsonWalk(document, base::trim(path)).run();
}

}  // namespace qd::model
