#include "service/later_modes.hpp"

#include "base/json.hpp"
#include "base/logging.hpp"
#include "base/text.hpp"
#include "model/duration.hpp"
#include "service/access.hpp"
#include "service/errors.hpp"

namespace qd::service {
namespace {

constexpr std::chrono::seconds kBetweenLooks{1};
constexpr UnixMillis kLongest = 10LL * 365 * 86'400'000;
constexpr const char* kPrefix = "later.";
constexpr std::string_view kMembers = "later.member.";
constexpr std::string_view kProjects = "later.project.";  // + what + "." + project
constexpr const char* kWrongTime =
    "The value must be a duration of numbers and units (s, m, h, d, w, y), as in 30m, 2h30m or 1d.";

std::string write(const LaterMode& mode) {
  return boost::json::serialize(JsonObject{{"enable", mode.enable}, {"due", mode.due}, {"by", mode.by}});
}

std::optional<LaterMode> read(const std::string& text) {
  const auto json = parse_json(text);
  if (!json || !json->is_object()) return std::nullopt;
  const JsonObject& object = json->get_object();
  const auto due = base::parse_int(text_or(object, "due"));
  if (!due) return std::nullopt;
  return LaterMode{truth_or(object, "enable", true), *due, text_or(object, "by")};
}

const char* switch_of(const std::string& what) {
  return what == "schedule" ? "project.disable.schedule" : "project.disable.executions";
}

bool is_on(const model::Project& project, const std::string& what) {
  return project.get(switch_of(what)) != "true";
}

LaterAnswer already(const char* what, bool enable) {
  return {false, std::string(what) + (enable ? " enabled already." : " disabled already."), 0};
}

}  // namespace

std::string LaterModes::key_of(const std::string& member_uuid) {
  return std::string(kMembers) + member_uuid;
}

Result<LaterAnswer> LaterModes::save(const auth::Identity& who, const std::string& key, bool enable,
                                     const std::string& after) {
  const bool plain = !after.empty() && after.find_first_not_of("0123456789smhdwy") == std::string::npos;
  const auto duration = plain ? model::parse_duration(after) : std::nullopt;
  if (!duration || duration->count() <= 0 || duration->count() > kLongest) return fail(ErrorKind::invalid, kWrongTime);
  const LaterMode mode{enable, parts_.database.now() + duration->count(), who.user};
  settings_.put(key, write(mode));
  return LaterAnswer{true, "", mode.due};
}

Result<LaterAnswer> LaterModes::system(const auth::Identity& who, bool enable, const std::string& after) {
  if (auto right = require(who, {"system", "admin", ""}, "System", "execution mode"); !right)
    return fail(right.error());
  if (parts_.active() == enable) return already("Executions are", enable);
  auto saved = save(who, own_key(), enable, after);
  if (saved) saved->message = "Execution Mode Later saved";
  return saved;
}

Result<LaterAnswer> LaterModes::project(const auth::Identity& who, const std::string& project, const std::string& what,
                                        bool enable, const std::string& after) {
  const auto found = parts_.projects.find(project);
  if (!found) return no_such_project(project);
  if (auto right = require(who, {"project", "admin", project}, "Project", project); !right) return fail(right.error());
  if (what != "executions" && what != "schedule")
    return fail(ErrorKind::invalid, "The type must be executions or schedule.");
  if (is_on(*found, what) == enable)
    return already(what == "schedule" ? "Schedules of the project are" : "Executions of the project are", enable);
  auto saved = save(who, std::string(kProjects) + what + "." + project, enable, after);
  if (saved) saved->message = "Project Execution Mode Later saved";
  return saved;
}

std::optional<LaterMode> LaterModes::waiting() {
  const auto text = settings_.get(own_key());
  return text ? read(*text) : std::nullopt;
}

void LaterModes::forget(const std::string& member_uuid) {
  settings_.remove(key_of(member_uuid));
}

void LaterModes::start() {
  thread_ = std::thread([this] { loop(); });
}

void LaterModes::stop() noexcept {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void LaterModes::loop() {
  while (true) {
    try {
      look();
    } catch (const std::exception& error) {
      base::log_debug("modes", std::string("modes that turn later wait: ") + error.what());
    }
    std::unique_lock lock(mutex_);
    if (changed_.wait_for(lock, kBetweenLooks, [&] { return stopping_; })) return;
  }
}

void LaterModes::look() {
  const auto waiting = settings_.with_prefix(kPrefix);
  if (waiting.empty()) return;
  const UnixMillis now = parts_.database.now();
  for (const auto& [key, text] : waiting) {
    const auto mode = read(text);
    if (mode && mode->due > now) continue;
    if (key.starts_with(kMembers) && key != own_key()) continue;
    // Whoever takes it out turns the switch; nobody does so twice.
    if (!settings_.remove_if(key, text) || !mode) continue;
    if (!turn(key, *mode)) settings_.put(key, text);
  }
}

// False: try again.
bool LaterModes::turn(const std::string& key, const LaterMode& mode) {
  const std::string state = mode.enable ? "enabled" : "disabled";
  if (key.starts_with(kMembers)) {
    if (parts_.active() == mode.enable) return true;
    if (auto done = parts_.set_active(mode.enable, mode.by); !done) {
      base::log_warn("modes", "executions were to be " + state + " now: " + done.error().message);
      return false;
    }
    base::log_info("modes", "executions are " + state + ", as " + mode.by + " asked before");
    return true;
  }
  const std::string rest = key.substr(kProjects.size());
  const std::size_t dot = rest.find('.');
  if (dot == std::string::npos) return true;
  return turn_project(rest.substr(dot + 1), rest.substr(0, dot), mode);
}

bool LaterModes::turn_project(const std::string& project, const std::string& what, const LaterMode& mode) {
  const auto found = parts_.projects.find(project);
  if (!found || is_on(*found, what) == mode.enable) return true;
  try {
    parts_.projects.change_config(project, {{switch_of(what), mode.enable ? "false" : "true"}}, {});
  } catch (const store::DatabaseError& error) {
    base::log_warn("modes", "the " + what + " of project " + project + " could not be turned: " + error.what());
    return false;
  }
  auth::Identity who;
  who.user = mode.by;
  parts_.audit.record(who, {audit::kUpdate, audit::kProject, project, project,
                            what + (mode.enable ? " on" : " off") + ", as asked before"});
  return true;
}

}  // namespace qd::service
