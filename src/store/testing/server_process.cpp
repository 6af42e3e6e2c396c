#include "store/testing/server_process.hpp"

#include <arpa/inet.h>
#include <chrono>
#include <fcntl.h>
#include <fstream>
#include <netinet/in.h>
#include <pwd.h>
#include <random>
#include <signal.h>
#include <spawn.h>
#include <sstream>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

extern char** environ;

namespace qd::store::testing {
namespace {

using namespace std::chrono_literals;

std::string log_tail(const std::filesystem::path& log) {
  std::ifstream file(log);
  std::stringstream text;
  text << file.rdbuf();
  const auto all = text.str();
  return all.size() <= 3000 ? all : all.substr(all.size() - 3000);
}

bool has_ended(pid_t pid) {
  siginfo_t info{};
  return waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == pid;
}

bool await_end(pid_t pid, std::chrono::milliseconds limit) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  while (!has_ended(pid)) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(5ms);
  }
  waitpid(pid, nullptr, 0);
  return true;
}

}  // namespace

int free_port() {
  // Below the range from which the system gives ports to connections, which may take it before the server does.
  std::random_device random;
  std::uniform_int_distribution<int> choice(10'100, 32'000);
  for (int attempt = 0; attempt < 1000; ++attempt) {
    const int port = choice(random);
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    const bool bound = bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    close(fd);
    if (bound) return port;
  }
  throw std::runtime_error("no free port on 127.0.0.1");
}

ServerFolder::ServerFolder(const std::string& user) {
  std::string path = std::filesystem::is_directory("/dev/shm") ? "/dev/shm/qd-test-XXXXXX" : "/tmp/qd-test-XXXXXX";
  if (mkdtemp(path.data()) == nullptr) throw std::runtime_error("cannot make " + path);
  path_ = path;
  const passwd* account = geteuid() == 0 ? getpwnam(user.c_str()) : nullptr;
  if (geteuid() != 0) return;
  if (account == nullptr || chown(path.c_str(), account->pw_uid, account->pw_gid) != 0) {
    throw std::runtime_error("cannot give " + path + " to user " + user);
  }
}

ServerFolder::~ServerFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

Command as_user(const std::string& user, const std::string& death_signal, const Command& command) {
  Command whole = {"/usr/bin/setpriv", "--pdeathsig", death_signal};
  if (geteuid() == 0) {
    for (const auto& argument : {"--reuid=" + user, "--regid=" + user, std::string("--init-groups")})
      whole.push_back(argument);
  }
  whole.insert(whole.end(), command.begin(), command.end());
  return whole;
}

pid_t start_process(const Command& command, const std::filesystem::path& log) {
  std::vector<char*> arguments;
  for (const auto& argument : command) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&files, 1, log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0666);
  posix_spawn_file_actions_adddup2(&files, 1, 2);
  posix_spawn_file_actions_addclosefrom_np(&files, 3);
  pid_t pid = 0;
  const int failure = posix_spawn(&pid, command.front().c_str(), &files, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&files);
  if (failure != 0) throw std::runtime_error("cannot start " + command.front());
  return pid;
}

void run_to_end(const Command& command, const std::filesystem::path& log) {
  const pid_t pid = start_process(command, log);
  int status = 0;
  if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    throw std::runtime_error("failed: " + command.back() + "\n" + log_tail(log));
  }
}

void end_process(pid_t pid, int signal) {
  kill(pid, signal);
  if (await_end(pid, 20s)) return;
  kill(pid, SIGKILL);
  waitpid(pid, nullptr, 0);
}

void await_ready(pid_t pid, const std::filesystem::path& log, const std::function<bool()>& ready) {
  const auto deadline = std::chrono::steady_clock::now() + 60s;
  while (!ready()) {
    if (has_ended(pid)) throw std::runtime_error("the server ended at once:\n" + log_tail(log));
    if (std::chrono::steady_clock::now() > deadline) {
      throw std::runtime_error("the server was not ready within a minute:\n" + log_tail(log));
    }
    std::this_thread::sleep_for(20ms);
  }
}

}  // namespace qd::store::testing
