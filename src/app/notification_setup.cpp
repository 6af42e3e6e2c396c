#include "app/notification_setup.hpp"

#include <filesystem>

#include "api/route.hpp"
#include "log/reader.hpp"

namespace qd::app {

namespace {

// Without the sequences that colour terminals.
std::string plain(const std::string& text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '\x1b' || at + 1 == text.size() || text[at + 1] != '[') {
      out += text[at];
      continue;
    }
    at += 2;
    while (at < text.size() && (text[at] < '@' || text[at] > '~')) ++at;
  }
  return out;
}

std::string line_of(const log::LogEvent& event, bool formatted) {
  if (!formatted) return plain(event.message) + "\n";
  const auto meta = [&](const char* name, const char* otherwise) {
    const auto found = event.meta.find(name);
    return found == event.meta.end() ? std::string(otherwise) : found->second;
  };
  return clock_time(event.time) + " [" + meta("user", "") + "@" + meta("node", "") + " " + meta("stepctx", "_") + "][" +
         log::to_text(event.level) + "] " + plain(event.message) + "\n";
}

Result<std::string> log_text(const std::string& path, bool formatted, std::size_t most) {
  std::string text;
  log::ReadRequest request;
  request.finished = true;
  for (;;) {
    const auto page = log::read_log(path, request);
    if (!page) return fail(page.error());
    if (!page->exists) return fail(ErrorKind::not_found, "this server does not have it");
    for (const auto& one : page->events) {
      text += line_of(one.event, formatted);
      if (text.size() <= most) continue;
      text.resize(most);
      return text + "\n[the rest is left out]\n";
    }
    if (!page->more) return text;
    request.offset = page->next_offset;
  }
}

}  // namespace

notify::PlannerConfig planner_config(const Config& config, const std::string& url) {
  notify::PlannerConfig planner;
  planner.server_url = url;
  planner.api_url = url + "/api/" + std::to_string(api::kCurrentVersion);
  planner.member_uuid = config.member.uuid;
  planner.webhook_key = config.notifications.webhook_key;
  planner.mail = config.notifications.mail;
  return planner;
}

notify::NotifierConfig notifier_config(const Config& config) {
  const auto& all = config.notifications;
  notify::NotifierConfig notifier;
  notifier.first_pause = all.first_pause;
  notifier.longest_pause = all.longest_pause;
  notifier.give_up_after = all.give_up_after;
  notifier.attempt_limit = all.timeout;
  notifier.kept = all.life;
  return notifier;
}

notify::SenderParts sender_parts(const Config& config, std::shared_ptr<const http::AddressBlocks> blocked,
                                 store::ExecutionStore& executions, const std::string& log_root) {
  notify::SenderParts sender;
  sender.mail = config.notifications.mail;
  sender.host = config.member.hostname;
  sender.blocked = std::move(blocked);
  sender.timeout = config.notifications.timeout;
  sender.read_log = [&executions, log_root](model::ExecutionId id, bool formatted,
                                            std::size_t most) -> Result<std::string> {
    const auto execution = executions.find(id);
    if (!execution) return fail(ErrorKind::not_found, "the execution was deleted");
    return log_text((std::filesystem::path(log_root) / execution->log_path).string(), formatted, most);
  };
  return sender;
}

}  // namespace qd::app
