#include "vault/path.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace qd::vault {
namespace {

bool is_plain(unsigned char letter) {
  return letter >= 0x20 && letter != 0x7f && letter != '\\';
}

}  // namespace

Result<std::string> clean_path(std::string_view text) {
  const auto refuse = [](const std::string& why) {
    return fail(ErrorKind::invalid, "The storage path is not valid: " + why, "api.error.invalid.request");
  };
  if (text.size() > kLongestPath + 2) return refuse("it has more than 1024 bytes");
  if (!base::valid_utf8(text)) return refuse("it is no UTF-8");
  if (!std::all_of(text.begin(), text.end(), is_plain)) {
    return refuse("it holds a control character or a backslash");
  }
  std::string path;
  for (const auto& name : base::split(text, '/')) {
    if (name.empty()) continue;
    if (name == "." || name == "..") return refuse("\"" + name + "\" is no name");
    if (name.size() > kLongestName) return refuse("a name in it has more than 255 bytes");
    path = joined_path(path, name);
  }
  if (path.size() > kLongestPath) return refuse("it has more than 1024 bytes");
  return path;
}

std::string_view name_of(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

std::string_view parent_of(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

bool is_within(std::string_view path, std::string_view root) {
  if (root.empty() || path == root) return true;
  return path.size() > root.size() && path.starts_with(root) && path[root.size()] == '/';
}

std::string joined_path(std::string_view folder, std::string_view rest) {
  std::string path(folder);
  if (!path.empty() && !rest.empty()) path += '/';
  return path.append(rest);
}

}  // namespace qd::vault
