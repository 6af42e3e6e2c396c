#include "engine/secret_memo.hpp"

#include "engine/run_log.hpp"

namespace qd::engine {

namespace {

constexpr std::size_t kLongestPassword = 256;

bool looks_like_password(const std::string& secret) {
  return !secret.empty() && secret.size() <= kLongestPassword && secret.find('\n') == std::string::npos;
}

}  // namespace

std::shared_ptr<SecretMemo::Entry> SecretMemo::entry(const std::string& path) {
  return entries_.with([&](auto& entries) {
    auto& found = entries[path];
    if (!found) found = std::make_shared<Entry>();
    return found;
  });
}

std::function<Result<std::string>(const std::string& path)> SecretMemo::reader(const LauncherParts& parts,
                                                                               const model::Execution& execution,
                                                                               RunLog& log) {
  if (!parts.read_secret) return {};
  return [this, &parts, &execution, &log](const std::string& path) -> Result<std::string> {
    const auto place = entry(path);
    const std::lock_guard lock(place->reading);
    if (place->known) return place->value;
    auto secret = parts.read_secret(path, {execution.user, execution.roles});
    if (!secret) return secret;
    place->value = *secret;
    place->known = true;
    // The step goes on in a later turn of the loop than this.
    if (looks_like_password(*secret)) parts.loop.post([&log, value = *secret] { log.masker().add(value); });
    return secret;
  };
}

}  // namespace qd::engine
