#include "logstore/path_template.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace qd::logstore {
namespace {

constexpr std::string_view kOpen = "${";
constexpr std::string_view kJob = "job.";
constexpr std::size_t kMaxKey = 900;  // S3 takes 1024 bytes; what a file type adds must fit, too

std::string fill_in(std::string_view path, const std::map<std::string, std::string>& job) {
  std::string filled;
  while (true) {
    const auto open = path.find(kOpen);
    const auto close = open == std::string_view::npos ? open : path.find('}', open);
    if (close == std::string_view::npos) return filled.append(path);
    filled.append(path.substr(0, open));
    auto name = path.substr(open + kOpen.size(), close - open - kOpen.size());
    if (name.starts_with(kJob)) {
      const auto value = job.find(std::string(name.substr(kJob.size())));
      if (value != job.end()) filled.append(value->second);
    }
    path.remove_prefix(close + 1);
  }
}

}  // namespace

Result<> check_key(const std::string& key) {
  const auto wrong = [&](const char* why) {
    return fail(ErrorKind::invalid, "The path '" + key + "' of a log store " + why);
  };
  if (key.empty()) return wrong("is empty");
  if (key.size() > kMaxKey) return wrong("is longer than 900 bytes");
  if (key.ends_with('/')) return wrong("ends with a slash");
  const auto is_control = [](char letter) { return static_cast<unsigned char>(letter) < 0x20 || letter == 0x7f; };
  if (std::any_of(key.begin(), key.end(), is_control)) return wrong("holds control characters");
  for (const auto& part : base::split(key, '/')) {
    if (part.empty() || part == "." || part == "..") return wrong("has an empty, '.' or '..' part");
  }
  return {};
}

Result<std::string> expand_path(const std::string& path, const std::map<std::string, std::string>& job) {
  std::string whole = path;
  if (whole.find("${job.execid}") == std::string::npos) {
    if (!whole.ends_with('/')) {
      return fail(ErrorKind::invalid,
                  "path: '" + path + "' must hold ${job.execid} or end with /, or executions would share a file");
    }
    whole += "${job.execid}";
  }
  const auto filled = fill_in(whole, job);
  std::string key;
  for (const char letter : filled) {
    if (letter == '/' && (key.empty() || key.back() == '/')) continue;
    key += letter;
  }
  if (auto checked = check_key(key); !checked) return fail(checked.error());
  return key;
}

}  // namespace qd::logstore
