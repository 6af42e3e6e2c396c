#include "model/webhook_text.hpp"

#include <cctype>

#include "base/text.hpp"
#include "model/arg_string.hpp"
#include "model/option_values.hpp"

namespace qd::model {
namespace {

bool is_name(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-';
}

// The place of the } that ends the reference whose inside starts at `from`; marks '…' and "…" hide it.
std::size_t end_of_reference(std::string_view text, std::size_t from) {
  char mark = '\0';
  for (std::size_t at = from; at < text.size(); ++at) {
    const char c = text[at];
    if (mark != '\0') {
      if (c == mark) mark = '\0';
    } else if (c == '\'' || c == '"') {
      mark = c;
    } else if (c == '}') {
      return at;
    }
  }
  return std::string_view::npos;
}

// Reads one reference: a root, then keys and indexes.
class Reference {
 public:
  Reference(std::string_view text, const WebhookValues& values) : whole_(text), rest_(text), values_(values) {}

  Result<std::string> value() {
    if (rest_.starts_with("KS:")) return secret(std::string(base::trim(rest_.substr(3))));
    const std::string root = name();
    if (root == "path") return path();
    if (root == "raw" && rest_.empty()) return values_.raw;
    if (root == "webhook") return webhook();
    if (root == "data") return data();
    return refused("it is none of data, raw, webhook, path('…') and KS:path");
  }

 private:
  tl::unexpected<Error> refused(const std::string& why) const {
    return fail(ErrorKind::invalid, "Failed to substitute data: ${" + std::string(whole_) + "}: " + why);
  }
  tl::unexpected<Error> unreadable() const {
    return refused("write keys as .name or ['name'], and places in lists as [0]");
  }

  std::string name() {
    std::size_t end = 0;
    while (end < rest_.size() && is_name(rest_[end])) ++end;
    std::string found(rest_.substr(0, end));
    rest_.remove_prefix(end);
    return found;
  }

  // 'text' or "text" at the front, without its marks.
  std::optional<std::string> quoted() {
    if (rest_.empty() || (rest_.front() != '\'' && rest_.front() != '"')) return std::nullopt;
    const auto end = rest_.find(rest_.front(), 1);
    if (end == std::string_view::npos) return std::nullopt;
    std::string found(rest_.substr(1, end - 1));
    rest_.remove_prefix(end + 1);
    return found;
  }

  // One step: a key (.name, ?.name, ['name'], ."name") or a place ([0]).
  struct Step {
    std::string key;
    std::optional<std::int64_t> place;
  };
  std::optional<Step> step() {
    if (rest_.starts_with("?.")) rest_.remove_prefix(1);
    if (rest_.starts_with('.')) {
      rest_.remove_prefix(1);
      if (auto key = quoted()) return Step{std::move(*key), std::nullopt};
      std::string key = name();
      if (key.empty()) return std::nullopt;
      return Step{std::move(key), std::nullopt};
    }
    if (!rest_.starts_with('[')) return std::nullopt;
    rest_.remove_prefix(1);
    if (auto key = quoted()) {
      if (!rest_.starts_with(']')) return std::nullopt;
      rest_.remove_prefix(1);
      return Step{std::move(*key), std::nullopt};
    }
    const auto end = rest_.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    const auto place = base::parse_int(base::trim(rest_.substr(0, end)));
    rest_.remove_prefix(end + 1);
    if (!place) return std::nullopt;
    return Step{{}, place};
  }

  Result<std::string> secret(const std::string& path) const {
    if (!values_.secret) return refused("there is no key storage");
    auto found = values_.secret(path);
    if (!found) return refused(found.error().message);
    return found;
  }

  Result<std::string> path() {
    if (!rest_.starts_with('(')) return unreadable();
    rest_.remove_prefix(1);
    const auto asked = quoted();
    if (!asked || rest_ != ")") return refused("write path('$.key')");
    const auto found = json_path(values_.data, *asked);
    if (!found) return refused(found.error().message);
    return webhook_text_of(*found);
  }

  Result<std::string> webhook() {
    const auto asked = step();
    if (!asked || asked->place || !rest_.empty()) return unreadable();
    const auto found = values_.webhook.find(asked->key);
    return found == values_.webhook.end() ? std::string("null") : found->second;
  }

  Result<std::string> data() {
    static const Json nothing = nullptr;
    const Json* value = &values_.data;
    while (!rest_.empty()) {
      const auto next = step();
      if (!next) return unreadable();
      if (value->is_null()) return refused("nothing was posted before '" + shown(*next) + "'");
      const JsonArray* list = value->if_array();
      const Json* found = nullptr;
      if (next->place) {
        if (list == nullptr) return refused("what is before '" + shown(*next) + "' is no list");
        const auto size = static_cast<std::int64_t>(list->size());
        const auto at = *next->place < 0 ? *next->place + size : *next->place;
        if (at >= 0 && at < size) found = &(*list)[static_cast<std::size_t>(at)];
      } else {
        if (!value->is_object()) return refused("what is before '" + shown(*next) + "' is no object");
        found = find(*value, next->key);
      }
      value = found != nullptr ? found : &nothing;
    }
    return webhook_text_of(*value);
  }

  static std::string shown(const Step& step) { return step.place ? std::to_string(*step.place) : step.key; }

  std::string_view whole_, rest_;
  const WebhookValues& values_;
};

}  // namespace

std::string webhook_text_of(const Json& value) {
  if (value.is_null()) return "null";
  if (auto text = scalar_text(value)) return std::move(*text);
  return boost::json::serialize(value);
}

Result<std::string> expand_webhook_text(std::string_view text, const WebhookValues& values) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    if (text.substr(at).starts_with("\\${")) {
      out += "${";
      at += 3;
      continue;
    }
    if (!text.substr(at).starts_with("${")) {
      out += text[at++];
      continue;
    }
    const auto end = end_of_reference(text, at + 2);
    if (end == std::string_view::npos)
      return fail(ErrorKind::invalid,
                  "Failed to substitute data: a reference is not closed: " + std::string(text.substr(at, 40)));
    auto value = Reference(base::trim(text.substr(at + 2, end - at - 2)), values).value();
    if (!value) return value;
    out += *value;
    at = end + 1;
  }
  if (out.find('\0') != std::string::npos)
    return fail(ErrorKind::invalid, "Failed to substitute data: a value holds a NUL byte");
  return out;
}

Result<std::map<std::string, std::string>> expand_webhook_args(std::string_view args, const WebhookValues& values) {
  std::map<std::string, std::string> options;
  for (const auto& [name, value] : parse_options(split_args(args))) {
    auto filled_name = expand_webhook_text(name, values);
    if (!filled_name) return fail(filled_name.error());
    auto filled = expand_webhook_text(value, values);
    if (!filled) return fail(filled.error());
    options[*filled_name] = std::move(*filled);
  }
  return options;
}

}  // namespace qd::model
