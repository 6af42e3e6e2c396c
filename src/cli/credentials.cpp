#include "cli/credentials.hpp"

#include <string>
#include <termios.h>
#include <unistd.h>

#include "base/text.hpp"

namespace qd::cli {
namespace {

// Switches the terminal's echo off while it lives.
class NoEcho {
 public:
  NoEcho() : changed_(tcgetattr(STDIN_FILENO, &before_) == 0) {
    if (!changed_) return;
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
  }
  ~NoEcho() {
    if (changed_) tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
  }
  NoEcho(const NoEcho&) = delete;
  NoEcho& operator=(const NoEcho&) = delete;

 private:
  termios before_{};
  bool changed_;
};

}  // namespace

std::string ask_secret(std::istream& in, Out& out, const std::string& question) {
  out.prompt(question);
  std::string secret;
  {
    const NoEcho silent;
    std::getline(in, secret);
  }
  out.prompt("\n");
  return secret;
}

void ask_credentials(std::istream& in, Out& out, Settings& settings) {
  out.prompt("User (empty: log in with a token): ");
  std::string user;
  std::getline(in, user);
  settings.user = base::trim(user);
  if (settings.user.empty()) {
    settings.token = base::trim(ask_secret(in, out, "Token: "));
  } else {
    settings.password = ask_secret(in, out, "Password: ");
  }
}

}  // namespace qd::cli
