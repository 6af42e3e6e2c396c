#include "node/ssh_target.hpp"

#include "base/id.hpp"
#include "base/text.hpp"

namespace qd::node {
namespace {

Result<int> parse_port(std::string_view text, std::string_view whole) {
  const auto port = base::parse_int(base::trim(text));
  if (port && *port > 0 && *port < 65'536) return static_cast<int>(*port);
  return fail(ErrorKind::invalid, "'" + std::string(whole) + "' has no valid port");
}

std::string place_of(const SshHop& hop) {
  return hop.user + "\n" + hop.host + "\n" + std::to_string(hop.port) + "\n";
}

}  // namespace

Result<SshHop> parse_hop(std::string_view text, const std::string& user) {
  const auto whole = base::trim(text);
  SshHop hop;
  hop.user = user;
  auto rest = whole;
  if (const auto at = rest.rfind('@'); at != std::string_view::npos) {
    hop.user = std::string(rest.substr(0, at));
    rest = rest.substr(at + 1);
  }
  std::string_view port;
  if (rest.starts_with('[')) {
    const auto end = rest.find(']');
    if (end == std::string_view::npos) return fail(ErrorKind::invalid, "'" + std::string(whole) + "' has no ']'");
    const auto after = rest.substr(end + 1);
    if (after.starts_with(':')) port = after.substr(1);
    rest = rest.substr(1, end - 1);
  } else if (const auto colon = rest.find(':'); colon != std::string_view::npos && colon == rest.rfind(':')) {
    port = rest.substr(colon + 1);
    rest = rest.substr(0, colon);
  }
  hop.host = std::string(base::trim(rest));
  if (hop.host.empty()) return fail(ErrorKind::invalid, "no host is named");
  if (hop.host.size() > 255 || hop.host.find_first_of(std::string_view(" \t\n\r\0", 5)) != std::string::npos)
    return fail(ErrorKind::invalid, "'" + hop.host + "' is no host name");
  if (!base::trim(port).empty()) {
    const auto parsed = parse_port(port, whole);
    if (!parsed) return fail(parsed.error());
    hop.port = *parsed;
  }
  return hop;
}

std::string SshTarget::identity() const {
  std::string all = (forwards ? "jump " : "") + place_of(node);
  for (const auto& hop : jumps) all += "via " + place_of(hop);
  all += std::to_string(static_cast<int>(login.way)) + "\n" + std::to_string(login.key.size()) + "\n" + login.key +
         std::to_string(login.passphrase.size()) + "\n" + login.passphrase + std::to_string(login.password.size()) +
         "\n" + login.password + login.agent + "\n" + bind_address + "\n" +
         std::to_string(static_cast<int>(host_keys.check)) + host_keys.file;
  for (const auto& [key, value] : config) all += "\n" + key + "=" + value;
  return base::sha256_hex(all);
}

}  // namespace qd::node
