#include "node/ssh_connect.hpp"

#include <algorithm>
#include <set>

#include "base/logging.hpp"
#include "base/text.hpp"
#include "node/executor.hpp"
#include "node/ssh_failure.hpp"
#include "node/ssh_login.hpp"

namespace qd::node {
namespace {

constexpr Millis kBannerPatience{3'000};

// Names of ssh_config that go to libssh as they are.
const std::map<std::string, ssh_options_e>& passed_options() {
  static const std::map<std::string, ssh_options_e> options{
      {"ciphers", SSH_OPTIONS_CIPHERS_C_S},
      {"macs", SSH_OPTIONS_HMAC_C_S},
      {"kexalgorithms", SSH_OPTIONS_KEY_EXCHANGE},
      {"hostkeyalgorithms", SSH_OPTIONS_HOSTKEYS},
      {"pubkeyacceptedalgorithms", SSH_OPTIONS_PUBLICKEY_ACCEPTED_TYPES},
      {"compression", SSH_OPTIONS_COMPRESSION},
  };
  return options;
}

// A host with a known key must show that one, not another of its keys.
std::string host_key_order(const std::vector<HostKey>& known) {
  static const std::vector<std::string> all{"ssh-ed25519",         "ecdsa-sha2-nistp521", "ecdsa-sha2-nistp384",
                                            "ecdsa-sha2-nistp256", "rsa-sha2-512",        "rsa-sha2-256"};
  std::set<std::string> types;
  for (const auto& key : known) types.insert(key.type);
  const auto is_known = [&](const std::string& name) {
    return types.contains(name.starts_with("rsa-") ? "ssh-rsa" : name);
  };
  std::vector<std::string> order;
  for (const bool wanted : {true, false}) {
    for (const auto& name : all) {
      if (is_known(name) == wanted) order.push_back(name);
    }
  }
  return base::join(order, ",");
}

Result<> set_options(SshLink& link, const SshTarget& target, const SshHop& hop, const std::vector<HostKey>& known) {
  const auto session = link.session();
  ssh_options_set(session, SSH_OPTIONS_USER, hop.user.c_str());
  ssh_options_set(session, SSH_OPTIONS_HOSTKEYS, host_key_order(known).c_str());
  for (const auto& [name, value] : target.config) {
    const auto option = passed_options().find(name);
    if (option == passed_options().end()) continue;
    bool taken = ssh_options_set(session, option->second, value.c_str()) == SSH_OK;
    if (option->second == SSH_OPTIONS_CIPHERS_C_S)
      taken = ssh_options_set(session, SSH_OPTIONS_CIPHERS_S_C, value.c_str()) == SSH_OK && taken;
    if (option->second == SSH_OPTIONS_HMAC_C_S)
      taken = ssh_options_set(session, SSH_OPTIONS_HMAC_S_C, value.c_str()) == SSH_OK && taken;
    if (!taken)
      return fail(ErrorKind::invalid, "ssh-config-" + name + " '" + value + "' names nothing that is known here.",
                  reason::configuration);
  }
  return {};
}

base::Task<Result<>> exchange_keys(SshLink& link, SshHop hop, const Attempt& attempt) {
  while (true) {
    const int code = ssh_connect(link.session());
    if (code == SSH_OK) co_return Result<>();
    if (code == SSH_ERROR) co_return fail(ssh_failure::protocol(hop, ssh_get_error(link.session())));
    if (attempt.over()) co_return fail(attempt.why(hop, "did not finish the key exchange"));
    co_await link.wait();
  }
}

struct ShownKey {
  HostKey key;
  std::string fingerprint;
};

Result<ShownKey> shown_key(ssh_session session, const SshHop& hop) {
  ssh_key raw = nullptr;
  if (ssh_get_server_publickey(session, &raw) != SSH_OK)
    return fail(ssh_failure::protocol(hop, "it showed no host key"));
  const SshKey key(raw, ssh_key_free);
  ShownKey shown;
  shown.key.type = ssh_key_type_to_char(ssh_key_type(raw));
  char* text = nullptr;
  if (ssh_pki_export_pubkey_base64(raw, &text) == SSH_OK) {
    shown.key.key = text;
    ssh_string_free_char(text);
  }
  unsigned char* hash = nullptr;
  size_t size = 0;
  if (ssh_get_publickey_hash(raw, SSH_PUBLICKEY_HASH_SHA256, &hash, &size) == SSH_OK) {
    char* print = ssh_get_fingerprint_hash(SSH_PUBLICKEY_HASH_SHA256, hash, size);
    if (print != nullptr) shown.fingerprint = print;
    ssh_string_free_char(print);
    ssh_clean_pubkey_hash(&hash);
  }
  return shown;
}

// Where known keys are looked for, as a message names it.
std::string known_files(const HostKeyRule& rule) {
  const bool both = rule.check == HostKeyRule::Check::accept_new && rule.learned != rule.file;
  return both ? rule.file + " or " + rule.learned : rule.file;
}

bool holds(const std::vector<HostKey>& keys, const HostKey& key) {
  return std::find(keys.begin(), keys.end(), key) != keys.end();
}

base::Task<Result<>> check_host_key(SshParts& parts, SshLink& link, HostKeyRule rule, SshHop hop,
                                    KnownHostsFile::Known known) {
  if (rule.check == HostKeyRule::Check::none) co_return Result<>();
  const auto shown = shown_key(link.session(), hop);
  if (!shown) co_return fail(shown.error());
  if (holds(known.revoked, shown->key))
    co_return fail(ssh_failure::revoked_host_key(hop, shown->fingerprint, known_files(rule)));
  if (holds(known.keys, shown->key)) co_return Result<>();
  if (!known.keys.empty()) co_return fail(ssh_failure::other_host_key(hop, shown->fingerprint, known_files(rule)));
  if (rule.check == HostKeyRule::Check::strict)
    co_return fail(ssh_failure::unknown_host_key(hop, shown->fingerprint, rule.file));
  const auto name = known_host_name(hop.host, hop.port);
  auto adding = base::run_on(parts.pool, parts.loop, [&] {
    if (holds(parts.known_hosts.find(rule.learned, name).keys, shown->key)) return Result<>();
    return parts.known_hosts.add(rule.learned, name, shown->key);
  });
  const auto added = co_await adding;
  if (!added) base::log_warn("ssh", added.error().message);
  co_return Result<>();
}

KnownHostsFile::Known known_keys(KnownHosts& hosts, const HostKeyRule& rule, const std::string& name) {
  auto known = hosts.find(rule.file, name);
  if (rule.check != HostKeyRule::Check::accept_new || rule.learned == rule.file) return known;
  const auto learned = hosts.find(rule.learned, name);
  // What somebody wrote down for this host counts more than what was accepted once.
  if (known.keys.empty()) known.keys = learned.keys;
  known.revoked.insert(known.revoked.end(), learned.revoked.begin(), learned.revoked.end());
  return known;
}

base::Task<Result<>> shake_hands(SshParts& parts, const SshTarget& target, std::shared_ptr<SshLink> link, SshHop hop,
                                 const Attempt& attempt) {
  KnownHostsFile::Known known;
  if (target.host_keys.check != HostKeyRule::Check::none) {
    const auto name = known_host_name(hop.host, hop.port);
    auto finding =
        base::run_on(parts.pool, parts.loop, [&] { return known_keys(parts.known_hosts, target.host_keys, name); });
    known = co_await finding;
  }
  SshKey key;
  if (target.login.way == SshLogin::Way::key) {
    auto reading = base::run_on(parts.pool, parts.loop, [&] { return parts.keys.get(target.login); });
    auto read = co_await reading;
    if (!read) co_return fail(read.error());
    key = std::move(*read);
  }
  if (auto set = set_options(*link, target, hop, known.keys); !set) co_return fail(set.error());
  const SshAlarm alarm(link, attempt.left());
  const auto waking = wake_on_cancel(link, attempt.cancel());
  auto exchanging = exchange_keys(*link, hop, attempt);
  auto done = co_await std::move(exchanging);
  if (!done) co_return fail(done.error());
  auto checking = check_host_key(parts, *link, target.host_keys, hop, std::move(known));
  done = co_await std::move(checking);
  if (!done) co_return fail(done.error());
  auto logging_in = ssh_authenticate(parts, *link, target.login, hop, std::move(key), attempt);
  co_return co_await std::move(logging_in);
}

}  // namespace

base::Task<Result<std::shared_ptr<SshLink>>> ssh_log_in(SshParts& parts, const SshTarget& target, SshHop hop, Fd socket,
                                                        Attempt& attempt) {
  // A server speaks first. One that hangs must not hold a place that others need.
  FdWatch watch(parts.loop, std::move(socket));
  auto listening = wait_ready(parts.loop, watch, false, std::min(kBannerPatience, attempt.left()), attempt.cancel());
  const bool speaks = co_await std::move(listening);
  if (attempt.over()) co_return fail(attempt.why(hop, "accepted the connection and said nothing"));
  if (speaks) {
    const auto began = std::chrono::steady_clock::now();
    auto entering = parts.handshakes.enter(Millis{600'000}, attempt.cancel());
    const bool entered = co_await std::move(entering);
    if (!entered) co_return fail(attempt.why(hop, "waited for its turn"));
    attempt.extend(std::chrono::steady_clock::now() - began);
  }
  const auto link = std::make_shared<SshLink>(parts.loop, watch.release());
  auto shaking = shake_hands(parts, target, link, hop, attempt);
  const auto done = co_await std::move(shaking);
  if (speaks) parts.handshakes.leave();
  if (!done) co_return fail(done.error());
  co_return link;
}

}  // namespace qd::node
