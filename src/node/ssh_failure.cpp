#include "node/ssh_failure.hpp"

#include "node/executor.hpp"
#include "node/known_hosts.hpp"

namespace qd::node::ssh_failure {
namespace {

std::string place(const SshHop& hop) {
  return hop.host + " port " + std::to_string(hop.port);
}

Error failure(const char* why, std::string message) {
  return {ErrorKind::unavailable, std::move(message), why};
}

}  // namespace

Error host_not_found(const SshHop& hop, const std::string& why) {
  return failure(reason::host_not_found, "The host name '" + hop.host + "' was not found (" + why +
                                             "). Check the node's attribute hostname and the name service.");
}

Error no_connection(const SshHop& hop, const std::string& why) {
  return failure(reason::connection, "No connection to " + place(hop) + ": " + why +
                                         ". Check that the host is up, and that its SSH server listens on that port.");
}

Error timed_out(const SshHop& hop, Millis limit, const std::string& stage) {
  return failure(reason::timeout, "Connection Timeout (after " + std::to_string(limit.count()) + "ms): " + place(hop) +
                                      " " + stage + ". The attribute ssh-connection-timeout sets the limit.");
}

Error cancelled(const base::CancelToken& cancel) {
  return failure(reason::interrupted, "Interrupted: " + cancel.reason());
}

Error protocol(const SshHop& hop, const std::string& why) {
  return failure(reason::ssh_protocol, "The SSH connection to " + place(hop) + " failed: " + why);
}

Error login_refused(const SshHop& hop, const SshLogin& login, const std::string& offered) {
  const std::string by = login.way == SshLogin::Way::password ? "the password"
                         : login.way == SshLogin::Way::agent  ? "any key of the agent at " + login.agent
                                                              : "the key " + login.key_name;
  std::string message = place(hop) + " did not let user '" + hop.user + "' in with " + by + ".";
  if (!offered.empty()) message += " It takes: " + offered + ".";
  return failure(reason::authentication, message + " Check the node's username and its credentials.");
}

Error unknown_host_key(const SshHop& hop, const std::string& fingerprint, const std::string& file) {
  return failure(reason::connection, "The host key of " + place(hop) + " (" + fingerprint + ") is not in " + file +
                                         ", and StrictHostKeyChecking is on. Add it there when it is the right one.");
}

Error other_host_key(const SshHop& hop, const std::string& fingerprint, const std::string& file) {
  return failure(reason::connection,
                 "The host key of " + place(hop) + " (" + fingerprint + ") is not the one in " + file +
                     ": the host was installed anew, or somebody else answers. When you trust it, remove the line of " +
                     known_host_name(hop.host, hop.port) + " from that file.");
}

Error revoked_host_key(const SshHop& hop, const std::string& fingerprint, const std::string& file) {
  return failure(reason::connection,
                 "The host key of " + place(hop) + " (" + fingerprint + ") is marked as revoked in " + file + ".");
}

}  // namespace qd::node::ssh_failure
