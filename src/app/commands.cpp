#include "app/commands.hpp"

#include "auth/password.hpp"
#include "http/client.hpp"

namespace qd::app {
namespace {

constexpr std::size_t kLongestPassword = 72;  // bcrypt reads no more
constexpr std::size_t kLongestAnswer = 64 << 10;

// Where this host reaches the server: past names, proxies and balancers.
std::string own_url(Config config) {
  std::string& address = config.server.address;
  if (address == "0.0.0.0") address = "127.0.0.1";
  if (address == "::") address = "::1";
  config.server.url.clear();
  return url_of(config, config.server.port);
}

}  // namespace

int check_health(const ConfigRequest& request, const std::string& url, std::ostream& out, std::ostream& err) {
  http::ClientRequest question;
  question.url = url;
  if (url.empty()) {
    auto config = load_config(request);
    if (!config) {
      err << "quarterdeck health: " << config.error().message << "\n";
      return 2;
    }
    question.url = own_url(std::move(*config));
    question.verify_tls = false;  // the certificate is for the name that users type
  }
  question.url += "/health";
  question.timeout = std::chrono::seconds(10);
  question.max_bytes = kLongestAnswer;
  question.follow_redirects = false;
  const auto answer = http::fetch(question);
  if (!answer) {
    err << "quarterdeck health: " << answer.error().message << "\n";
    return 1;
  }
  (answer->status == 200 ? out : err) << answer->body << "\n";
  return answer->status == 200 ? 0 : 1;
}

int hash_password(std::istream& in, std::ostream& out, std::ostream& err) {
  std::string password;
  std::getline(in, password);
  if (password.empty() || password.size() > kLongestPassword || password.find('\0') != std::string::npos) {
    err << "quarterdeck hash-password: give a password of 1 to " << kLongestPassword << " bytes on standard input\n";
    return 2;
  }
  out << auth::make_bcrypt(password) << "\n";
  return 0;
}

}  // namespace qd::app
