// Incoming webhooks: making and changing them, and taking what is posted to them.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/identity.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "codec/webhook_codec.hpp"
#include "model/webhook.hpp"
#include "service/audit.hpp"
#include "service/executions.hpp"
#include "service/job_cache.hpp"
#include "service/webhook_plugins.hpp"
#include "store/local_user_store.hpp"
#include "store/profile_store.hpp"
#include "store/project_store.hpp"
#include "store/token_store.hpp"
#include "store/webhook_store.hpp"
#include "vault/secret_reader.hpp"

namespace qd::service {

// All outlives the use cases.
struct WebhookParts {
  store::WebhookStore& webhooks;
  store::ProjectStore& projects;
  store::ProfileStore& profiles;
  store::TokenStore& tokens;
  store::LocalUserStore& local_users;
  JobCache& jobs;
  Executions& executions;
  Audit& audit;
  const Clock& clock;
  vault::SecretReader read_secret;
  // Nothing, or why `who` may not make a token for `user` with `roles`: a webhook's secret is one.
  std::function<Result<>(const auth::Identity& who, const std::string& user, const std::vector<std::string>& roles)>
      may_act_as;
  // Plugins that are scripts: is there one, and what it makes of a delivery.
  std::function<bool(const std::string& plugin)> is_script;
  std::function<Result<WebhookReply>(const WebhookWork& work)> run_script;
  std::string server_uuid;
  bool enabled = true;  // rundeck.feature.webhooks.enabled
};

// Thread-safe; blocks on the database. Managing them needs `read`, `create`, `update` or `delete` (or `admin`) on
// webhook in the project; posting needs `post` of the webhook's own user and roles.
class Webhooks {
 public:
  explicit Webhooks(WebhookParts parts) : parts_(std::move(parts)) {}

  bool enabled() const { return parts_.enabled; }

  Result<std::vector<model::Webhook>> list(const auth::Identity& who, const std::string& project);
  Result<model::Webhook> find(const auth::Identity& who, const std::string& project, std::int64_t id);
  struct Saved {
    model::Webhook webhook;
    std::string secret;  // a new one for the header Authorization, shown once; ""
  };
  // create() makes it, with a token of its own, or, when the fields have an id, changes it. Nobody can give one more
  // than he may give an API token, nor change what one does that acts with more.
  Result<Saved> create(const auth::Identity& who, const std::string& project, const codec::WebhookFields& fields);
  Result<Saved> update(const auth::Identity& who, const std::string& project, std::int64_t id,
                       const codec::WebhookFields& fields);
  Result<model::Webhook> remove(const auth::Identity& who, const std::string& project, std::int64_t id);
  // Newest first. Only an `admin` of webhooks gets to see what was posted.
  Result<std::vector<model::WebhookDelivery>> deliveries(const auth::Identity& who, const std::string& project,
                                                         std::int64_t id);

  // Whom the token of a URL stands for: the webhook's user, with `token_id` its uuid. Not yet admitted.
  std::optional<auth::Identity> by_token(const std::string& token);
  // What was posted to the webhook of `who`. Errors: `not_found` with code kDisabled when it takes nothing.
  Result<WebhookReply> deliver(const auth::Identity& who, const model::WebhookEvent& event,
                               const std::optional<std::string>& authorization);
  static constexpr const char* kDisabled = "api.error.webhook.disabled";

  // webhooks.yaml of a project's archive. Whoever calls has authorised it.
  std::string export_yaml(const std::string& project, const codec::WebhookExport& options);
  struct Import {
    bool new_tokens = false;  // even where the file has some
    bool new_uuids = false;
  };
  // Known uuids of the project are changed, others made. What failed, one text each.
  Result<std::vector<std::string>> import_yaml(const auth::Identity& who, const std::string& project,
                                               std::string_view yaml, const Import& options);

  // A local user is gone: what acted in his name does so no more.
  void user_removed(const auth::Identity& who, const std::string& login);

 private:
  Result<> may(const auth::Identity& who, const std::string& project, const std::string& action);
  Result<> apply(model::Webhook& webhook, const codec::WebhookFields& fields, std::string& secret);
  Result<> check_plugin(const std::string& name, const JsonObject& config);
  bool known_user(const std::string& login);
  static constexpr std::size_t kTokenLength = 32;
  std::optional<std::string> import_one(const auth::Identity& who, const std::string& project,
                                        codec::WebhookFields fields, const Import& options);
  Result<> admit(const model::Webhook& hook, const auth::Identity& who,
                 const std::optional<std::string>& authorization);
  Result<WebhookReply> handle(const model::Webhook& hook, const auth::Identity& who, const model::WebhookEvent& event);
  Result<std::int64_t> run(const model::Webhook& hook, const auth::Identity& who, const WebhookRun& run,
                           const std::string& delivery);
  void record(const model::Webhook& hook, const auth::Identity& who, const model::WebhookEvent& event,
              const Result<WebhookReply>& reply, bool refused) noexcept;
  void tell(const auth::Identity& who, const char* action, const model::Webhook& hook, std::string detail = {});

  WebhookParts parts_;
};

}  // namespace qd::service
