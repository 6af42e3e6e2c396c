// The step copyfile: files of the server to a node, by its file copier.
#include <algorithm>
#include <filesystem>
#include <set>

#include "base/text.hpp"
#include "engine/plugin_step.hpp"
#include "model/regex.hpp"

namespace qd::engine {

namespace {

using node::NodeResult;
namespace fs = std::filesystem;

constexpr const char* kCopyFailed = "CopyFileFailed";
constexpr const char* kWrongParameter = "WrongParameter";
constexpr std::size_t kMostFiles = 20'000;

struct CopyItem {
  std::string source, destination;
  bool folder = false;
  std::uintmax_t size = 0;
};

struct CopyPlan {
  std::string source, destination, pattern;
  bool recursive = false, echo = true;
};

// "**" spans folders, "*" and "?" do not; a pattern that ends in "/" means everything below.
Result<model::Regex> path_pattern(std::string pattern) {
  if (pattern.ends_with('/')) pattern += "**";
  std::string regex;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const char letter = pattern[i];
    if (letter == '*' && pattern.compare(i, 3, "**/") == 0) {
      regex += "(?:[^/]+/)*";
      i += 2;
    } else if (letter == '*' && pattern.compare(i, 2, "**") == 0) {
      regex += ".*";
      i += 1;
    } else if (letter == '*') {
      regex += "[^/]*";
    } else if (letter == '?') {
      regex += "[^/]";
    } else {
      if (std::string_view("\\^$.|()[]{}+").find(letter) != std::string_view::npos) regex += '\\';
      regex += letter;
    }
  }
  return model::Regex::compile(regex);
}

Result<std::vector<CopyItem>> one_file(const CopyPlan& plan) {
  std::error_code error;
  const auto size = fs::file_size(plan.source, error);
  if (error) return fail(ErrorKind::not_found, "The file " + plan.source + " cannot be read: " + error.message());
  auto destination = plan.destination;
  if (destination.ends_with('/')) destination += fs::path(plan.source).filename().string();
  return std::vector<CopyItem>{{plan.source, destination, false, size}};
}

// Folders come before what is in them.
Result<std::vector<CopyItem>> files_below(const CopyPlan& plan) {
  std::optional<model::Regex> matcher;
  if (!plan.pattern.empty()) {
    auto compiled = path_pattern(plan.pattern);
    if (!compiled) return fail(compiled.error());
    matcher.emplace(std::move(*compiled));
  }
  const std::string target = plan.destination.ends_with('/') ? plan.destination : plan.destination + "/";
  std::vector<CopyItem> items;
  std::set<std::string> folders{target.substr(0, target.size() - 1)};
  std::error_code error;
  for (auto entry = fs::recursive_directory_iterator(plan.source, error); !error && entry != fs::end(entry);
       entry.increment(error)) {
    const auto relative = entry->path().lexically_relative(plan.source).string();
    const bool matches = !matcher || matcher->matches(relative);
    std::error_code unreadable;  // a link that leads nowhere, a pipe: left out
    const bool folder = entry->is_directory(unreadable);
    if (!matches || (folder && !plan.recursive)) continue;
    if (folder) {
      folders.insert(target + relative);
      continue;
    }
    if (!entry->is_regular_file(unreadable)) continue;
    const auto parent = fs::path(target + relative).parent_path().string();
    folders.insert(parent);
    items.push_back({entry->path().string(), target + relative, false, entry->file_size(unreadable)});
    if (items.size() > kMostFiles) {
      return fail(ErrorKind::too_large, plan.source + " holds more than " + std::to_string(kMostFiles) + " files");
    }
  }
  if (error) return fail(ErrorKind::unavailable, "The folder " + plan.source + " cannot be read: " + error.message());
  if (items.empty() && !plan.recursive) return items;
  std::vector<CopyItem> all;
  for (const auto& folder : folders) all.push_back({"", folder, true, 0});
  all.insert(all.end(), items.begin(), items.end());
  return all;
}

Result<std::vector<CopyItem>> list_items(const CopyPlan& plan) {
  if (!plan.recursive && plan.pattern.empty()) return one_file(plan);
  std::error_code error;
  if (!fs::is_directory(plan.source, error))
    return fail(ErrorKind::invalid, "sourcePath has to be a directory: " + plan.source, kWrongParameter);
  return files_below(plan);
}

base::Task<Result<>> copy_item(const NodeTask& task, const node::ExecContext& exec, const CopyItem& item) {
  auto& copier = *task.scope.parts.copier;
  base::Task<Result<>> copying;
  if (item.folder) {
    copying = copier.make_folder(exec, task.node, item.destination);
  } else {
    copying = copier.copy_file(exec, task.node, item.source, item.destination);
  }
  co_return co_await std::move(copying);
}

void tell_begin(const NodeTask& task, const CopyPlan& plan, const std::vector<CopyItem>& items) {
  if (!plan.echo) return;
  const auto files = std::count_if(items.begin(), items.end(), [](const CopyItem& item) { return !item.folder; });
  if (files == 0) return task.log.line(log::Level::normal, "No matching files");
  if (!plan.recursive && plan.pattern.empty()) {
    const auto& item = items.front();
    task.log.line(log::Level::normal, "Begin copy " + std::to_string(item.size) + " bytes to node " + task.node.name +
                                          ": " + item.source + " -> " + item.destination);
  } else {
    task.log.line(log::Level::normal,
                  "Begin copy " + std::to_string(files) + " files to node " + task.node.name + ": " + plan.source);
  }
}

}  // namespace

base::Task<NodeResult> copy_files(const NodeTask& task, const JsonObject& settings) {
  CopyPlan plan{std::string(base::trim(text_or(settings, "sourcePath"))),
                std::string(base::trim(text_or(settings, "destinationPath"))), text_or(settings, "pattern"),
                truth_or(settings, "recursive", false), truth_or(settings, "echo", true)};
  if (plan.source.empty()) co_return NodeResult::failure(kWrongParameter, "sourcePath is not set");
  if (plan.destination.empty()) co_return NodeResult::failure(kWrongParameter, "destinationPath is not set");
  const auto& parts = task.scope.parts;
  if (parts.copier == nullptr) co_return NodeResult::failure(kCopyFailed, "This server has no file copier");
  auto listing = base::run_on(parts.pool, parts.loop, [&] { return list_items(plan); });
  const auto items = co_await listing;
  if (!items) {
    co_return NodeResult::failure(items.error().code.empty() ? kCopyFailed : items.error().code, items.error().message);
  }
  tell_begin(task, plan, *items);
  StepOutput output(task.log);
  const auto exec = exec_context(task, output);
  for (const auto& item : *items) {
    if (task.frame.cancel.cancelled()) co_return node::result_of_cancel(task.frame.cancel);
    auto copying = copy_item(task, exec, item);
    const auto copied = co_await std::move(copying);
    output.finish();
    if (!copied) {
      if (task.frame.cancel.cancelled()) co_return node::result_of_cancel(task.frame.cancel);
      co_return NodeResult::failure(kCopyFailed, copied.error().message + " (" + item.destination + ")");
    }
    if (plan.echo && !item.folder) task.log.line(log::Level::normal, "Copied: " + item.destination);
  }
  co_return NodeResult::ok();
}

}  // namespace qd::engine
