// Log filters that change how output looks: mask-passwords, highlight-output, quiet-output, render-datatype.
#include <memory>
#include <optional>
#include <utility>

#include "base/text.hpp"
#include "engine/log_filter.hpp"
#include "model/regex.hpp"

namespace qd::engine {

namespace {

constexpr const char* kEscape = "\x1b[";
constexpr const char* kReset = "\x1b[0m";
constexpr std::size_t kMaxRendered = 8u << 20;
constexpr std::string_view kBegin = "#BEGIN:RUNDECK:DATATYPE:";
constexpr std::string_view kEnd = "#END:RUNDECK:DATATYPE";

std::string color_code(const std::string& name, int first) {
  static const std::vector<std::string> names{"black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"};
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i] == name) return std::to_string(first + static_cast<int>(i));
  }
  return {};
}

std::string mode_code(const std::string& name) {
  static const std::map<std::string, std::string> modes{
      {"bold", "1"}, {"underline", "4"}, {"blink", "5"}, {"reverse", "7"}};
  const auto found = modes.find(name);
  return found == modes.end() ? std::string() : found->second;
}

class MaskFilter final : public LogFilter {
 public:
  explicit MaskFilter(std::string mask) : mask_(std::move(mask)) {}
  void line(FilterLine& line, FilterHost& host) override { line.message = host.mask_secrets(line.message, mask_); }

 private:
  std::string mask_;
};

class HighlightFilter final : public LogFilter {
 public:
  HighlightFilter(std::shared_ptr<const model::Regex> regex, std::string mark)
      : regex_(std::move(regex)), mark_(std::move(mark)) {}

  void line(FilterLine& line, FilterHost&) override {
    if (line.level != log::Level::normal || line.message.empty()) return;
    std::string result;
    std::size_t copied = 0;
    for (std::size_t from = 0; from <= line.message.size();) {
      const auto match = regex_->search(line.message, from);
      if (match.empty()) break;
      for (std::size_t i = match.size() > 1 ? 1 : 0; i < match.size(); ++i) {
        if (match[i].begin == std::string_view::npos || match[i].begin < copied) continue;
        result += line.message.substr(copied, match[i].begin - copied) + mark_ +
                  line.message.substr(match[i].begin, match[i].end - match[i].begin) + kReset;
        copied = match[i].end;
      }
      from = match[0].end > match[0].begin ? match[0].end : match[0].end + 1;
    }
    if (!result.empty()) line.message = result + line.message.substr(copied);
  }

 private:
  std::shared_ptr<const model::Regex> regex_;
  std::string mark_;
};

struct QuietRule {
  std::optional<model::Regex> regex;
  std::optional<log::Level> tested;  // nullopt: any
  bool matched = false;              // quiet lines that match, else those that do not
  log::Level result = log::Level::verbose;
};

class QuietFilter final : public LogFilter {
 public:
  explicit QuietFilter(std::shared_ptr<const QuietRule> rule) : rule_(std::move(rule)) {}
  void line(FilterLine& line, FilterHost&) override {
    if (rule_->tested && line.level != *rule_->tested) return;
    const bool matches = !rule_->regex || rule_->regex->contains(line.message);
    if (matches == rule_->matched) line.level = rule_->result;
  }

 private:
  std::shared_ptr<const QuietRule> rule_;
};

struct RenderRule {
  std::string type;  // of all output; "": the markers say
  bool striped = false;
  bool sanitize = true;
};

std::string full_type(const std::string& name) {
  static const std::map<std::string, std::string> names{
      {"json", "application/json"}, {"properties", "application/x-java-properties"},
      {"csv", "text/csv"},          {"html", "text/html"},
      {"md", "text/x-markdown"},    {"markdown", "text/x-markdown"}};
  const auto found = names.find(base::lower(name));
  return found == names.end() ? name : found->second;
}

class RenderFilter final : public LogFilter {
 public:
  explicit RenderFilter(RenderRule rule) : rule_(std::move(rule)), type_(rule_.type), started_(!type_.empty()) {}

  void line(FilterLine& line, FilterHost& host) override {
    if (line.level != log::Level::normal) return;
    if (!started_) {
      if (!line.message.starts_with(kBegin)) return;
      started_ = true;
      type_ = base::trim(line.message.substr(kBegin.size()));
    } else if (line.message.starts_with(kEnd)) {
      emit(host);
    } else if (text_.size() + line.message.size() < kMaxRendered) {
      text_ += line.message + "\n";
    }
    line.level = log::Level::debug;
  }
  void complete(FilterHost& host) override { emit(host); }

 private:
  void emit(FilterHost& host) {
    if (started_ && !type_.empty() && !text_.empty()) {
      log::Meta meta{{"content-data-type", full_type(type_)}};
      if (rule_.striped) meta["content-meta:css-class"] = "table-striped";
      if (!rule_.sanitize) meta["content-meta:no-strip"] = "true";
      host.add_line({log::Level::normal, std::move(text_), std::move(meta)});
    }
    text_.clear();
    type_.clear();
    started_ = false;
  }

  RenderRule rule_;
  std::string type_;
  bool started_;
  std::string text_;
};

Result<std::optional<log::Level>> level_setting(const JsonObject& config, const char* key, const char* fallback) {
  auto name = base::lower(text_or(config, key, fallback));
  if (name.empty() || name == "all" || name == "any") return std::optional<log::Level>();
  for (char& c : name) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  const auto level = log::parse_level(name);
  if (!level) return fail(ErrorKind::invalid, std::string(key) + ": '" + name + "' is no log level");
  return level;
}

}  // namespace

Result<FilterFactory> mask_filter(const JsonObject& config) {
  auto mask = text_or(config, "replacement", "[SECURE]");
  if (mask.empty()) mask = "*****";
  if (const auto code = color_code(text_or(config, "color"), 30); !code.empty())
    mask = kEscape + code + "m" + mask + kReset;
  return [mask] { return std::make_unique<MaskFilter>(mask); };
}

Result<FilterFactory> highlight_filter(const JsonObject& config) {
  auto regex = model::Regex::compile(text_or(config, "regex"));
  if (!regex) return fail(regex.error());
  std::vector<std::string> codes;
  for (const auto& code : {color_code(text_or(config, "fgcolor"), 30), color_code(text_or(config, "bgcolor"), 40),
                           mode_code(text_or(config, "mode"))}) {
    if (!code.empty()) codes.push_back(code);
  }
  const auto mark = codes.empty() ? std::string() : kEscape + base::join(codes, ";") + "m";
  return [regex = std::make_shared<const model::Regex>(std::move(*regex)), mark] {
    return std::make_unique<HighlightFilter>(regex, mark);
  };
}

Result<FilterFactory> quiet_filter(const JsonObject& config) {
  auto rule = std::make_shared<QuietRule>();
  if (const auto pattern = text_or(config, "regex"); !pattern.empty()) {
    auto regex = model::Regex::compile(pattern);
    if (!regex) return fail(regex.error());
    rule->regex = std::move(*regex);
  }
  const auto tested = level_setting(config, "matchLoglevel", "normal");
  if (!tested) return fail(tested.error());
  const auto result = level_setting(config, "loglevel", "verbose");
  if (!result) return fail(result.error());
  rule->tested = *tested;
  rule->matched = truth_or(config, "quietMatch", false);
  rule->result = result->value_or(log::Level::verbose);
  return [rule] { return std::make_unique<QuietFilter>(rule); };
}

Result<FilterFactory> render_filter(const JsonObject& config) {
  const RenderRule rule{text_or(config, "datatype"), truth_or(config, "striped", false),
                        truth_or(config, "sanitizeHtml", true)};
  return [rule] { return std::make_unique<RenderFilter>(rule); };
}

}  // namespace qd::engine
