#include "engine/json_query.hpp"

#include <cctype>

#include "base/text.hpp"

namespace qd::engine {

namespace {

constexpr std::size_t kMaxResults = 100'000;

bool is_name(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

const char* kind_name(const Json& value) {
  if (value.is_object()) return "an object";
  if (value.is_array()) return "a list";
  return value.is_null() ? "null" : "a single value";
}

}  // namespace

class JsonQueryParser {
 public:
  explicit JsonQueryParser(std::string_view text) : text_(text) {}

  Result<JsonQuery> parse() {
    do {
      skip_blanks();
      if (!parse_pipe_part()) return broken();
      skip_blanks();
    } while (take('|'));
    if (at_ != text_.size()) return broken();
    return std::move(query_);
  }

 private:
  using Kind = JsonQuery::Step::Kind;

  bool parse_pipe_part() {
    if (word("length")) return add({Kind::length, {}, 0, false});
    if (word("keys")) return add({Kind::keys, {}, 0, false});
    if (!take('.')) return false;
    if (!at_end() && peek() != '|' && peek() != '[' && peek() != ' ' && !parse_member()) return false;
    while (!at_end() && (peek() == '.' || peek() == '[' || peek() == '?')) {
      if (take('?')) {
        if (!query_.steps_.empty()) query_.steps_.back().optional = true;
      } else if (take('.')) {
        if (!at_end() && peek() == '[') continue;
        if (!parse_member()) return false;
      } else if (!parse_bracket()) {
        return false;
      }
    }
    return true;
  }

  bool parse_member() {
    std::string key;
    if (!at_end() && peek() == '"') {
      if (!quoted(key)) return false;
    } else {
      while (!at_end() && is_name(peek())) key += text_[at_++];
    }
    return !key.empty() && add({Kind::member, std::move(key), 0, false});
  }

  bool parse_bracket() {
    if (!take('[')) return false;
    skip_blanks();
    if (take(']')) return add({Kind::each, {}, 0, false});
    std::string key;
    if (!at_end() && peek() == '"') {
      if (!quoted(key)) return false;
      skip_blanks();
      return take(']') && add({Kind::member, std::move(key), 0, false});
    }
    while (!at_end() && (peek() == '-' || std::isdigit(static_cast<unsigned char>(peek())) != 0)) key += text_[at_++];
    skip_blanks();
    const auto index = base::parse_int(key);
    return index && take(']') && add({Kind::index, {}, *index, false});
  }

  bool quoted(std::string& key) {
    ++at_;
    while (!at_end() && peek() != '"') {
      if (peek() == '\\' && at_ + 1 < text_.size()) ++at_;
      key += text_[at_++];
    }
    return take('"');
  }

  bool add(JsonQuery::Step step) {
    query_.steps_.push_back(std::move(step));
    return true;
  }
  bool word(std::string_view name) {
    if (!text_.substr(at_).starts_with(name)) return false;
    const auto end = at_ + name.size();
    if (end < text_.size() && is_name(text_[end])) return false;
    at_ = end;
    return true;
  }
  bool at_end() const { return at_ >= text_.size(); }
  char peek() const { return text_[at_]; }
  bool take(char c) {
    if (at_end() || peek() != c) return false;
    ++at_;
    return true;
  }
  void skip_blanks() {
    while (!at_end() && std::isspace(static_cast<unsigned char>(peek())) != 0) ++at_;
  }
  tl::unexpected<Error> broken() const {
    return fail(ErrorKind::invalid, "The filter '" + std::string(text_) + "' is not understood at offset " +
                                        std::to_string(at_) +
                                        ". Paths (.a.b[0]), iteration (.a[]), keys, length and | are");
  }

  std::string_view text_;
  std::size_t at_ = 0;
  JsonQuery query_;
};

Result<JsonQuery> JsonQuery::compile(std::string_view text) {
  return JsonQueryParser(base::trim(text)).parse();
}

Result<void> JsonQuery::apply(const Step& step, const Json& value, std::vector<Json>& out) {
  using Kind = Step::Kind;
  const bool null = value.is_null();
  if (step.kind == Kind::member && (value.is_object() || null)) {
    const Json* member = find(value, step.key);
    out.push_back(member == nullptr ? Json() : *member);
  } else if (step.kind == Kind::index && (value.is_array() || null)) {
    const auto size = null ? 0 : static_cast<std::int64_t>(value.get_array().size());
    const auto index = step.index < 0 ? size + step.index : step.index;
    out.push_back(index >= 0 && index < size ? value.get_array()[static_cast<std::size_t>(index)] : Json());
  } else if (step.kind == Kind::each && value.is_array()) {
    for (const auto& entry : value.get_array()) out.push_back(entry);
  } else if (step.kind == Kind::each && value.is_object()) {
    for (const auto& [key, member] : value.get_object()) out.push_back(member);
  } else if (step.kind == Kind::length && !value.is_bool() && !value.is_number()) {
    out.emplace_back(value.is_object()   ? value.get_object().size()
                     : value.is_array()  ? value.get_array().size()
                     : value.is_string() ? value.get_string().size()
                                         : 0);
  } else if (step.kind == Kind::keys && value.is_object()) {
    JsonArray names;
    for (const auto& [key, member] : value.get_object()) names.emplace_back(key);
    out.emplace_back(std::move(names));
  } else if (!step.optional) {
    return fail(ErrorKind::invalid, std::string("The filter does not fit: it cannot go into ") + kind_name(value));
  }
  return {};
}

Result<std::vector<Json>> JsonQuery::run(const Json& document) const {
  std::vector<Json> values{document};
  for (const auto& step : steps_) {
    std::vector<Json> next;
    for (const auto& value : values) {
      if (auto applied = apply(step, value, next); !applied) return fail(applied.error());
      if (next.size() > kMaxResults) return fail(ErrorKind::too_large, "The filter gives more than 100000 values");
    }
    values = std::move(next);
  }
  return values;
}

}  // namespace qd::engine
