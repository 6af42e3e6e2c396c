#include "app/config_placeholders.hpp"

#include <algorithm>

#include "app/config_keys.hpp"

namespace qd::app {
namespace {

constexpr std::size_t longest_resolved = 64 << 10;

// The end of the `${…}` that starts at `from`, braces inside it counted; npos when it is not closed.
std::size_t closing_brace(std::string_view text, std::size_t from) {
  int depth = 0;
  for (std::size_t i = from; i < text.size(); ++i) {
    if (text[i] == '{' && i > 0 && text[i - 1] == '$') ++depth;
    if (text[i] == '}' && --depth == 0) return i;
  }
  return std::string_view::npos;
}

}  // namespace

Placeholders::Lookup Placeholders::find(const std::string& name) const {
  const ConfigKey* row = find_config_key(name);
  const std::string key = row == nullptr ? name : std::string(row->key);
  // The base folder is settled before the files are read, and they may name another one.
  if ((key == "rdeck.base" || name == "RDECK_BASE") && !base_.empty()) return {true, base_};
  if (const auto set = raw_.values.find(key); set != raw_.values.end()) return {true, set->second.text};
  if (const auto variable = environment_.find(name); variable != environment_.end()) return {true, variable->second};
  if (name == "user.home") {
    const auto home = environment_.find("HOME");
    return home == environment_.end() ? Lookup{} : Lookup{true, home->second};
  }
  if (row != nullptr && !row->standard.empty()) return {true, std::string(row->standard)};
  return {};
}

Result<> Placeholders::append_name(Resolved& to, std::string_view inside, std::vector<std::string>& open) const {
  const auto colon = inside.find(':');
  const std::string name(inside.substr(0, colon));
  if (std::ranges::find(open, name) != open.end()) {
    return fail(ErrorKind::invalid, "${" + name + "} refers to itself");
  }
  const Lookup found = find(name);
  if (!found.known && colon == std::string_view::npos) {
    to.unknown.push_back(name);
    to.text += "${" + name + "}";
    return {};
  }
  open.push_back(name);
  auto appended = append(to, found.known ? std::string_view(found.text) : inside.substr(colon + 1), open);
  open.pop_back();
  return appended;
}

Result<> Placeholders::append(Resolved& to, std::string_view text, std::vector<std::string>& open) const {
  while (!text.empty()) {
    const auto start = text.find("${");
    const auto end = start == std::string_view::npos ? start : closing_brace(text, start);
    to.text += text.substr(0, end == std::string_view::npos ? end : start);
    if (to.text.size() > longest_resolved)
      return fail(ErrorKind::invalid, "its placeholders make it longer than 64 KiB");
    if (end == std::string_view::npos) return {};
    if (auto appended = append_name(to, text.substr(start + 2, end - start - 2), open); !appended) return appended;
    text.remove_prefix(end + 1);
  }
  return {};
}

Result<Placeholders::Resolved> Placeholders::resolve(std::string_view text) const {
  Resolved resolved;
  std::vector<std::string> open;
  if (auto appended = append(resolved, text, open); !appended) return fail(appended.error());
  return resolved;
}

}  // namespace qd::app
