#include "node/ssh_login.hpp"

#include <functional>

#include "base/text.hpp"
#include "node/ssh_agent.hpp"
#include "node/ssh_failure.hpp"

namespace qd::node {
namespace {

constexpr int kPromptRounds = 8;

using AuthCall = std::function<int(ssh_session)>;

// Repeats a call of libssh until it has an answer, or the attempt is over.
base::Task<int> until_answered(SshLink& link, AuthCall call, const Attempt& attempt) {
  while (true) {
    const int code = call(link.session());
    if (code != SSH_AUTH_AGAIN || attempt.over()) co_return code;
    co_await link.wait();
  }
}

std::string offered_ways(ssh_session session) {
  const int methods = ssh_userauth_list(session, nullptr);
  std::vector<std::string> names;
  if ((methods & SSH_AUTH_METHOD_PUBLICKEY) != 0) names.push_back("publickey");
  if ((methods & SSH_AUTH_METHOD_PASSWORD) != 0) names.push_back("password");
  if ((methods & SSH_AUTH_METHOD_INTERACTIVE) != 0) names.push_back("keyboard-interactive");
  if ((methods & SSH_AUTH_METHOD_HOSTBASED) != 0) names.push_back("hostbased");
  return base::join(names, ", ");
}

// Answers hidden questions with the password, others with nothing.
base::Task<int> answer_questions(SshLink& link, const std::string& password, const Attempt& attempt) {
  int code = SSH_AUTH_DENIED;
  for (int round = 0; round < kPromptRounds; ++round) {
    auto asking = until_answered(
        link, [](ssh_session session) { return ssh_userauth_kbdint(session, nullptr, nullptr); }, attempt);
    code = co_await std::move(asking);
    if (code != SSH_AUTH_INFO) co_return code;
    const int questions = ssh_userauth_kbdint_getnprompts(link.session());
    for (int i = 0; i < questions; ++i) {
      char echo = 0;
      ssh_userauth_kbdint_getprompt(link.session(), static_cast<unsigned>(i), &echo);
      ssh_userauth_kbdint_setanswer(link.session(), static_cast<unsigned>(i), echo ? "" : password.c_str());
    }
  }
  co_return SSH_AUTH_DENIED;
}

base::Task<int> by_password(SshLink& link, const std::string& password, const Attempt& attempt) {
  auto trying = until_answered(
      link, [&](ssh_session session) { return ssh_userauth_password(session, nullptr, password.c_str()); }, attempt);
  const int code = co_await std::move(trying);
  if (code != SSH_AUTH_DENIED) co_return code;
  if ((ssh_userauth_list(link.session(), nullptr) & SSH_AUTH_METHOD_INTERACTIVE) == 0) co_return code;
  auto answering = answer_questions(link, password, attempt);
  co_return co_await std::move(answering);
}

}  // namespace

base::Task<Result<>> ssh_authenticate(SshParts& parts, SshLink& link, const SshLogin& login, SshHop hop, SshKey key,
                                      const Attempt& attempt) {
  base::Task<int> trying;
  switch (login.way) {
    case SshLogin::Way::key:
      trying = until_answered(
          link, [raw = key.get()](ssh_session session) { return ssh_userauth_publickey(session, nullptr, raw); },
          attempt);
      break;
    case SshLogin::Way::password:
      trying = by_password(link, login.password, attempt);
      break;
    case SshLogin::Way::agent:
      trying = log_in_by_agent(parts, link, login.agent, attempt);
      break;
  }
  const int code = co_await std::move(trying);
  if (code == SSH_AUTH_SUCCESS) co_return Result<>();
  if (attempt.over()) co_return fail(attempt.why(hop, "did not finish the login"));
  if (code == SSH_AUTH_ERROR && ssh_is_connected(link.session()) == 0) {
    co_return fail(ssh_failure::protocol(
        hop, std::string("it ended the connection during the login (") + ssh_get_error(link.session()) + ")"));
  }
  co_return fail(ssh_failure::login_refused(hop, login, offered_ways(link.session())));
}

}  // namespace qd::node
