#include "service/webhook_script.hpp"

#include "base/text.hpp"

namespace qd::service {
namespace {

constexpr Millis kScriptLimit{30'000};
constexpr std::size_t kMostOutput = 256u << 10;

plugin::Texts texts_of(const JsonObject& config) {
  plugin::Texts texts;
  for (const auto& [key, value] : config) texts[std::string(key)] = scalar_text(value).value_or("");
  return texts;
}

Json answer_of(const std::string& output) {
  std::string text(base::trim(base::repair_utf8(output)));
  if (text.empty()) return "ok";
  auto value = parse_json(text);
  if (value && value->is_structured()) return std::move(*value);
  return Json(text);
}

}  // namespace

Result<WebhookReply> run_webhook_script(const plugin::ScriptParts& scripts,
                                        const std::function<plugin::Texts(const std::string& project)>& properties,
                                        const WebhookWork& work) {
  const auto& name = work.hook.plugin;
  const auto found = scripts.registry.find_now(plugin::service::webhook_event, name);
  if (found == nullptr) return fail(ErrorKind::invalid, "Plugin does not exist on this member: " + name);
  const auto shared = properties(work.hook.project);
  auto settings =
      plugin::resolve_settings(found->provider, {texts_of(work.hook.config), &shared, nullptr, work.secret});
  if (!settings) return fail(settings.error());
  plugin::ScriptCall call;
  call.plugin = found;
  call.project = work.hook.project;
  const Json nothing = nullptr;
  auto known = webhook_values(work, nothing, "").webhook;
  known["contentType"] = work.event.content_type;
  call.context.set_group("webhook", {known.begin(), known.end()});
  call.settings = std::move(*settings);
  call.input = work.event.body;
  const auto end = plugin::run_blocking(scripts, call, kScriptLimit, kMostOutput);
  if (!end.process.succeeded())
    return fail(ErrorKind::invalid, "The webhook plugin '" + name + "' failed: " + plugin::describe_end(end));
  return WebhookReply{answer_of(end.out), {}, {}, ""};
}

}  // namespace qd::service
