// Log filters that take data out of the output: key-value-data, key-value-data-multilines, json-mapper.
#include <memory>
#include <optional>
#include <utility>

#include "base/text.hpp"
#include "engine/json_query.hpp"
#include "engine/log_filter.hpp"
#include "model/regex.hpp"

namespace qd::engine {

namespace {

using Data = std::map<std::string, std::string>;

constexpr std::size_t kMaxBuffered = 8u << 20;
constexpr const char* kDataGroup = "data";
constexpr const char* kDefaultPattern = R"(^RUNDECK:DATA:\s*([^\s]+?)\s*=\s*(.+)$)";
constexpr const char* kDefaultInvalid = R"(\s|\$|\{|\}|\\)";

std::string replace_matches(const model::Regex& regex, const std::string& text, const std::string& with) {
  std::string result;
  std::size_t at = 0;
  while (at <= text.size()) {
    const auto match = regex.search(text, at);
    if (match.empty() || match[0].end == match[0].begin) break;
    result += text.substr(at, match[0].begin - at) + with;
    at = match[0].end;
  }
  return at < text.size() ? result + text.substr(at) : result;
}

void log_table(const Data& data, const char* title, FilterHost& host) {
  JsonObject object;
  for (const auto& [key, value] : data) object[key] = value;
  host.add_line({log::Level::normal,
                 boost::json::serialize(object),
                 {{"content-data-type", "application/json"}, {"content-meta:table-title", title}}});
}

// How a match becomes a key and a value.
struct Capture {
  model::Regex regex;
  std::string name;
  std::optional<model::Regex> invalid;  // in keys
  std::string replacement = "_";
  bool log_data = false;

  static Result<std::shared_ptr<Capture>> read(const JsonObject& config, const std::string& flags) {
    auto pattern = text_or(config, "regex", kDefaultPattern);
    if (pattern.empty()) pattern = kDefaultPattern;
    auto regex = model::Regex::compile(flags + pattern);
    if (!regex) return fail(regex.error());
    auto capture = std::make_shared<Capture>(Capture{std::move(*regex), text_or(config, "name"), std::nullopt, "_"});
    if (capture->regex.group_count() == 0) return fail(ErrorKind::invalid, "Pattern must have at least one group");
    if (capture->regex.group_count() == 1 && capture->name.empty()) {
      return fail(ErrorKind::invalid, "The Name field must be defined when only one capture group is specified");
    }
    if (const auto invalid = text_or(config, "invalidKeyPattern", kDefaultInvalid); !invalid.empty()) {
      auto compiled = model::Regex::compile(invalid);
      if (!compiled) return fail(compiled.error());
      capture->invalid = std::move(*compiled);
    }
    if (truth_or(config, "replaceFilteredResult", false)) {
      capture->replacement = text_or(config, "invalidCharactersReplacement");
    }
    capture->log_data = truth_or(config, "logData", false);
    return capture;
  }

  std::optional<std::pair<std::string, std::string>> take(const std::string& text,
                                                          const std::vector<model::Regex::Span>& match) const {
    const auto group = [&](std::size_t index) {
      const bool there = index < match.size() && match[index].begin != std::string_view::npos;
      return there ? text.substr(match[index].begin, match[index].end - match[index].begin) : std::string();
    };
    const bool named = regex.group_count() == 1;
    auto key = named ? name : group(1);
    if (key.empty()) return std::nullopt;
    if (invalid) key = replace_matches(*invalid, key, replacement);
    return std::pair(std::move(key), group(named ? 1 : 2));
  }
};

class KeyValueFilter final : public LogFilter {
 public:
  KeyValueFilter(std::shared_ptr<const Capture> capture, bool substrings, bool several)
      : capture_(std::move(capture)), substrings_(substrings), several_(several) {}

  void line(FilterLine& line, FilterHost& host) override {
    if (line.level != log::Level::normal || line.message.empty()) return;
    std::size_t from = 0;
    do {
      const auto match = capture_->regex.search(line.message, from, !substrings_);
      if (match.empty()) return;
      if (auto found = capture_->take(line.message, match)) {
        data_[found->first] = found->second;
        host.put_data(kDataGroup, found->first, found->second);
      }
      from = match[0].end > match[0].begin ? match[0].end : match[0].end + 1;
    } while (substrings_ && several_);
  }

  void complete(FilterHost& host) override {
    if (!data_.empty() && capture_->log_data) log_table(data_, "Key Value Data: Results", host);
  }

 private:
  std::shared_ptr<const Capture> capture_;
  bool substrings_, several_;
  Data data_;
};

// Gathers the output; what it hides is still in the log, at level DEBUG.
class BufferingFilter : public LogFilter {
 public:
  explicit BufferingFilter(bool hide) : hide_(hide) {}
  void line(FilterLine& line, FilterHost&) override {
    if (line.level != log::Level::normal) return;
    if (text_.size() + line.message.size() < kMaxBuffered) text_ += (text_.empty() ? "" : "\n") + line.message;
    if (hide_) line.level = log::Level::debug;
  }

 protected:
  std::string text_;

 private:
  bool hide_;
};

class MultilineFilter final : public BufferingFilter {
 public:
  MultilineFilter(std::shared_ptr<const Capture> capture, bool hide, bool by_line)
      : BufferingFilter(hide), capture_(std::move(capture)), by_line_(by_line) {}

  void complete(FilterHost& host) override {
    if (by_line_) {
      for (const auto& line : base::split(text_, '\n')) take_all(line);
    } else if (const auto whole = capture_->regex.search(text_, 0, true); !whole.empty()) {
      add(text_, whole);
    } else {
      take_all(text_);
    }
    for (const auto& [key, value] : data_) host.put_data(kDataGroup, key, value);
    if (!data_.empty() && capture_->log_data) log_table(data_, "Multi Line Regex: Results", host);
  }

 private:
  void take_all(const std::string& text) {
    for (std::size_t from = 0; from <= text.size();) {
      const auto match = capture_->regex.search(text, from);
      if (match.empty()) return;
      add(text, match);
      from = match[0].end > match[0].begin ? match[0].end : match[0].end + 1;
    }
  }
  void add(const std::string& text, const std::vector<model::Regex::Span>& match) {
    auto found = capture_->take(text, match);
    if (!found) return;
    const auto [place, fresh] = data_.try_emplace(found->first, found->second);
    if (!fresh) place->second += "\n" + found->second;
  }

  std::shared_ptr<const Capture> capture_;
  bool by_line_;
  Data data_;
};

class JsonMapperFilter final : public BufferingFilter {
 public:
  JsonMapperFilter(std::shared_ptr<const JsonQuery> query, std::string prefix, bool log_data)
      : BufferingFilter(false), query_(std::move(query)), prefix_(std::move(prefix)), log_data_(log_data) {}

  void complete(FilterHost& host) override {
    if (base::trim(text_).empty()) return;
    const auto parsed = parse_json(text_);
    const auto results = parsed ? query_->run(*parsed) : Result<std::vector<Json>>(fail(parsed.error()));
    if (!results) {
      host.add_line({log::Level::warn, "json-mapper: " + results.error().message, {}});
      return;
    }
    for (std::size_t i = 0; i < results->size(); ++i) {
      flatten((*results)[i], results->size() == 1 ? prefix_ : prefix_ + "." + std::to_string(i));
    }
    for (const auto& [key, value] : data_) host.put_data(kDataGroup, key, value);
    if (!data_.empty() && log_data_) log_table(data_, "JSON jq: Results", host);
  }

 private:
  void flatten(const Json& value, const std::string& path) {
    const auto below = [&](std::string_view key) {
      return path.empty() ? std::string(key) : path + "." + std::string(key);
    };
    if (value.is_object()) {
      for (const auto& [key, member] : value.get_object()) flatten(member, below(key));
    } else if (value.is_array()) {
      for (std::size_t i = 0; i < value.get_array().size(); ++i)
        flatten(value.get_array()[i], below(std::to_string(i)));
    } else {
      data_[path.empty() ? "result" : path] = scalar_text(value).value_or("");
    }
  }

  std::shared_ptr<const JsonQuery> query_;
  std::string prefix_;
  bool log_data_;
  Data data_;
};

}  // namespace

Result<FilterFactory> key_value_filter(const JsonObject& config) {
  auto capture = Capture::read(config, "");
  if (!capture) return fail(capture.error());
  return [capture = *capture, substrings = truth_or(config, "matchSubstrings", false),
          several = truth_or(config, "allowMultipleMatches", false)] {
    return std::make_unique<KeyValueFilter>(capture, substrings, several);
  };
}

Result<FilterFactory> multiline_filter(const JsonObject& config) {
  auto capture = Capture::read(config, "(?s)");
  if (!capture) return fail(capture.error());
  return [capture = *capture, hide = truth_or(config, "hideOutput", false),
          by_line = truth_or(config, "captureMultipleKeysValues", false)] {
    return std::make_unique<MultilineFilter>(capture, hide, by_line);
  };
}

Result<FilterFactory> json_mapper_filter(const JsonObject& config) {
  auto query = JsonQuery::compile(text_or(config, "filter", "."));
  if (!query) return fail(query.error());
  return [query = std::make_shared<const JsonQuery>(std::move(*query)), prefix = text_or(config, "prefix", "result"),
          log_data = truth_or(config, "logData", false)] {
    return std::make_unique<JsonMapperFilter>(query, prefix, log_data);
  };
}

}  // namespace qd::engine
