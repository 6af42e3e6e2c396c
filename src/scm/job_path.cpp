#include "scm/job_path.hpp"

#include <array>

#include "base/text.hpp"

namespace qd::scm {
namespace {

constexpr std::size_t kLongestPath = 1024;
constexpr std::size_t kLongestName = 255;

// ".git", also as Windows and macOS read it.
bool is_git_folder(const std::string& name) {
  std::string plain = base::lower(name);
  while (!plain.empty() && (plain.back() == '.' || plain.back() == ' ')) plain.pop_back();
  return plain == ".git" || plain.starts_with(".git:") || plain.starts_with("git~") || plain == ".gitmodules" ||
         plain == ".gitattributes" || plain == ".gitignore";
}

tl::unexpected<Error> refused(const std::string& path, const std::string& why) {
  return fail(ErrorKind::invalid, "The path '" + path + "' cannot be one of the repository: " + why);
}

}  // namespace

std::string job_path(const std::string& path_template, const std::string& format, const PathFacts& job) {
  const std::array<std::pair<std::string_view, std::string>, 6> values{{
      {"${job.group}", job.group.empty() ? "" : job.group + "/"},
      {"${job.name}", job.name},
      {"${job.project}", job.project},
      {"${job.id}", job.id},
      {"${job.sourceId}", job.source_id.empty() ? job.id : job.source_id},
      {"${config.format}", format},
  }};
  // One pass, so that a job called "${job.id}" keeps its name.
  std::string path;
  for (std::size_t at = 0; at < path_template.size();) {
    bool found = false;
    for (const auto& [reference, value] : values) {
      if (path_template.compare(at, reference.size(), reference) != 0) continue;
      path += value;
      at += reference.size();
      found = true;
      break;
    }
    if (!found) path += path_template[at++];
  }
  return path;
}

Result<> check_path(const std::string& path) {
  if (path.empty()) return refused(path, "it is empty");
  if (path.size() > kLongestPath) return refused(path.substr(0, 100) + "…", "it is longer than 1024 bytes");
  for (const char c : path) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f || c == '\\')
      return refused(base::repair_utf8(path), "it holds a backslash or a control character");
  }
  for (const auto& name : base::split(path, '/')) {
    if (name.empty()) return refused(path, "it has an empty part");
    if (name == "." || name == "..") return refused(path, "it leads out of it");
    if (name.size() > kLongestName) return refused(path.substr(0, 100) + "…", "a part is longer than 255 bytes");
    if (is_git_folder(name)) return refused(path, "git keeps that name for itself");
  }
  return {};
}

}  // namespace qd::scm
