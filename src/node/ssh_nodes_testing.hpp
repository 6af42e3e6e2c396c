// Real sshd for unit tests: see tests/support/sshd-nodes.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <gtest/gtest.h>
#include <spawn.h>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace qd::node {

class SshNodes {
 public:
  explicit SshNodes(const std::string& source_folder, int count, const std::vector<std::string>& lines = {}) {
    char name[] = "/tmp/qd-sshd-XXXXXX";
    folder_ = mkdtemp(name);
    int in[2], out[2];
    if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0) return;
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in[0], 0);
    posix_spawn_file_actions_adddup2(&actions, out[1], 1);
    std::vector<std::string> words{source_folder + "/tests/support/sshd-nodes", folder_, std::to_string(count)};
    words.insert(words.end(), lines.begin(), lines.end());
    std::vector<char*> argv;
    for (auto& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    if (posix_spawn(&pid_, argv[0], &actions, nullptr, argv.data(), environ) != 0) pid_ = -1;
    posix_spawn_file_actions_destroy(&actions);
    close(in[0]);
    close(out[1]);
    stop_ = in[1];
    FILE* answer = fdopen(out[0], "r");
    char user[64] = "";
    if (std::fscanf(answer, "ready %d %63s", &port_, user) == 2) user_ = user;
    std::fclose(answer);
  }
  ~SshNodes() {
    close(stop_);
    if (pid_ > 0) waitpid(pid_, nullptr, 0);
    if (std::system(("rm -rf '" + folder_ + "'").c_str()) != 0) std::perror("rm");
  }
  SshNodes(const SshNodes&) = delete;
  SshNodes& operator=(const SshNodes&) = delete;

  bool ready() const { return !user_.empty(); }
  bool has_accounts() const { return user_ == "qdnode"; }  // with a password, and sudo
  int port() const { return port_; }
  const std::string& user() const { return user_; }
  const std::string& folder() const { return folder_; }
  static std::string host(int index) { return "127.0.1." + std::to_string(index + 1); }
  std::string address(int index) const { return host(index) + ":" + std::to_string(port_); }
  std::string file(const std::string& name) const { return folder_ + "/" + name; }
  std::string text(const std::string& name) const {
    std::ifstream stream(file(name));
    return {std::istreambuf_iterator<char>(stream), {}};
  }

 private:
  std::string folder_, user_;
  int port_ = 0, stop_ = -1;
  pid_t pid_ = -1;
};

}  // namespace qd::node
