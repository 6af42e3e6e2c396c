// Webhooks: taking what is posted.
#include "base/id.hpp"
#include "base/logging.hpp"
#include "base/text.hpp"
#include "service/access.hpp"
#include "service/webhooks.hpp"

namespace qd::service {
namespace {

constexpr std::size_t kPayloadKept = 16u << 10;  // bytes of what was posted, for the list of deliveries

// "32 letters and digits#name": what follows the token is for people.
std::string token_in(std::string_view text) {
  return std::string(text.substr(0, text.find('#')));
}

}  // namespace

std::optional<auth::Identity> Webhooks::by_token(const std::string& text) {
  const std::string token = token_in(text);
  if (!parts_.enabled || token.empty() || token.size() > 255) return std::nullopt;
  const auto hook = parts_.webhooks.find_by_token(token);
  if (!hook) return std::nullopt;
  return auth::Identity{hook->user, hook->roles, auth::Identity::By::token, hook->uuid};
}

Result<> Webhooks::admit(const model::Webhook& hook, const auth::Identity& who,
                         const std::optional<std::string>& authorization) {
  if (!hook.enabled) return fail(ErrorKind::not_found, "Webhook not enabled", kDisabled);
  if (const auto user = parts_.local_users.find(hook.user); user && !user->enabled)
    return fail(ErrorKind::unauthorized, "The webhook's user " + hook.user + " is disabled");
  if (!allowed(who, {"webhook", "post", hook.project}))
    return fail(ErrorKind::unauthorized, "You are not authorized to perform this action");
  if (!hook.secret_digest.empty() &&
      !base::constant_time_equal(base::sha256_hex(authorization.value_or("")), hook.secret_digest))
    return fail(ErrorKind::unauthorized, "Failed webhook authorization");
  return {};
}

Result<std::int64_t> Webhooks::run(const model::Webhook& hook, const auth::Identity& who, const WebhookRun& wanted,
                                   const std::string& delivery) {
  const auto job = parts_.jobs.find(wanted.job);
  if (!job || job->job.project != hook.project || !allowed(who, job_decision(job->job, "view")))
    return fail(ErrorKind::not_found,
                "Cannot run job, not found: " + wanted.job + " in project " + hook.project + ": Not found");
  RunOptions options;
  options.options = wanted.options;
  if (!wanted.node_filter.empty()) options.node_filter = wanted.node_filter;
  if (!wanted.as_user.empty()) options.as_user = wanted.as_user;
  options.meta = {{"webhookId", std::to_string(hook.id)},
                  {"webhookUuid", hook.uuid},
                  {"webhookName", hook.name},
                  {"webhookDelivery", delivery},
                  {"webhookEvent", wanted.event}};
  const auto started = parts_.executions.run_job(who, wanted.job, std::move(options));
  if (started) return started->execution.id;
  Error error = started.error();
  error.message = "Error attempting to run job: " + wanted.job + " in project " + hook.project + ": " + error.message;
  return fail(std::move(error));
}

Result<WebhookReply> Webhooks::handle(const model::Webhook& hook, const auth::Identity& who,
                                      const model::WebhookEvent& event) {
  const WebhookWork work{hook, event, [&](const WebhookRun& wanted) { return run(hook, who, wanted, event.id); },
                         [&](const std::string& path) -> Result<std::string> {
                           if (!parts_.read_secret) return fail(ErrorKind::not_found, "there is no key storage");
                           return parts_.read_secret(path, {who.user, who.roles});
                         }};
  if (const auto* plugin = find_webhook_plugin(hook.plugin)) return plugin->handle(work);
  if (parts_.run_script) return parts_.run_script(work);
  return fail(ErrorKind::invalid, "Plugin does not exist: " + hook.plugin);
}

Result<WebhookReply> Webhooks::deliver(const auth::Identity& who, const model::WebhookEvent& event,
                                       const std::optional<std::string>& authorization) {
  const auto hook = parts_.webhooks.find_by_uuid(who.token_id);
  if (!hook) return fail(ErrorKind::not_found, "Webhook not found");
  base::log_info("webhook", "delivery " + event.id + " from " + event.sender + " to '" + hook->name + "' of project " +
                                hook->project + ", by " + hook->plugin + " as " + hook->user);
  if (auto admitted = admit(*hook, who, authorization); !admitted) {
    Result<WebhookReply> refusal = fail(admitted.error());
    record(*hook, who, event, refusal, true);
    return refusal;
  }
  auto reply = handle(*hook, who, event);
  record(*hook, who, event, reply, false);
  return reply;
}

// What was started goes on, whether or not it could be written down.
void Webhooks::record(const model::Webhook& hook, const auth::Identity& who, const model::WebhookEvent& event,
                      const Result<WebhookReply>& reply, bool refused) noexcept {
  try {
    model::WebhookDelivery delivery;
    delivery.webhook = hook.id;
    delivery.event = event.id;
    delivery.at = event.at;
    delivery.sender = event.sender;
    delivery.content_type = base::repair_utf8(event.content_type.substr(0, 100));
    delivery.server_uuid = parts_.server_uuid;
    delivery.outcome = refused ? "refused" : reply ? "ok" : "failed";
    delivery.message = reply ? reply->problem : reply.error().message;
    if (reply) {
      delivery.executions = reply->executions;
      delivery.results = reply->results;
    }
    if (!refused) delivery.payload = base::repair_utf8(event.body.substr(0, kPayloadKept));
    std::erase(delivery.payload, '\0');
    std::erase(delivery.message, '\0');
    std::string detail = "delivery " + event.id + ": " + delivery.outcome;
    if (!delivery.message.empty()) detail += ", " + delivery.message;
    for (const auto id : delivery.executions) detail += ", execution " + std::to_string(id);
    tell(who, audit::kRun, hook, std::move(detail));
    parts_.webhooks.record(delivery);
  } catch (const std::exception& error) {
    base::log_error("webhook", "delivery " + event.id + " is missing from the list of deliveries: " + error.what());
  }
}

}  // namespace qd::service
