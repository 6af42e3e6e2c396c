// The plugins webhook-run-job and github-webhook: one job, with references filled from what was posted.
// Source: docs/manual/webhooks/run-job.md and github-webhook.md of the peer's documentation.
#include "base/text.hpp"
#include "service/webhook_plugins.hpp"
#include "service/webhook_signature.hpp"

namespace qd::service {
namespace {

std::string raw_of(const WebhookWork& work) {
  return base::trim(work.event.body).empty() ? "{}" : work.event.body;
}

// `jobId`, `argString`, `nodeFilter` and `asUser` of the configuration, filled.
Result<WebhookRun> filled_run(const WebhookWork& work, const model::WebhookValues& values) {
  WebhookRun run;
  run.event = work.event.id;
  const std::pair<const char*, std::string*> texts[] = {
      {"jobId", &run.job}, {"nodeFilter", &run.node_filter}, {"asUser", &run.as_user}};
  for (const auto& [key, target] : texts) {
    auto text = model::expand_webhook_text(text_or(work.hook.config, key), values);
    if (!text) return fail(text.error());
    *target = std::string(base::trim(*text));
  }
  auto options = model::expand_webhook_args(text_or(work.hook.config, "argString"), values);
  if (!options) return fail(options.error());
  run.options = std::move(*options);
  return run;
}

Result<WebhookReply> run_with(const WebhookWork& work, const Json& data, std::string raw) {
  const auto run = filled_run(work, webhook_values(work, data, std::move(raw)));
  if (!run) return fail(run.error());
  const auto id = work.run(*run);
  if (!id) return fail(id.error());
  return WebhookReply{JsonObject{{"jobId", run->job}, {"executionId", std::to_string(*id)}}, {*id}, {}, ""};
}

}  // namespace

Result<> check_run_job(const JsonObject& config) {
  if (base::trim(text_or(config, "jobId")).empty()) return fail(ErrorKind::invalid, "jobId : required");
  return {};
}

Result<WebhookReply> run_job_of_webhook(const WebhookWork& work) {
  const auto data = posted_json(work.event);
  if (!data) return fail(data.error());
  return run_with(work, *data, raw_of(work));
}

Result<> check_github(const JsonObject& config) {
  if (auto ok = check_secret_setting(config); !ok) return ok;
  return check_run_job(config);
}

Result<WebhookReply> handle_github(const WebhookWork& work) {
  const auto header = [&](const char* name) {
    const auto found = work.event.headers.find(name);
    return found == work.event.headers.end() ? std::string() : found->second;
  };
  if (auto ok = check_signature(work, "X-Hub-Signature-256", "sha256="); !ok) return fail(ok.error());
  if (header("x-github-event") == "ping") return WebhookReply{"ok", {}, {}, ""};
  auto data = posted_json(work.event);
  if (!data) return fail(data.error());
  // GitHub can send its JSON as the field `payload` of a form.
  if (work.event.content_type == "application/x-www-form-urlencoded") {
    std::string payload = text_or(data->as_object(), "payload");
    data = parse_json(payload);
    if (!data) return fail(ErrorKind::invalid, "Unable to parse posted JSON data: " + data.error().message);
    return run_with(work, *data, std::move(payload));
  }
  return run_with(work, *data, raw_of(work));
}

}  // namespace qd::service
