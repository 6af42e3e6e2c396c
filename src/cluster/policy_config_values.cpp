#include "cluster/policy_config_values.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <utility>

#include "base/text.hpp"

namespace qd::cluster {
namespace {

constexpr std::array<std::pair<const char*, PolicyKind>, 6> policy_names{{
    {"None", PolicyKind::none},
    {"Random", PolicyKind::random},
    {"RoundRobin", PolicyKind::round_robin},
    {"Preset", PolicyKind::preset},
    {"Load", PolicyKind::load},
    {"Queue", PolicyKind::queue},
}};

// Splits at commas, but for those inside /…/, which a repetition {1,2} may hold.
std::vector<std::string> split_patterns(std::string_view text) {
  std::vector<std::string> parts;
  while (!(text = base::trim(text)).empty()) {
    std::size_t end = text.find(',');
    if (text.front() == '/') {
      std::size_t slash = text.find('/', 1);
      const auto closes = [&](std::size_t at) {
        const auto rest = base::trim(text.substr(at + 1));
        return rest.empty() || rest.front() == ',';
      };
      while (slash != text.npos && !closes(slash)) slash = text.find('/', slash + 1);
      if (slash != text.npos) end = text.find(',', slash);
    }
    const auto part = base::trim(text.substr(0, end));
    if (!part.empty()) parts.emplace_back(part);
    text = end == text.npos ? std::string_view() : text.substr(end + 1);
  }
  return parts;
}

Result<MemberPattern> parse_pattern(const std::string& text) {
  using Kind = MemberPattern::Kind;
  if (text == "Self") return MemberPattern{Kind::self, text, nullptr};
  if (text == "Other") return MemberPattern{Kind::other, text, nullptr};
  if (base::iequals(text, "self") || base::iequals(text, "other")) {
    return fail(ErrorKind::invalid, "\"" + text + "\" must be written Self or Other");
  }
  if (text.front() != '/') return MemberPattern{Kind::uuid, text, nullptr};
  if (text.size() < 3 || text.back() != '/') {
    return fail(ErrorKind::invalid, "\"" + text + "\" must have an expression between two slashes: /regex/");
  }
  auto regex = model::Regex::compile(text.substr(1, text.size() - 2));
  if (!regex) return fail(ErrorKind::invalid, "\"" + text + "\": " + regex.error().message);
  return MemberPattern{Kind::regex, text, std::make_shared<const model::Regex>(std::move(*regex))};
}

std::optional<double> parse_weight(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

}  // namespace

const char* to_text(PolicyKind kind) {
  for (const auto& [name, value] : policy_names) {
    if (value == kind) return name;
  }
  return "None";
}

Result<PolicyKind> parse_policy_kind(const std::string& text) {
  for (const auto& [name, kind] : policy_names) {
    if (text == name) return kind;
  }
  return fail(ErrorKind::invalid,
              "must be None, Random, RoundRobin, Preset, Load or Queue (upper and lower case count)");
}

Result<std::vector<MemberPattern>> parse_allowed(const std::string& text) {
  std::vector<MemberPattern> patterns;
  for (const auto& part : split_patterns(text)) {
    auto pattern = parse_pattern(part);
    if (!pattern) {
      return fail(ErrorKind::invalid,
                  pattern.error().message + "; allowed are Self, Other, a uuid and /regex/, separated by commas");
    }
    patterns.push_back(std::move(*pattern));
  }
  return patterns;
}

Result<TagRule> parse_tags(const std::string& text) {
  TagRule rule{std::string(base::trim(text)), {}};
  for (const auto& alternative : base::split_trimmed(text, ',')) {
    std::set<std::string> all;
    for (const auto& part : base::split(alternative, '+')) {
      const auto tag = base::trim(part);
      if (tag.empty()) {
        return fail(
            ErrorKind::invalid,
            "\"" + alternative + "\" lacks a tag; write a,b for any of them, a+b for all of them, * for any member");
      }
      if (tag != "*") all.emplace(tag);
    }
    rule.any_of.push_back(std::move(all));
  }
  return rule;
}

Result<std::vector<Criterion>> parse_criteria(const std::string& text) {
  std::vector<Criterion> criteria;
  for (const auto& name : base::split_trimmed(text, ',')) {
    if (name != "threadRatio" && name != "load") {
      return fail(ErrorKind::invalid,
                  "\"" + name + "\" is no criterion; allowed are threadRatio and load, separated by commas");
    }
    const auto kind = name == "load" ? Criterion::Kind::load : Criterion::Kind::thread_ratio;
    for (const auto& earlier : criteria) {
      if (earlier.kind == kind) return fail(ErrorKind::invalid, "\"" + name + "\" stands there twice");
    }
    criteria.push_back({kind, 1});
  }
  return criteria;
}

Result<std::vector<double>> parse_weights(const std::string& text) {
  std::vector<double> weights;
  double sum = 0;
  for (const auto& part : base::split(text, ',')) {
    const auto weight = parse_weight(base::trim(part));
    if (!weight || *weight < 0 || *weight > 1e9) {
      return fail(ErrorKind::invalid,
                  "\"" + std::string(part) +
                      "\" is no weight; allowed are numbers from 0 to 1e9, separated by commas, like 4,3,2");
    }
    weights.push_back(*weight);
    sum += *weight;
  }
  if (sum <= 0) return fail(ErrorKind::invalid, "at least one weight must be above 0");
  return weights;
}

}  // namespace qd::cluster
