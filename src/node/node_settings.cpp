#include "node/node_settings.hpp"

#include "base/text.hpp"
#include "model/expand.hpp"

namespace qd::node {
namespace {

const std::string* find_in(const std::map<std::string, std::string>* values, const std::string& key) {
  if (values == nullptr) return nullptr;
  const auto found = values->find(key);
  return found == values->end() ? nullptr : &found->second;
}

}  // namespace

const std::string* NodeSettings::find(const std::string& name) const {
  if (const auto* own = node_.find_attribute(name)) return own;
  if (const auto* project = find_in(ctx_.settings, "project." + name); project && !project->empty()) return project;
  return find_in(ctx_.settings, "framework." + name);
}

const std::string* NodeSettings::property(const std::string& name) const {
  if (const auto* plain = find_in(ctx_.settings, name); plain && !plain->empty()) return plain;
  return find_in(ctx_.settings, "project." + name);
}

std::string NodeSettings::text(const std::string& name, const std::string& fallback) const {
  const auto* written = find(name);
  if (written == nullptr) return fallback;
  std::string value(base::trim(filled(*written)));
  return value.empty() ? fallback : value;
}

bool NodeSettings::truth(const std::string& name, bool fallback) const {
  const auto* written = find(name);
  return written == nullptr ? fallback : base::iequals(base::trim(*written), "true");
}

std::optional<std::int64_t> NodeSettings::number(const std::string& name) const {
  const auto* written = find(name);
  return written == nullptr ? std::nullopt : base::parse_int(base::trim(*written));
}

std::string NodeSettings::filled(const std::string& written) const {
  if (ctx_.data == nullptr || written.find("${") == std::string::npos) return written;
  return model::expand_text(written, *ctx_.data);
}

std::string NodeSettings::secure_option(const std::string& reference) const {
  constexpr std::string_view group = "option.";
  if (!reference.starts_with(group)) return {};
  const auto* value = find_in(ctx_.secure_options, reference.substr(group.size()));
  return value == nullptr ? std::string() : *value;
}

}  // namespace qd::node
