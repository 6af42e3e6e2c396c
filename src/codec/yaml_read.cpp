#include "codec/yaml_read.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <sstream>
#include <utility>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include "base/text.hpp"
#include "codec/yaml_scalar.hpp"

namespace qd::codec {
namespace {

// Carries a refusal through the parser; never leaves this file.
struct YamlRefusal {
  Error error;
};

[[noreturn]] void refuse(const YAML::Mark& mark, const std::string& what, ErrorKind kind = ErrorKind::invalid) {
  throw YamlRefusal{{kind, "The YAML text is not accepted at line " + std::to_string(mark.line + 1) + ": " + what, {}}};
}

// How much a value weighs against the limits.
struct Weight {
  std::size_t nodes = 0;
  std::size_t bytes = 0;
};

struct Built {
  Json value;
  YamlLines lines;
  Weight weight;
};

// A list or map under construction.
struct Frame {
  Built built;
  YAML::anchor_t anchor = YAML::NullAnchor;
  std::optional<std::string> key;  // of a map, between its key and its value
  bool merge = false;              // that key is `<<`
  std::vector<Built> merged;       // maps to take further members from
};

class YamlBuilder : public YAML::EventHandler {
 public:
  explicit YamlBuilder(const YamlLimits& limits) : limits_(limits) {}

  Built take() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnAnchor(const YAML::Mark&, const std::string&) override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { scalar(mark, nullptr, "", false, anchor); }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    const bool plain = tag == "?" || tag.empty();
    scalar(mark, resolve(mark, tag, value), value, plain, anchor);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) refuse(mark, "the alias stands within the value that it repeats.");
    weigh(mark, found->second.weight);
    if (!frames_.empty() && wants_key()) {
      if (!found->second.value.is_string()) refuse(mark, "a key must be a text, or a bracket is not closed.");
      take_key(found->second.value.get_string().c_str(), false);
      return;
    }
    attach(mark, found->second);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(mark, tag, "tag:yaml.org,2002:seq", anchor, JsonArray());
  }
  void OnSequenceEnd() override { close(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(mark, tag, "tag:yaml.org,2002:map", anchor, JsonObject());
  }
  void OnMapEnd() override {
    merge_members();
    close();
  }

 private:
  static Json resolve(const YAML::Mark& mark, const std::string& tag, const std::string& value) {
    static const std::string standard = "tag:yaml.org,2002:";
    if (tag == "?" || tag.empty()) return plain_yaml_scalar(value);
    if (tag == "!" || tag == standard + "str") return Json(value);
    for (const char* name : {"bool", "int", "float", "null"}) {
      if (tag == standard + name) return plain_yaml_scalar(value);
    }
    refuse(mark, "the tag " + tag + " is not known.");
  }

  bool wants_key() const { return frames_.back().built.value.is_object() && !frames_.back().key; }

  void take_key(std::string key, bool merge) {
    frames_.back().key = std::move(key);
    frames_.back().merge = merge;
  }

  void weigh(const YAML::Mark& mark, const Weight& weight) {
    total_.nodes += weight.nodes;
    total_.bytes += weight.bytes;
    if (total_.nodes > limits_.max_nodes || total_.bytes > 2 * limits_.max_bytes) {
      refuse(mark, "the document holds too much, or its aliases expand to too much.", ErrorKind::too_large);
    }
  }

  void scalar(const YAML::Mark& mark, Json value, const std::string& word, bool plain, YAML::anchor_t anchor) {
    Built built{std::move(value), {mark.line + 1, {}}, {1, word.size()}};
    weigh(mark, built.weight);
    const bool is_key = !frames_.empty() && wants_key();
    if (is_key) take_key(word, plain && word == "<<");  // keys are texts, however they are spelled
    if (is_key) built.value = word;
    remember(mark, anchor, built);
    if (!is_key) attach(mark, std::move(built));
  }

  void open(const YAML::Mark& mark, const std::string& tag, const char* standard, YAML::anchor_t anchor, Json empty) {
    if (tag != "?" && tag != "!" && !tag.empty() && tag != standard) refuse(mark, "the tag " + tag + " is not known.");
    if (frames_.size() >= limits_.max_depth) {
      refuse(mark, "lists and maps are nested deeper than " + std::to_string(limits_.max_depth) + " levels.");
    }
    if (!frames_.empty() && wants_key()) refuse(mark, "a key must be a text, or a bracket is not closed.");
    weigh(mark, {1, 0});
    Frame frame;
    frame.built = Built{std::move(empty), {mark.line + 1, {}}, {1, 0}};
    frame.anchor = anchor;
    frames_.push_back(std::move(frame));
  }

  void close() {
    Frame frame = std::move(frames_.back());
    frames_.pop_back();
    YAML::Mark mark;
    mark.line = frame.built.lines.line - 1;
    remember(mark, frame.anchor, frame.built);
    attach(mark, std::move(frame.built));
  }

  void remember(const YAML::Mark& mark, YAML::anchor_t anchor, const Built& built) {
    if (anchor == YAML::NullAnchor) return;
    weigh(mark, built.weight);  // the copy costs memory too
    anchors_[anchor] = built;
  }

  void attach(const YAML::Mark& mark, Built built) {
    if (frames_.empty()) {
      root_ = std::move(built);
      return;
    }
    Frame& frame = frames_.back();
    frame.built.weight.nodes += built.weight.nodes;
    frame.built.weight.bytes += built.weight.bytes;
    if (JsonArray* list = frame.built.value.if_array()) {
      list->push_back(std::move(built.value));
      frame.built.lines.items.push_back(std::move(built.lines));
      return;
    }
    const std::string key = *std::exchange(frame.key, std::nullopt);
    if (frame.merge) {
      if (!built.value.is_object() && !built.value.is_array()) refuse(mark, "only maps can be merged with <<.");
      frame.merged.push_back(std::move(built));
      frame.merge = false;
      return;
    }
    frame.built.weight.bytes += key.size();
    put(frame.built, key, std::move(built));
  }

  // The last of several equal keys wins, as with the peer.
  static void put(Built& map, std::string_view key, Built member) {
    JsonObject& object = map.value.get_object();
    const auto found = object.find(key);
    if (found == object.end()) {
      object.emplace(key, std::move(member.value));
      map.lines.items.push_back(std::move(member.lines));
      return;
    }
    map.lines.items[static_cast<std::size_t>(found - object.begin())] = std::move(member.lines);
    found->value() = std::move(member.value);
  }

  void merge_members() {
    Frame& frame = frames_.back();
    for (const Built& built : frame.merged) {
      const JsonArray single{built.value};
      for (const Json& map : built.value.is_array() ? built.value.get_array() : single) {
        YAML::Mark mark;
        mark.line = built.lines.line - 1;
        if (!map.is_object()) refuse(mark, "only maps can be merged with <<.");
        for (const auto& entry : map.get_object()) {
          if (frame.built.value.get_object().contains(entry.key())) continue;
          put(frame.built, entry.key(), Built{entry.value(), built.lines, {}});
        }
      }
    }
    frame.merged.clear();
  }

  const YamlLimits& limits_;
  Built root_;
  std::vector<Frame> frames_;
  std::map<YAML::anchor_t, Built> anchors_;
  Weight total_;
};

int line_at(std::string_view text, std::size_t offset) {
  int line = 1;
  for (const char c : text.substr(0, offset)) line += c == '\n';
  return line;
}

bool indented_with_tab(std::string_view text, std::size_t line) {
  const auto lines = base::split(text, '\n');
  if (line >= lines.size()) return false;
  const std::string_view content = lines[line];
  const std::string_view indentation = content.substr(0, content.find_first_not_of(" \t"));
  return indentation.find('\t') != std::string_view::npos;
}

// The parser sees a tab only by what it breaks.
Error broken_text(std::string_view text, const YAML::Exception& broken) {
  std::string at = "The YAML text is broken at line " + std::to_string(broken.mark.line + 1);
  if (indented_with_tab(text, static_cast<std::size_t>(std::max(broken.mark.line, 0)))) {
    return {ErrorKind::invalid, at + ": the line is indented with a tab; YAML takes spaces only.", {}};
  }
  return {ErrorKind::invalid, at + ", column " + std::to_string(broken.mark.column + 1) + ": " + broken.msg + ".", {}};
}

Result<> check_characters(std::string_view text, const YamlLimits& limits) {
  if (text.size() > limits.max_bytes) {
    return fail(ErrorKind::too_large, "The YAML text has " + std::to_string(text.size()) + " bytes; at most " +
                                          std::to_string(limits.max_bytes) + " are accepted.");
  }
  if (!base::valid_utf8(text)) return fail(ErrorKind::invalid, "The YAML text is not valid UTF-8.");
  for (std::size_t i = 0; i < text.size(); ++i) {
    const unsigned char c = static_cast<unsigned char>(text[i]);
    if (c >= 0x20 || c == '\t' || c == '\n' || c == '\r') continue;
    return fail(ErrorKind::invalid, "The YAML text holds a control character (code " + std::to_string(c) +
                                        ") at line " + std::to_string(line_at(text, i)) + ".");
  }
  return {};
}

}  // namespace

YamlStream parse_yaml_stream(std::string_view text, const YamlLimits& limits) {
  YamlStream stream;
  if (auto fine = check_characters(text, limits); !fine) {
    stream.error = fine.error();
    return stream;
  }
  try {
    std::istringstream input{std::string(text)};
    YAML::Parser parser(input);
    YamlLimits left = limits;
    while (true) {
      YamlBuilder builder(left);
      if (!parser.HandleNextDocument(builder)) break;
      Built root = builder.take();
      left.max_nodes -= std::min(left.max_nodes, root.weight.nodes + 1);
      if (!root.value.is_null()) stream.documents.push_back({std::move(root.value), std::move(root.lines)});
    }
  } catch (const YamlRefusal& refusal) {
    stream.error = refusal.error;
  } catch (const YAML::Exception& broken) {
    stream.error = broken_text(text, broken);
  }
  return stream;
}

Result<LocatedYaml> parse_located_yaml(std::string_view text, const YamlLimits& limits) {
  if (auto fine = check_characters(text, limits); !fine) return fail(fine.error());
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    YamlBuilder builder(limits);
    if (!parser.HandleNextDocument(builder)) return LocatedYaml{};
    Built root = builder.take();
    YamlBuilder second(limits);
    if (parser.HandleNextDocument(second)) {
      return fail(ErrorKind::invalid, "The YAML text holds more than one document; put all into one.");
    }
    return LocatedYaml{std::move(root.value), std::move(root.lines)};
  } catch (const YamlRefusal& refusal) {
    return fail(refusal.error);
  } catch (const YAML::Exception& broken) {
    return fail(broken_text(text, broken));
  }
}

Result<Json> parse_yaml(std::string_view text, const YamlLimits& limits) {
  auto document = parse_located_yaml(text, limits);
  if (!document) return fail(document.error());
  return std::move(document->value);
}

int line_of(const LocatedYaml& document, const std::vector<std::string>& path) {
  const Json* value = &document.value;
  const YamlLines* lines = &document.lines;
  for (const std::string& step : path) {
    std::size_t at = lines->items.size();
    if (const JsonObject* object = value->if_object()) {
      at = static_cast<std::size_t>(object->find(step) - object->begin());
      if (at < lines->items.size()) value = &(object->begin() + at)->value();
    } else if (const JsonArray* array = value->if_array()) {
      at = static_cast<std::size_t>(base::parse_int(step).value_or(-1));
      if (at < array->size()) value = &(*array)[at];
    }
    if (at >= lines->items.size()) break;
    lines = &lines->items[at];
  }
  return lines->line;
}

}  // namespace qd::codec
