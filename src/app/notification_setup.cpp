#include "app/notification_setup.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

#include "api/route.hpp"
#include "log/reader.hpp"

namespace qd::app {

namespace {

constexpr Millis kLogPatience{20'000};
constexpr Millis kLogPause{200};
constexpr std::size_t kMaxPluginOutput = 64u << 10;

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

// What another member wrote comes from the log store, which takes a moment.
service::LogView settled_view(const model::Execution& execution, const FindLog& find_log) {
  using State = service::LogView::State;
  const auto end = std::chrono::steady_clock::now() + kLogPatience;
  for (;;) {
    auto view = find_log(execution);
    const bool settled = view.state == State::whole || view.state == State::partial || view.state == State::missing;
    if (settled || std::chrono::steady_clock::now() > end) return view;
    std::this_thread::sleep_for(std::clamp(view.retry_after, kLogPause, kLogPatience / 4));
  }
}

// One level of objects, by "name.key".
void add_texts(model::DataContext::Group& group, const JsonObject& object, const std::string& prefix = {}) {
  for (const auto& [key, value] : object) {
    const auto name = prefix + std::string(key);
    if (const auto* inner = value.if_object()) {
      if (prefix.empty()) add_texts(group, *inner, name + ".");
    } else if (auto text = scalar_text(value)) {
      group[name] = std::move(*text);
    }
  }
}

const JsonObject& object_in(const JsonObject& object, std::string_view key) {
  static const JsonObject none;
  const Json* value = find(object, key);
  return value != nullptr && value->is_object() ? value->get_object() : none;
}

// What a notification's script gets as ${…} and RD_…: the groups of the run, and execution, job, notification.
model::DataContext context_of(const JsonObject& data) {
  model::DataContext context;
  auto execution = object_in(data, "execution");
  for (const auto& [name, group] : object_in(execution, "context")) {
    model::DataContext::Group texts;
    if (group.is_object()) add_texts(texts, group.get_object());
    context.set_group(std::string(name), std::move(texts));
  }
  auto job = context.group("job");
  add_texts(job, object_in(execution, "job"));
  context.set_group("job", std::move(job));
  execution.erase("context");
  execution.erase("job");
  model::DataContext::Group group;
  add_texts(group, execution);
  context.set_group("execution", std::move(group));
  context.set_group("notification", {{"trigger", text_or(data, "trigger")}});
  return context;
}

std::optional<notify::Attempt> run_notification_plugin(const plugin::NodeSourceParts& plugins, Millis limit,
                                                       plugin::ReadSecret read_secret, const store::Delivery& delivery,
                                                       const JsonObject& told, const std::function<bool()>& cancelled) {
  using End = notify::Attempt::End;
  const auto found = plugins.scripts.registry.find_now(plugin::service::notification, delivery.type);
  if (found == nullptr) return std::nullopt;
  const auto& data = object_in(told, "data");
  plugin::Texts instance;
  add_texts(instance, object_in(told, "config"));
  const auto properties = plugins.properties(delivery.project);
  auto settings = plugin::resolve_settings(found->provider, {instance, &properties, nullptr, std::move(read_secret)});
  if (!settings) return notify::Attempt{End::never, settings.error().message};
  plugin::ScriptCall call;
  call.plugin = found;
  call.project = delivery.project;
  call.context = context_of(data);
  call.settings = std::move(*settings);
  call.input = boost::json::serialize(data);
  const auto end = plugin::run_blocking(plugins.scripts, call, limit, kMaxPluginOutput, cancelled);
  return notify::Attempt{end.process.succeeded() ? End::sent : End::later, plugin::describe_end(end)};
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
  notifier.silence = config.cluster.members.heartbeat.consider_inactive;
  return notifier;
}

notify::SenderParts sender_parts(const Config& config, std::shared_ptr<const http::AddressBlocks> blocked,
                                 store::ExecutionStore& executions, FindLog find_log, vault::SecretReader read_secret,
                                 const plugin::NodeSourceParts& plugins) {
  notify::SenderParts sender;
  sender.mail = config.notifications.mail;
  sender.host = config.member.hostname;
  sender.blocked = std::move(blocked);
  sender.timeout = config.notifications.timeout;
  sender.read_log = [&executions, find_log = std::move(find_log)](model::ExecutionId id, bool formatted,
                                                                  std::size_t most) -> Result<std::string> {
    const auto execution = executions.find(id);
    if (!execution) return fail(ErrorKind::not_found, "the execution was deleted");
    const auto view = settled_view(*execution, find_log);
    if (view.path.empty()) return fail(ErrorKind::not_found, view.message.empty() ? "it is not here" : view.message);
    return log_text(view.path, formatted, most);
  };
  if (read_secret) {
    sender.read_secret = [&executions, read_secret](model::ExecutionId id,
                                                    const std::string& path) -> Result<std::string> {
      const auto execution = executions.find(id);
      if (!execution) return fail(ErrorKind::not_found, "the execution was deleted");
      return read_secret(path, {execution->user, execution->roles});
    };
  }
  sender.plugin = [&plugins, secret = sender.read_secret, limit = config.notifications.timeout](
                      const store::Delivery& delivery, const JsonObject& told, const std::function<bool()>& cancelled) {
    plugin::ReadSecret own;
    if (secret) own = [&](const std::string& path) { return secret(delivery.execution, path); };
    return run_notification_plugin(plugins, limit, std::move(own), delivery, told, cancelled);
  };
  sender.installed = [&plugins] { return plugins.scripts.registry.names(plugin::service::notification); };
  return sender;
}

}  // namespace qd::app
