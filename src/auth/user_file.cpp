#include "auth/user_file.hpp"

#include <fstream>
#include <map>
#include <sstream>
#include <sys/stat.h>

#include "base/logging.hpp"
#include "base/text.hpp"

namespace qd::auth {
namespace {

constexpr long long largest_user_file = 8 << 20;

UserEntry make_entry(const base::Property& property) {
  UserEntry entry{property.key, {}, {}, property.line};
  const auto comma = property.value.find(',');
  entry.secret = base::trim(std::string_view(property.value).substr(0, comma));
  if (comma != std::string::npos) {
    entry.roles = base::split_trimmed(std::string_view(property.value).substr(comma + 1), ',');
  }
  return entry;
}

}  // namespace

UserFile::Stamp UserFile::stamp() const {
  struct stat info {};
  if (stat(file_.c_str(), &info) != 0) return {};
  return {true, info.st_mtim.tv_sec, info.st_mtim.tv_nsec, info.st_size, info.st_ino};
}

void UserFile::complain(int line, const std::string& why) const {
  base::log_warn("auth", file_.string() + ":" + std::to_string(line) + ": " + why + "; the line is left out");
}

std::vector<base::Property> UserFile::parse(const std::string& text) const {
  if (auto whole = base::parse_properties(text)) return std::move(*whole);
  // One broken line must not lock everybody out: take the lines one by one.
  std::vector<base::Property> properties;
  std::istringstream lines(text);
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    auto one = base::parse_properties(line);
    if (!one) {
      complain(number, "the escape \\u needs four hexadecimal digits");
      continue;
    }
    for (auto& property : *one) {
      property.line = number;
      properties.push_back(std::move(property));
    }
  }
  return properties;
}

std::optional<std::vector<UserEntry>> UserFile::read_if_changed() {
  const Stamp now = stamp();
  if (seen_ == now) return std::nullopt;
  seen_ = now;
  if (!now.exists) {
    base::log_warn("auth", file_.string() + ": there is no such file; nobody is known from it");
    return std::vector<UserEntry>{};
  }
  std::ifstream in(file_, std::ios::binary);
  if (!in || now.size > largest_user_file) {
    base::log_error(
        "auth", file_.string() + (in ? ": is larger than 8 MiB" : ": cannot be read") + "; nobody is known from it");
    return std::vector<UserEntry>{};
  }
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  std::map<std::string, UserEntry> by_user;
  for (const auto& property : parse(text)) by_user[property.key] = make_entry(property);
  std::vector<UserEntry> entries;
  entries.reserve(by_user.size());
  for (auto& [user, entry] : by_user) entries.push_back(std::move(entry));
  return entries;
}

}  // namespace qd::auth
