#include "service/schedule_archives.hpp"

#include <algorithm>
#include <functional>

#include "base/text.hpp"
#include "service/access.hpp"

namespace qd::service {
namespace {

// "Schedule Definitions/a.yaml" and "schedule_definitions.yaml" begin as "schedule-definitions" does.
bool begins(const std::string& path, std::string_view name) {
  std::string plain = base::lower(path);
  for (char& letter : plain) {
    if (letter == ' ' || letter == '_') letter = '-';
  }
  const std::string_view rest = std::string_view(plain).substr(std::min(name.size(), plain.size()));
  return plain.starts_with(name) && (rest.starts_with('.') || rest.starts_with('/'));
}

// A part of a project that is one text.
struct TextPart {
  std::string name;
  std::string file;                                              // that is written
  std::vector<std::string> beginnings;                           // of the files that are read
  std::string right_to_export;                                   // on the project; whoever imports needs `configure`
  std::function<std::string(const std::string& project)> write;  // "": there is nothing
  std::function<std::vector<std::string>(const auth::Identity&, const std::string& project, const std::string& text)>
      read;
};

class TextArchive final : public ArchiveComponent {
 public:
  explicit TextArchive(TextPart part) : part_(std::move(part)) {}

  std::string name() const override { return part_.name; }
  bool may_export(const auth::Identity& who, const std::string& project) const override {
    return allowed(who, {"project", part_.right_to_export, project});
  }
  bool may_import(const auth::Identity& who, const std::string& project) const override {
    return allowed(who, {"project", "configure", project});
  }
  bool takes(const std::string& path) const override {
    return std::ranges::any_of(part_.beginnings, [&](const auto& beginning) { return begins(path, beginning); });
  }
  Result<> write(const std::string& project, const ComponentOptions&, ArchiveSink& to) override {
    const std::string text = part_.write(project);
    return text.empty() ? Result<>() : to.add(part_.file, text);
  }
  std::vector<std::string> read(const auth::Identity& who, const std::string& project, const ComponentFiles& files,
                                const ComponentOptions&) override {
    std::vector<std::string> problems;
    for (const auto& [file, text] : files) {
      for (const auto& problem : part_.read(who, project, text)) problems.push_back(file + ": " + problem);
    }
    return problems;
  }

 private:
  const TextPart part_;
};

}  // namespace

std::unique_ptr<ArchiveComponent> make_calendar_archive(Calendars& calendars) {
  return std::make_unique<TextArchive>(
      TextPart{.name = "calendars",
               .file = "calendars.json",
               .beginnings = {"calendars"},
               .right_to_export = "read",
               .write = [&calendars](const std::string& project) { return calendars.export_text(project); },
               .read = [&calendars](const auth::Identity& who, const std::string& project,
                                    const std::string& text) { return calendars.import_text(who, project, text); }});
}

std::unique_ptr<ArchiveComponent> make_schedule_archive(ProjectSchedules& schedules) {
  return std::make_unique<TextArchive>(
      TextPart{.name = "Schedule Definitions",
               .file = "schedule-definitions.yaml",
               .beginnings = {"schedule-definitions", "schedules"},
               .right_to_export = "configure",
               .write = [&schedules](const std::string& project) { return schedules.export_text(project); },
               .read = [&schedules](const auth::Identity& who, const std::string& project,
                                    const std::string& text) { return schedules.import_text(who, project, text); }});
}

}  // namespace qd::service
