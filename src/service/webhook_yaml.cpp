// Webhooks: webhooks.yaml of project archives.
#include <algorithm>
#include <cctype>

#include "base/id.hpp"
#include "service/webhooks.hpp"

namespace qd::service {
namespace {

constexpr std::size_t kShortestToken = 16, kLongestToken = 255;

bool is_token(const std::string& text) {
  return text.size() >= kShortestToken && text.size() <= kLongestToken &&
         std::ranges::all_of(text, [](unsigned char c) { return std::isalnum(c) != 0 && c < 0x80; });
}

}  // namespace

std::string Webhooks::export_yaml(const std::string& project, const codec::WebhookExport& options) {
  return codec::encode_webhooks(parts_.webhooks.list(project), options);
}

Result<std::vector<std::string>> Webhooks::import_yaml(const auth::Identity& who, const std::string& project,
                                                       std::string_view yaml, const Import& options) {
  auto entries = codec::decode_webhooks(yaml);
  if (!entries) return fail(entries.error());
  std::vector<std::string> problems;
  for (auto& fields : *entries) {
    const std::string name = fields.name.value_or("");
    if (const auto why = import_one(who, project, std::move(fields), options))
      problems.push_back("Unable to import webhook " + name + ". Error: " + *why);
  }
  return problems;
}

// Nothing, or why it was not imported. The user of the file need not be known here, but whoever imports must be allowed
// to give him these roles.
std::optional<std::string> Webhooks::import_one(const auth::Identity& who, const std::string& project,
                                                codec::WebhookFields fields, const Import& options) {
  const std::string uuid = options.new_uuids ? "" : fields.uuid.value_or("");
  auto known = uuid.empty() ? std::nullopt : parts_.webhooks.find_by_uuid(uuid);
  const bool update = known && known->project == project;
  model::Webhook hook;
  if (update) hook = std::move(*known);
  if (!update) {
    hook.uuid = uuid.empty() || known ? base::new_uuid() : uuid;
    hook.project = project;
    hook.user = fields.user.value_or(who.user);
    hook.creator = who.user;
    hook.roles = who.roles;
    hook.created = parts_.clock.now();
  }
  hook.updated = parts_.clock.now();
  if (!update || options.new_tokens) hook.token = base::random_token(kTokenLength);
  const bool brings_token = !options.new_tokens && !fields.token.value_or("").empty();
  if (brings_token) {
    if (!is_token(*fields.token)) return "its authToken is not 16 to 255 letters and digits";
    const auto other = parts_.webhooks.find_by_token(*fields.token);
    if (other && other->uuid != hook.uuid) return "Cannot import webhook token: another webhook has it";
    hook.token = *fields.token;
  }
  std::string secret;  // of a header; nobody would see it
  if (auto ok = apply(hook, fields, secret); !ok) return ok.error().message;
  if (auto ok = parts_.may_act_as(who, hook.user, hook.roles); !ok) return ok.error().message;
  const bool saved = update ? parts_.webhooks.update(hook) : parts_.webhooks.create(hook);
  if (!saved) return "it could not be saved";
  tell(who, update ? audit::kUpdate : audit::kCreate, hook, "imported, as " + hook.user);
  return std::nullopt;
}

}  // namespace qd::service
