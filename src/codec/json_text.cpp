#include "codec/json_text.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "codec/job_fields.hpp"

namespace qd::codec {
namespace {

void write_pretty(const Json& value, std::size_t indent, std::string& out) {
  const auto new_line = [&](std::size_t columns) {
    out += '\n';
    out.append(columns, ' ');
  };
  if (const JsonObject* object = value.if_object(); object && !object->empty()) {
    char separator = '{';
    for (const auto& entry : *object) {
      out += separator;
      new_line(indent + 2);
      out += boost::json::serialize(Json(entry.key())) + ": ";
      write_pretty(entry.value(), indent + 2, out);
      separator = ',';
    }
    new_line(indent);
    out += '}';
  } else if (const JsonArray* array = value.if_array(); array && !array->empty()) {
    char separator = '[';
    for (const Json& item : *array) {
      out += separator;
      new_line(indent + 2);
      write_pretty(item, indent + 2, out);
      separator = ',';
    }
    new_line(indent);
    out += ']';
  } else if (const double* number = value.if_double()) {
    out += number_text(*number);
  } else {
    out += boost::json::serialize(value);
  }
}

// Walks over JSON text that is known to be sound.
class JsonCursor {
 public:
  JsonCursor(std::string_view text, std::size_t at) : text_(text), at_(at) { skip_blanks(); }

  std::size_t at() const { return at_; }
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  void enter() { step(); }  // past [ or {
  // Past the separator after an item; false at the end of the list or map.
  bool next() {
    if (peek() == ',') step();
    return at_ < text_.size() && peek() != ']' && peek() != '}';
  }

  std::string_view string() {
    const std::size_t start = ++at_;
    while (at_ < text_.size() && text_[at_] != '"') at_ += text_[at_] == '\\' ? 2 : 1;
    const std::size_t end = std::min(at_, text_.size());
    at_ = end;
    step();
    return text_.substr(start, end - start);
  }

  void colon() { step(); }

  void value() {
    int depth = 0;
    do {
      const char c = peek();
      if (c == '"') {
        string();
        continue;
      }
      if (c == '[' || c == '{') ++depth;
      if (c == ']' || c == '}') --depth;
      if (std::string_view("[]{},:").find(c) != std::string_view::npos) {
        step();
      } else {
        word();
      }
    } while (depth > 0 && at_ < text_.size());
  }

 private:
  void word() {
    while (at_ < text_.size() && std::string_view("[]{},:\" \t\r\n").find(text_[at_]) == std::string_view::npos) ++at_;
    skip_blanks();
  }
  void step() {
    ++at_;
    skip_blanks();
  }
  void skip_blanks() {
    while (at_ < text_.size() && std::string_view(" \t\r\n").find(text_[at_]) != std::string_view::npos) ++at_;
  }

  std::string_view text_;
  std::size_t at_;
};

// Moves to the item or member that `step` names; false when there is none.
bool descend(JsonCursor& cursor, const std::string& step) {
  const char kind = cursor.peek();
  if (kind != '[' && kind != '{') return false;
  std::int64_t left = kind == '[' ? base::parse_int(step).value_or(-1) : 0;
  if (left < 0) return false;
  for (cursor.enter(); cursor.next(); cursor.value()) {
    if (kind == '[') {
      if (left-- == 0) return true;
      continue;
    }
    const bool found = cursor.string() == step;
    cursor.colon();
    if (found) return true;
  }
  return false;
}

}  // namespace

std::string write_json_pretty(const Json& value) {
  std::string out;
  write_pretty(value, 0, out);
  return out + "\n";
}

Json with_sorted_keys(const Json& value) {
  if (const JsonArray* array = value.if_array()) {
    JsonArray items;
    items.reserve(array->size());
    for (const Json& item : *array) items.push_back(with_sorted_keys(item));
    return items;
  }
  const JsonObject* object = value.if_object();
  if (!object) return value;
  std::vector<std::string_view> keys;
  keys.reserve(object->size());
  for (const auto& entry : *object) keys.push_back(entry.key());
  std::sort(keys.begin(), keys.end());
  JsonObject sorted;
  sorted.reserve(keys.size());
  for (const std::string_view key : keys) sorted.emplace(key, with_sorted_keys(object->at(key)));
  return sorted;
}

JsonLines::JsonLines(std::string_view text) : text_(text), lines_(text) {
  JsonCursor cursor(text_, 0);
  if (cursor.peek() != '[') return;
  for (cursor.enter(); cursor.next(); cursor.value()) items_.push_back(cursor.at());
}

int JsonLines::line_of(const std::vector<std::string>& path) {
  return lines_.line_of(find(path));
}

std::size_t JsonLines::find(const std::vector<std::string>& path) {
  auto step = path.begin();
  std::size_t start = 0;
  if (!items_.empty() && step != path.end()) {
    const std::size_t item = static_cast<std::size_t>(base::parse_int(*step++).value_or(0));
    if (item < items_.size()) start = items_[item];
  }
  JsonCursor cursor(text_, start);
  std::size_t reached = cursor.at();
  while (step != path.end() && descend(cursor, *step)) {
    reached = cursor.at();
    ++step;
  }
  return reached;
}

std::size_t count_json_values(std::string_view text) {
  std::size_t count = 1;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"') quoted = !quoted;
    if (quoted && c == '\\') ++i;
    if (!quoted && (c == ',' || c == '[' || c == '{')) ++count;
  }
  return count;
}

}  // namespace qd::codec
