// The built-in SSH against real sshd.
#include <arpa/inet.h>
#include <filesystem>
#include <fstream>
#include <future>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <thread>

#include "base/text.hpp"
#include "node/known_hosts.hpp"
#include "node/ssh_copier.hpp"
#include "node/ssh_executor.hpp"
#include "node/ssh_nodes_testing.hpp"

namespace qd::node {
namespace {

using namespace std::chrono_literals;

class SshTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    nodes_ = new SshNodes(QD_SOURCE_DIR, 4, {"AcceptEnv RD_*"});
    ASSERT_TRUE(nodes_->ready());
  }
  static void TearDownTestSuite() {
    delete nodes_;
    nodes_ = nullptr;
  }

  void SetUp() override {
    loop_.start();
    config_.defaults.known_hosts = nodes_->file("known_hosts");
    config_.rules.grace = 500ms;
    start();
    web_ = node_of("web1", 0);
  }
  void TearDown() override { stop(); }

  void start() {
    transport_ = std::make_unique<SshTransport>(config_);
    transport_->start();
    copier_ = std::make_unique<SshCopier>(loop_, *transport_);
    executor_ = std::make_unique<SshExecutor>(loop_, *transport_, *copier_);
  }
  void stop() {
    executor_.reset();
    copier_.reset();
    transport_.reset();
  }
  void restart() {
    stop();
    start();
  }

  static model::Node node_of(const std::string& name, int index) {
    return {name,
            {{"hostname", nodes_->address(index)},
             {"username", nodes_->user()},
             {"ssh-keypath", nodes_->file("id_ed25519")}},
            {}};
  }
  ExecContext context() {
    ExecContext ctx{output_, cancel_.token(), {{"RD_JOB_NAME", "it's"}}, {}, "p", "12"};
    ctx.settings = &settings_;
    ctx.data = &data_;
    ctx.secure_options = &secure_;
    ctx.read_secret = [this](const std::string& path) -> Result<std::string> {
      const auto found = secrets_.find(path);
      if (found == secrets_.end()) return fail(ErrorKind::not_found, "there is no " + path);
      return found->second;
    };
    return ctx;
  }

  template <class Start>
  auto drive(Start begin) {
    using Value = decltype(begin(context()).operator co_await().await_resume());
    std::promise<Value> done;
    const auto ctx = context();
    auto driving = [](base::EventLoop& loop, const ExecContext& given, Start& how,
                      std::promise<Value>& end) -> base::Task<void> {
      co_await loop.enter();
      auto task = how(given);
      auto result = co_await std::move(task);
      end.set_value(std::move(result));
    };
    base::spawn(driving(loop_, ctx, begin, done));
    return done.get_future().get();
  }
  NodeResult command(const model::Node& node, const std::string& text) {
    output_.out.clear();
    output_.err.clear();
    return drive([&](const ExecContext& ctx) { return executor_->execute(ctx, node, text); });
  }
  NodeResult script(const model::Node& node, const ScriptRun& run) {
    output_.out.clear();
    output_.err.clear();
    return drive([&](const ExecContext& ctx) { return executor_->execute_script(ctx, node, run); });
  }
  // `expected` must be the reason, and `words` a part of the message.
  void fails(const NodeResult& result, const std::string& expected, const std::string& words) {
    SCOPED_TRACE(words);
    EXPECT_FALSE(result.success);
    EXPECT_EQ(result.failure_reason, expected) << result.message;
    EXPECT_NE(result.message.find(words), std::string::npos) << result.message;
  }

  static SshNodes* nodes_;
  SshConfig config_;
  base::EventLoop loop_{"test"};
  base::CancelSource cancel_;
  CollectOutput output_{64u << 20};
  std::map<std::string, std::string> settings_, secure_, secrets_;
  model::DataContext data_;
  std::unique_ptr<SshTransport> transport_;
  std::unique_ptr<SshCopier> copier_;
  std::unique_ptr<SshExecutor> executor_;
  model::Node web_;
};
SshNodes* SshTest::nodes_ = nullptr;

TEST_F(SshTest, RunsACommandAndTellsItsStatus) {
  EXPECT_TRUE(command(web_, "echo out; echo err >&2; id -un").success);
  EXPECT_EQ(output_.out, "out\n" + nodes_->user() + "\n");
  EXPECT_EQ(output_.err, "err\n");
  const auto failed = command(web_, "exit 3");
  EXPECT_EQ(failed.exit_code, 3);
  fails(failed, reason::non_zero, "exit status 3");
  const auto killed = command(web_, "kill -TERM $$");
  EXPECT_EQ(killed.exit_code, 143);
  fails(killed, reason::non_zero, "signal TERM");
}

TEST_F(SshTest, CarriesMuchOutputWhole) {
  EXPECT_TRUE(command(web_, "seq 1 300000").success);
  EXPECT_EQ(std::count(output_.out.begin(), output_.out.end(), '\n'), 300'000);
  EXPECT_TRUE(output_.out.ends_with("\n300000\n"));
}

TEST_F(SshTest, KeepsTheConnectionForTheNextCommand) {
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(command(web_, "true").success);
  EXPECT_EQ(transport_->connections(), 1u);
  command(web_, "echo $SSH_CONNECTION");
  const auto first = output_.out;
  command(web_, "echo $SSH_CONNECTION");
  EXPECT_EQ(output_.out, first);
  // Other credentials never use it.
  web_.attributes["ssh-keypath"] = nodes_->file("id_rsa");
  EXPECT_TRUE(command(web_, "echo $SSH_CONNECTION").success);
  EXPECT_NE(output_.out, first);
  EXPECT_EQ(transport_->connections(), 2u);
}

TEST_F(SshTest, ClosesWhatIsIdle) {
  config_.limits.idle = 100ms;
  restart();
  EXPECT_TRUE(command(web_, "true").success);
  for (int i = 0; i < 600 && transport_->connections() > 0; ++i) std::this_thread::sleep_for(50ms);
  EXPECT_EQ(transport_->connections(), 0u);
}

TEST_F(SshTest, ReplacesAKeptConnectionThatDied) {
  EXPECT_TRUE(command(web_, "echo $PPID").success);
  const auto pid = output_.out;
  EXPECT_TRUE(
      command(web_, "nohup sh -c 'sleep 0.1; kill -9 " + std::string(base::trim(pid)) + "' >/dev/null 2>&1 &").success);
  for (int i = 0; i < 600 && transport_->connections() > 0; ++i) std::this_thread::sleep_for(50ms);
  EXPECT_EQ(transport_->connections(), 0u) << "an idle connection that died is noticed";
  EXPECT_TRUE(command(web_, "echo $PPID").success);
  EXPECT_NE(output_.out, pid);
}

TEST_F(SshTest, TakesKeysOfEveryKind) {
  web_.attributes["ssh-keypath"] = nodes_->file("id_rsa");
  EXPECT_TRUE(command(web_, "true").success);
  web_.attributes["ssh-keypath"] = nodes_->file("id_locked");
  fails(command(web_, "true"), reason::authentication, "locked by a passphrase");
  secure_["sshKeyPassphrase"] = "wrong";
  fails(command(web_, "true"), reason::authentication, "passphrase is another");
  secure_["sshKeyPassphrase"] = "open sesame";
  EXPECT_TRUE(command(web_, "true").success);
  secrets_["keys/web.pem"] = nodes_->text("id_locked");
  secrets_["keys/web.pass"] = "open sesame";
  secure_.clear();
  web_.attributes["ssh-key-storage-path"] = "keys/${node.name}.pem";
  web_.attributes["ssh-key-passphrase-storage-path"] = "keys/web.pass";
  data_.set_group("node", {{"name", "web"}});
  EXPECT_TRUE(command(web_, "true").success);
  web_.attributes["ssh-key-storage-path"] = "keys/none";
  fails(command(web_, "true"), reason::configuration, "keys/none");
}

TEST_F(SshTest, TakesPasswords) {
  if (!nodes_->has_accounts()) GTEST_SKIP() << "no namespace for an account with a password";
  web_.attributes["ssh-authentication"] = "password";
  fails(command(web_, "true"), reason::configuration, "no password is set");
  secure_["sshPassword"] = "wrong";
  const auto refused = command(web_, "true");
  fails(refused, reason::authentication, "did not let user 'qdnode' in with the password");
  EXPECT_NE(refused.message.find("publickey, password"), std::string::npos) << refused.message;
  secure_["sshPassword"] = "node pass";
  EXPECT_TRUE(command(web_, "true").success);
  settings_["project.ssh-password-storage-path"] = "keys/pw";
  fails(command(web_, "true"), reason::configuration, "keys/pw");
  secrets_["keys/pw"] = "node pass\n";
  secure_.clear();
  EXPECT_TRUE(command(web_, "true").success);
}

TEST_F(SshTest, RefusesStrangeKeys) {
  std::ofstream(nodes_->file("stranger")) << "";
  const auto make =
      "rm -f " + nodes_->file("stranger") + "; ssh-keygen -q -t ed25519 -N '' -f " + nodes_->file("stranger");
  ASSERT_EQ(std::system(make.c_str()), 0);
  web_.attributes["ssh-keypath"] = nodes_->file("stranger");
  fails(command(web_, "true"), reason::authentication, "did not let user '" + nodes_->user() + "' in with the key ");
  web_.attributes["ssh-keypath"] = nodes_->file("known_hosts");
  fails(command(web_, "true"), reason::authentication, "no key in PEM or OpenSSH format");
  web_.attributes["ssh-keypath"] = "/nowhere/key";
  fails(command(web_, "true"), reason::configuration, "/nowhere/key");
}

TEST_F(SshTest, UsesAnAgent) {
  const auto socket = nodes_->file("agent");
  const auto start_agent = "ssh-agent -a " + socket + " >" + nodes_->file("agent.out") + " && SSH_AUTH_SOCK=" + socket +
                           " ssh-add -q " + nodes_->file("id_ed25519");
  ASSERT_EQ(std::system(start_agent.c_str()), 0);
  web_.attributes.erase("ssh-keypath");
  fails(command(web_, "true"), reason::configuration, "no SSH key to log in with");
  web_.attributes["ssh-config-IdentityAgent"] = socket;
  EXPECT_TRUE(command(web_, "true").success);
  ASSERT_EQ(std::system(("SSH_AUTH_SOCK=" + socket + " ssh-add -q -D 2>/dev/null").c_str()), 0);
  restart();
  fails(command(web_, "true"), reason::authentication, "any key of the agent");
  const auto stop_agent = "eval $(cat " + nodes_->file("agent.out") + ") >/dev/null; ssh-agent -k >/dev/null";
  ASSERT_EQ(std::system(stop_agent.c_str()), 0);
}

TEST_F(SshTest, LeavesAnAgentThatHangs) {
  const auto path = nodes_->file("mute");
  const int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  ASSERT_EQ(bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  ASSERT_EQ(listen(listener, 4), 0);
  web_.attributes.erase("ssh-keypath");
  web_.attributes["ssh-config-IdentityAgent"] = path;
  web_.attributes["ssh-connection-timeout"] = "1500";
  fails(command(web_, "true"), reason::timeout, "after 1500ms");
  close(listener);
}

TEST_F(SshTest, ChecksTheHostKey) {
  const auto file = nodes_->file("hosts-of-test");
  const auto use = [&](const std::string& text, const std::string& check) {
    std::ofstream(file) << text;
    web_.attributes["ssh-config-UserKnownHostsFile"] = file;
    web_.attributes["ssh-config-StrictHostKeyChecking"] = check;
    restart();
    return command(web_, "true");
  };
  const auto name = "[" + SshNodes::host(0) + "]:" + std::to_string(nodes_->port()) + " ";
  const auto other = name + nodes_->text("other_host.pub");
  fails(use("", "yes"), reason::connection, "is not in " + file);
  fails(use(other, "yes"), reason::connection, "is not the one in " + file);
  fails(use(other, "accept-new"), reason::connection, "is not the one in " + file);
  EXPECT_TRUE(use(other, "no").success);
  fails(use("@revoked * " + nodes_->text("host_ed25519.pub"), "accept-new"), reason::connection, "revoked");
  EXPECT_TRUE(use(name + nodes_->text("host_ed25519.pub"), "yes").success);
  // What is accepted is remembered in the server's own file, whatever file the node names.
  const auto learned = nodes_->file("learned");
  config_.defaults.known_hosts = learned;
  EXPECT_TRUE(use("", "accept-new").success);
  EXPECT_TRUE(nodes_->text("learned").starts_with(name + "ssh-ed25519 ")) << nodes_->text("learned");
  EXPECT_EQ(nodes_->text("hosts-of-test"), "");
  std::ofstream(learned) << other;
  fails(use("", "accept-new"), reason::connection, "is not the one in");
  std::ofstream(learned) << name << nodes_->text("host_ed25519.pub");
  web_.attributes.erase("ssh-config-UserKnownHostsFile");
  web_.attributes["ssh-config-StrictHostKeyChecking"] = "yes";
  restart();
  EXPECT_TRUE(command(web_, "true").success) << "what was accepted is known";
  web_.attributes["ssh-config-StrictHostKeyChecking"] = "perhaps";
  fails(command(web_, "true"), reason::configuration, "perhaps");
}

TEST_F(SshTest, NamesWhyAHostIsNotReached) {
  web_.attributes["hostname"] = "127.0.1.1:1";
  fails(command(web_, "true"), reason::connection, "Connection refused");
  web_.attributes["hostname"] = "no-such-host.invalid";
  fails(command(web_, "true"), reason::host_not_found, "no-such-host.invalid");
  web_.attributes["hostname"] = "";
  fails(command(web_, "true"), reason::configuration, "hostname");
  web_.attributes["hostname"] = "web:port";
  fails(command(web_, "true"), reason::configuration, "port");
  web_ = node_of("web1", 0);
  web_.attributes.erase("username");
  fails(command(web_, "true"), reason::configuration, "username");
  settings_["framework.ssh.user"] = nodes_->user();
  EXPECT_TRUE(command(web_, "true").success);
}

// A listener that says `words` to everyone, then nothing.
class MuteHost {
 public:
  explicit MuteHost(std::string words) : words_(std::move(words)) {
    listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    inet_pton(AF_INET, "127.0.0.2", &address.sin_addr);
    EXPECT_EQ(bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(listen(listener_, 16), 0);
    socklen_t size = sizeof address;
    getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] {
      for (int peer = 0; (peer = accept(listener_, nullptr, nullptr)) >= 0;) {
        peers_.push_back(peer);
        if (write(peer, words_.data(), words_.size()) < 0) std::perror("write");
      }
    });
  }
  ~MuteHost() {
    shutdown(listener_, SHUT_RDWR);
    thread_.join();
    for (const int peer : peers_) close(peer);
    close(listener_);
  }
  std::string address() const { return "127.0.0.2:" + std::to_string(port_); }

 private:
  std::string words_;
  int listener_ = -1, port_ = 0;
  std::vector<int> peers_;
  std::thread thread_;
};

TEST_F(SshTest, DoesNotWaitForAHostThatHangs) {
  web_.attributes["ssh-connection-timeout"] = "400";
  for (const std::string words : {"", "SSH-2.0-Mute\r\n", "hello\r\n"}) {
    const MuteHost host(words);
    web_.attributes["hostname"] = host.address();
    fails(command(web_, "true"), reason::timeout, "after 400ms");
  }
  const MuteHost host("");
  web_.attributes["hostname"] = host.address();
  web_.attributes["ssh-connection-timeout"] = "0";
  loop_.after(200ms, [this] { cancel_.cancel("aborted by bob"); });
  fails(command(web_, "true"), reason::interrupted, "aborted by bob");
}

TEST_F(SshTest, NoticesANodeThatDies) {
  fails(command(web_, "echo begun; sleep 0.3; kill -9 $PPID; sleep 5"), reason::connection, "while the command ran");
  EXPECT_EQ(output_.out, "begun\n");
}

TEST_F(SshTest, NoticesANodeThatFallsSilent) {
  web_.attributes["ssh-config-ServerAliveInterval"] = "1";
  web_.attributes["ssh-config-ServerAliveCountMax"] = "1";
  // Its sshd stands still, as after a power failure.
  fails(command(web_, "echo $PPID; kill -STOP $PPID; sleep 6; kill -CONT $PPID"), reason::timeout,
        "does not answer any more");
  web_.attributes["ssh-config-ServerAliveInterval"] = "3";
  EXPECT_TRUE(command(web_, "sleep 7").success) << "a silent command is no silent node";
}

TEST_F(SshTest, EndsWhatTakesTooLong) {
  web_.attributes["ssh-command-timeout"] = "2000";
  fails(command(web_, "echo $$; exec sleep 600"), reason::timeout, "2000ms");
  const auto pid = std::string(base::trim(output_.out));
  ASSERT_NE(pid, "");
  for (int i = 0; i < 1500 && std::filesystem::exists("/proc/" + pid); ++i) std::this_thread::sleep_for(20ms);
  EXPECT_FALSE(std::filesystem::exists("/proc/" + pid));
}

TEST_F(SshTest, CancelEndsTheWholeProcessGroup) {
  const auto mark = nodes_->file("home/pids");
  std::filesystem::remove(mark);
  std::thread canceller([&] {
    for (int i = 0; i < 1500; ++i) {
      std::ifstream file(mark);
      const std::string text{std::istreambuf_iterator<char>(file), {}};
      if (std::count(text.begin(), text.end(), '\n') == 3) break;
      std::this_thread::sleep_for(20ms);
    }
    cancel_.cancel("aborted by bob");
  });
  // One child ends on TERM, the others only on KILL.
  const auto result = command(web_, "trap '' TERM; echo $$ >>" + mark + "; (sleep 601 & echo $! >>" + mark +
                                        "; wait) & (trap '' TERM; sleep 602 & echo $! >>" + mark + "; wait) & wait");
  canceller.join();
  fails(result, reason::interrupted, "aborted by bob");
  std::ifstream file(mark);
  int seen = 0;
  for (std::string pid; std::getline(file, pid); ++seen) {
    for (int i = 0; i < 1500 && std::filesystem::exists("/proc/" + pid); ++i) std::this_thread::sleep_for(20ms);
    EXPECT_FALSE(std::filesystem::exists("/proc/" + pid)) << pid;
  }
  EXPECT_EQ(seen, 3);
}

TEST_F(SshTest, DoesNotWaitForWhatIsLeftInTheBackground) {
  EXPECT_TRUE(command(web_, "sleep 30 & echo done").success);
  EXPECT_EQ(output_.out, "done\n");
  EXPECT_TRUE(command(web_, "pkill -u $(id -u) -x sleep").success);
}

TEST_F(SshTest, SendsTheEnvironmentWhenItIsTo) {
  command(web_, "echo \"[$RD_JOB_NAME]\"");
  EXPECT_EQ(output_.out, "[]\n");
  web_.attributes["ssh-send-env"] = "true";
  command(web_, "echo \"[$RD_JOB_NAME]\"");
  EXPECT_EQ(output_.out, "[it's]\n");
}

TEST_F(SshTest, GivesATerminal) {
  EXPECT_FALSE(command(web_, "test -t 1").success);
  web_.attributes["always-set-pty"] = "true";
  EXPECT_TRUE(command(web_, "test -t 1").success);
}

TEST_F(SshTest, AnswersThePromptOfSudo) {
  if (!nodes_->has_accounts()) GTEST_SKIP() << "no namespace for an account that may use sudo";
  settings_["project.sudo-command-enabled"] = "true";
  secure_["sudoPassword"] = "node pass";
  EXPECT_TRUE(command(web_, "sudo id -un").success) << output_.out;
  EXPECT_NE(output_.out.find("root"), std::string::npos);
  EXPECT_EQ(output_.out.find("node pass"), std::string::npos);
  EXPECT_TRUE(command(web_, "sudo -n true || echo sudo asks").success) << "the password is not remembered";
  secure_["sudoPassword"] = "wrong";
  fails(command(web_, "sudo id -un"), reason::authentication, "the password was refused");
  web_.attributes["sudo-prompt-pattern"] = "never";
  web_.attributes["sudo-prompt-max-timeout"] = "300";
  fails(command(web_, "sudo id -un"), reason::authentication, "no prompt for a password within 300 ms");
  EXPECT_TRUE(command(web_, "id -un").success) << "a command without sudo needs no prompt";
}

TEST_F(SshTest, GoesThroughAJumpHost) {
  web_ = node_of("web2", 1);
  web_.attributes["ssh-config-ProxyJump"] = nodes_->address(2) + "," + nodes_->user() + "@" + nodes_->address(3);
  EXPECT_TRUE(command(web_, "echo $SSH_CONNECTION").success);
  EXPECT_NE(output_.out.find(" 127.0.1.2 "), std::string::npos) << output_.out;
  EXPECT_EQ(transport_->connections(), 3u);
  EXPECT_TRUE(command(web_, "seq 1 100000").success);
  EXPECT_TRUE(output_.out.ends_with("\n100000\n"));
  web_.attributes["ssh-config-ProxyJump"] = "127.0.1.3:1";
  fails(command(web_, "true"), reason::connection, "127.0.1.3 port 1");
  web_.attributes["ssh-config-ProxyJump"] = nodes_->address(2);
  web_.attributes["hostname"] = "127.0.1.9:1";
  fails(command(web_, "true"), reason::connection, "the jump host cannot reach it");
}

TEST_F(SshTest, RunsManyAtOnceOnOneNode) {
  std::vector<std::promise<NodeResult>> ends(30);
  std::vector<CollectOutput> outputs(30);
  std::vector<std::unique_ptr<ExecContext>> contexts;
  for (auto& output : outputs) {
    contexts.push_back(std::make_unique<ExecContext>(ExecContext{output, cancel_.token(), {}, {}, "p", "1"}));
  }
  auto one = [](base::EventLoop& loop, NodeExecutor& executor, const ExecContext& ctx, const model::Node& node,
                int number, std::promise<NodeResult>& end) -> base::Task<void> {
    co_await loop.enter();
    auto task = executor.execute(ctx, node, "echo " + std::to_string(number) + "; sleep 0.2");
    auto result = co_await std::move(task);
    end.set_value(std::move(result));
  };
  for (int i = 0; i < 30; ++i) base::spawn(one(loop_, *executor_, *contexts[i], web_, i, ends[i]));
  for (int i = 0; i < 30; ++i) {
    const auto result = ends[i].get_future().get();
    EXPECT_TRUE(result.success) << result.message;
    EXPECT_EQ(outputs[i].out, std::to_string(i) + "\n");
  }
}

ScriptRun text_of(const std::string& text) {
  ScriptRun run;
  run.text = text;
  return run;
}

TEST_F(SshTest, RunsScripts) {
  auto run = text_of("#!/bin/sh\r\necho \"$1|$#|${0##*/}\"; stat -c %a $0; exit 4");
  run.args = {"a b", "$(id)"};
  const auto failed = script(web_, run);
  fails(failed, reason::non_zero, "4");
  EXPECT_TRUE(output_.out.starts_with("a b|2|12-")) << output_.out;
  EXPECT_TRUE(output_.out.ends_with("-web1-dispatch-script.sh\n700\n")) << output_.out;
  run = text_of("echo $0");
  run.interpreter = "/bin/sh -e";
  run.file_extension = "mine";
  settings_["project.file-copy-destination-dir"] = nodes_->file("home");
  EXPECT_TRUE(script(web_, run).success);
  const std::string path(base::trim(output_.out));
  EXPECT_TRUE(path.starts_with(nodes_->file("home/12-")) && path.ends_with(".mine")) << path;
  EXPECT_FALSE(std::filesystem::exists(path));
  web_.attributes["file-copy-destination-dir"] = "/nowhere";
  fails(script(web_, run), reason::io, "no such file or folder");
}

TEST_F(SshTest, RemovesTheScriptOfACancelledRun) {
  settings_["project.file-copy-destination-dir"] = nodes_->file("home");
  std::thread canceller([&] {
    for (int i = 0; i < 1500; ++i) {
      if (std::filesystem::exists(nodes_->file("home/runs"))) break;
      std::this_thread::sleep_for(20ms);
    }
    cancel_.cancel("aborted by bob");
  });
  const auto result = script(web_, text_of("#!/bin/sh\ntouch ~/runs; sleep 600"));
  canceller.join();
  fails(result, reason::interrupted, "aborted by bob");
  for (const auto& entry : std::filesystem::directory_iterator(nodes_->file("home"))) {
    EXPECT_EQ(entry.path().string().find("dispatch-script"), std::string::npos) << entry.path();
  }
  std::filesystem::remove(nodes_->file("home/runs"));
}

TEST_F(SshTest, CopiesFilesAndMakesFolders) {
  const auto source = nodes_->file("big");
  std::string content(5'000'003, 'x');
  for (std::size_t i = 0; i < content.size(); ++i) content[i] = static_cast<char>(i * 7 + i / 251);
  std::ofstream(source, std::ios::binary) << content;
  const auto folder = nodes_->file("home/a/b");
  const auto made = drive([&](const ExecContext& ctx) { return copier_->make_folder(ctx, web_, folder); });
  ASSERT_TRUE(made) << made.error().message;
  const auto copied =
      drive([&](const ExecContext& ctx) { return copier_->copy_file(ctx, web_, source, folder + "/c"); });
  ASSERT_TRUE(copied) << copied.error().message;
  EXPECT_EQ(nodes_->text("home/a/b/c"), content);
  const auto refused =
      drive([&](const ExecContext& ctx) { return copier_->copy_file(ctx, web_, source, "/nowhere/c"); });
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("/nowhere/c"), std::string::npos) << refused.error().message;
  const auto missing = drive([&](const ExecContext& ctx) { return copier_->copy_file(ctx, web_, "/nope", "/tmp/c"); });
  EXPECT_FALSE(missing);
  const auto removed = drive([&](const ExecContext& ctx) { return copier_->remove(ctx, web_, folder + "/c"); });
  EXPECT_TRUE(removed);
  EXPECT_FALSE(std::filesystem::exists(folder + "/c"));
}

// A server that knows no SFTP.
TEST(SshWithoutSftp, CopiesByScp) {
  const SshNodes nodes(QD_SOURCE_DIR, 1, {"Subsystem sftp /nowhere/sftp-server"});
  ASSERT_TRUE(nodes.ready());
  base::EventLoop loop("test");
  loop.start();
  SshConfig config;
  config.defaults.known_hosts = nodes.file("known_hosts");
  SshTransport transport(config);
  transport.start();
  SshCopier copier(loop, transport);
  SshExecutor executor(loop, transport, copier);
  const model::Node node{
      "n", {{"hostname", nodes.address(0)}, {"username", nodes.user()}, {"ssh-keypath", nodes.file("id_ed25519")}}, {}};
  CollectOutput output;
  const ExecContext ctx{output, {}, {}, {}, "p", "1"};
  std::promise<NodeResult> end;
  auto driving = [](base::EventLoop& on, NodeExecutor& with, const ExecContext& given, const model::Node& where,
                    std::promise<NodeResult>& done) -> base::Task<void> {
    co_await on.enter();
    ScriptRun run;
    run.text = "#!/bin/sh\necho $0; stat -c %a $0";
    auto task = with.execute_script(given, where, std::move(run));
    auto result = co_await std::move(task);
    done.set_value(std::move(result));
  };
  base::spawn(driving(loop, executor, ctx, node, end));
  const auto result = end.get_future().get();
  EXPECT_TRUE(result.success) << result.message;
  EXPECT_TRUE(output.out.ends_with("\n700\n")) << output.out;
  EXPECT_FALSE(std::filesystem::exists(output.out.substr(0, output.out.find('\n'))));
}

}  // namespace
}  // namespace qd::node
