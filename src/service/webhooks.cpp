#include "service/webhooks.hpp"

#include <algorithm>

#include "base/id.hpp"
#include "base/text.hpp"
#include "service/access.hpp"
#include "service/errors.hpp"

namespace qd::service {
namespace {

constexpr std::size_t kLongestText = 190;  // of names, users and roles
constexpr std::size_t kMostRoles = 200;
constexpr std::size_t kMostConfig = 256u << 10;
constexpr std::size_t kMostOfProject = 10'000;
constexpr std::size_t kDeliveriesShown = 100;

tl::unexpected<Error> no_webhook() {
  return fail(ErrorKind::not_found, "Webhook not found", "api.error.item.doesnotexist");
}

tl::unexpected<Error> invalid(const std::string& why) {
  return fail(ErrorKind::invalid, why, "api.error.invalid.request");
}

bool fits(const std::string& text) {
  const auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20; };
  return text.size() <= kLongestText && base::valid_utf8(text) && std::ranges::none_of(text, control);
}

Result<> check_texts(const model::Webhook& webhook) {
  const auto wrong = [](const std::string& name) {
    return invalid("'" + name + "' must be text of one line, at most " + std::to_string(kLongestText) + " bytes");
  };
  if (base::trim(webhook.name).empty()) return invalid("'name' is required");
  if (!fits(webhook.name)) return wrong("name");
  if (!fits(webhook.uuid)) return wrong("uuid");
  if (!fits(webhook.user)) return wrong("user");
  if (!fits(webhook.plugin)) return wrong("eventPlugin");
  if (webhook.roles.size() > kMostRoles || !std::ranges::all_of(webhook.roles, fits)) return wrong("roles");
  const std::string config = boost::json::serialize(webhook.config);
  if (config.size() > kMostConfig) return invalid("'config' is larger than 256 KiB");
  if (config.find("\\u0000") != std::string::npos) return invalid("'config' holds a NUL byte");
  return {};
}

// Does it change what the webhook does, or as whom?
bool changes_work(const codec::WebhookFields& fields) {
  return fields.config || fields.plugin || fields.roles || fields.use_auth || fields.new_auth || fields.new_token;
}

}  // namespace

Result<> Webhooks::may(const auth::Identity& who, const std::string& project, const std::string& action) {
  if (!parts_.projects.find(project)) return no_such_project(project);
  return require(who, {"webhook", action, project}, "Webhooks in project", project);
}

void Webhooks::tell(const auth::Identity& who, const char* action, const model::Webhook& hook, std::string detail) {
  parts_.audit.record(who, {action, audit::kWebhook, hook.project + ":" + hook.uuid + ":" + hook.name, hook.project,
                            std::move(detail)});
}

Result<std::vector<model::Webhook>> Webhooks::list(const auth::Identity& who, const std::string& project) {
  if (auto right = may(who, project, "read"); !right) return fail(right.error());
  return parts_.webhooks.list(project);
}

Result<model::Webhook> Webhooks::find(const auth::Identity& who, const std::string& project, std::int64_t id) {
  if (auto right = may(who, project, "read"); !right) return fail(right.error());
  auto found = parts_.webhooks.find(project, id);
  if (!found) return no_webhook();
  return std::move(*found);
}

bool Webhooks::known_user(const std::string& login) {
  return parts_.profiles.find(login) || parts_.local_users.find(login) || !parts_.tokens.list(login).empty();
}

Result<> Webhooks::check_plugin(const std::string& name, const JsonObject& config) {
  if (name.empty()) return invalid("'eventPlugin' is required");
  if (const auto* plugin = find_webhook_plugin(name)) {
    if (auto ok = plugin->check(config); !ok) return invalid("Invalid plugin configuration: " + ok.error().message);
    return {};
  }
  if (parts_.is_script && parts_.is_script(name)) return {};
  return invalid("Plugin does not exist: " + name);
}

Result<> Webhooks::apply(model::Webhook& webhook, const codec::WebhookFields& fields, std::string& secret) {
  if (fields.name) webhook.name = std::string(base::trim(*fields.name));
  if (fields.enabled) webhook.enabled = *fields.enabled;
  if (fields.plugin) webhook.plugin = *fields.plugin;
  if (fields.config) webhook.config = *fields.config;
  if (fields.roles && !fields.roles->empty()) webhook.roles = *fields.roles;
  if (fields.use_auth && !*fields.use_auth) webhook.secret_digest.clear();
  if (fields.use_auth.value_or(false) && (fields.new_auth || webhook.secret_digest.empty())) {
    secret = base::random_token(kTokenLength);
    webhook.secret_digest = base::sha256_hex(secret);
  }
  if (auto ok = check_texts(webhook); !ok) return ok;
  return check_plugin(webhook.plugin, webhook.config);
}

Result<Webhooks::Saved> Webhooks::create(const auth::Identity& who, const std::string& project,
                                         const codec::WebhookFields& fields) {
  if (fields.id && *fields.id != 0) return update(who, project, *fields.id, fields);
  if (auto right = may(who, project, "create"); !right) return fail(right.error());
  Saved saved;
  model::Webhook& hook = saved.webhook;
  hook.uuid = base::new_uuid();
  hook.token = base::random_token(kTokenLength);
  hook.project = project;
  hook.user = fields.user.value_or("").empty() ? who.user : *fields.user;
  hook.creator = who.user;
  hook.roles = who.roles;
  if (hook.user != who.user && !known_user(hook.user)) return invalid("Webhook user '" + hook.user + "' not found");
  if (hook.user != who.user && (!fields.roles || fields.roles->empty()))
    return invalid("Failed to create associated Auth Token: Cannot create API token for " + hook.user +
                   ": Roles are required");
  if (auto ok = apply(hook, fields, saved.secret); !ok) return fail(ok.error());
  if (auto ok = parts_.may_act_as(who, hook.user, hook.roles); !ok)
    return fail(ErrorKind::unauthorized, "Failed to create associated Auth Token: " + ok.error().message,
                "unauthorized");
  if (parts_.webhooks.list(project).size() >= kMostOfProject)
    return invalid("A project has at most " + std::to_string(kMostOfProject) + " webhooks");
  hook.created = hook.updated = parts_.clock.now();
  if (!parts_.webhooks.create(hook))
    return fail(ErrorKind::conflict, "The webhook could not be saved: its uuid is taken");
  tell(who, audit::kCreate, hook, "as " + hook.user + " with roles " + base::join(hook.roles, ","));
  return saved;
}

Result<Webhooks::Saved> Webhooks::update(const auth::Identity& who, const std::string& project, std::int64_t id,
                                         const codec::WebhookFields& fields) {
  if (auto right = may(who, project, "update"); !right) return fail(right.error());
  auto found = parts_.webhooks.find(project, id);
  if (!found) return no_webhook();
  Saved saved{std::move(*found), {}};
  if (auto ok = apply(saved.webhook, fields, saved.secret); !ok) return fail(ok.error());
  if (fields.new_token) saved.webhook.token = base::random_token(kTokenLength);
  if (changes_work(fields)) {
    if (auto ok = parts_.may_act_as(who, saved.webhook.user, saved.webhook.roles); !ok)
      return fail(ErrorKind::unauthorized, "Failed to update Auth Token roles: " + ok.error().message, "unauthorized");
  }
  saved.webhook.updated = parts_.clock.now();
  if (!parts_.webhooks.update(saved.webhook)) return no_webhook();
  std::string detail = saved.webhook.enabled ? "" : "disabled";
  if (fields.new_token) detail += detail.empty() ? "a new token" : ", a new token";
  tell(who, audit::kUpdate, saved.webhook, std::move(detail));
  return saved;
}

Result<model::Webhook> Webhooks::remove(const auth::Identity& who, const std::string& project, std::int64_t id) {
  if (auto right = may(who, project, "delete"); !right) return fail(right.error());
  auto found = parts_.webhooks.find(project, id);
  if (!found || !parts_.webhooks.remove(id)) return no_webhook();
  tell(who, audit::kDelete, *found);
  return std::move(*found);
}

Result<std::vector<model::WebhookDelivery>> Webhooks::deliveries(const auth::Identity& who, const std::string& project,
                                                                 std::int64_t id) {
  if (auto found = find(who, project, id); !found) return fail(found.error());
  auto list = parts_.webhooks.deliveries(id, kDeliveriesShown);
  if (!allowed(who, {"webhook", "admin", project})) {
    for (auto& one : list) {
      one.payload.clear();
      one.results.clear();
    }
  }
  return list;
}

void Webhooks::user_removed(const auth::Identity& who, const std::string& login) {
  for (auto& hook : parts_.webhooks.of_user(login)) {
    if (!hook.enabled) continue;
    hook.enabled = false;
    hook.updated = parts_.clock.now();
    parts_.webhooks.update(hook);
    tell(who, audit::kUpdate, hook, "disabled: its user " + login + " was removed");
  }
}

}  // namespace qd::service
