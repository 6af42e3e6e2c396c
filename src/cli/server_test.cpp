// The client over real connections, against a server that answers as the API documentation says.
#include "http/server.hpp"

#include <csignal>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <mutex>
#include <sstream>

#include "cli/app.hpp"
#include "cli/command.hpp"
#include "cli/interrupt_note.hpp"
#include "http/event_stream.hpp"

namespace qd::cli {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

class ServerTest : public ::testing::Test {
 protected:
  ServerTest() {
    http::ServerConfig config;
    config.port = 0;
    server =
        std::make_unique<http::Server>(config, pool, [this](const http::Request& request) { return handle(request); });
    const auto started = server->start();
    if (!started) throw std::runtime_error(started.error().message);
  }
  ~ServerTest() override {
    server->stop(0ms);
    pool.stop();
    held.clear();
  }

  int run(const std::vector<std::string>& args) {
    environment["RD_URL"] = "http://127.0.0.1:" + std::to_string(server->port());
    const SystemClock clock;
    World world{in, out, err, environment, clock, http::fetch, false, false, false};
    return run_qd(args, world);
  }

  http::Response handle(const http::Request& request) {
    if (request.path == "/j_security_check") return login(request);
    if (request.header_or("X-Rundeck-Auth-Token", "") != "good" && request.cookie("JSESSIONID") != "session") {
      return http::Response::json(403, R"({"error":true,"message":"(unauthenticated) is not authorized"})");
    }
    if (request.path == "/api/59/projects")
      return http::Response::json(200, R"([{"name":"ops","description":"","url":""}])");
    if (request.path == "/api/59/execution/7/events") return events(request);
    if (request.path == "/api/59/project/ops/run/script" && request.part("scriptFile") != nullptr) {
      const std::lock_guard lock(mutex);
      script = request.part("scriptFile")->content;
      return http::Response::json(200, R"({"message":"Immediate execution scheduled","execution":{"id":7}})");
    }
    if (request.path == "/api/59/execution/7")
      return http::Response::json(200, R"({"id":7,"status":"running","description":"x"})");
    return http::Response::json(404, R"({"error":true,"message":"Invalid API Request"})");
  }

  static http::Response login(const http::Request& request) {
    if (request.parameter("j_password") != "p w&d") return http::Response::redirect("/user/error");
    http::Response response = http::Response::redirect("/api/59/projects");
    response.headers.emplace("Set-Cookie", "JSESSIONID=session; Path=/; HttpOnly");
    return response;
  }

  // The first connection is cut after one event.
  http::Response events(const http::Request& request) {
    const bool first = request.parameter("offset") == "0";
    return http::event_stream_response([this, first](http::EventStream stream) {
      stream.heartbeat();
      if (first) {
        stream.send({"40", "output", R"([{"log":"one","level":"NORMAL"}])"});
        stream.stream().close();
        return;
      }
      stream.send({"80", "output", R"([{"log":"two","level":"NORMAL"}])"});
      stream.send({"", "state", R"({"executionState":"FAILED"})"});
      stream.send({"", "end", R"({"status":"failed"})"});
      const std::lock_guard lock(mutex);
      held.push_back(stream);  // the server keeps the connection open
    });
  }

  std::istringstream in;
  std::ostringstream out, err;
  Environment environment{{"RD_TOKEN", "good"}, {"RD_PROJECT", "ops"}};
  std::mutex mutex;
  std::string script;
  std::vector<http::EventStream> held;
  base::WorkerPool pool{"test", 2, 16};
  std::unique_ptr<http::Server> server;
};

TEST_F(ServerTest, LogsInAndLists) {
  environment.erase("RD_TOKEN");
  environment["RD_USER"] = "me";
  environment["RD_PASSWORD"] = "p w&d";
  EXPECT_EQ(run({"projects", "list"}), 0) << err.str();
  EXPECT_EQ(out.str(), "# 1 Projects:\nops\n");
  environment["RD_PASSWORD"] = "wrong";
  EXPECT_EQ(run({"projects", "list"}), exit_code::denied);
  EXPECT_THAT(err.str(), HasSubstr("RD_PASSWORD"));
}

TEST_F(ServerTest, FollowsAStreamThatIsCutAndComesBack) {
  EXPECT_EQ(run({"executions", "follow", "-e", "7", "-t"}), exit_code::failed);
  EXPECT_EQ(out.str(), "one\ntwo\n");
  EXPECT_EQ(err.str(), "Execution 7 failed.\n");
}

TEST_F(ServerTest, SendsAScriptByteForByte) {
  const std::string bytes("#!/bin/sh\r\necho \xff\0\n--x\r\n", 24);
  in.str(bytes);
  EXPECT_EQ(run({"adhoc", "-S", "-f"}), exit_code::failed) << err.str();
  const std::lock_guard lock(mutex);
  EXPECT_EQ(script, bytes);
}

TEST(InterruptNote, TellsHowToGoOn) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        const InterruptNote note("Follow it again: qd executions follow -e 7\n");
        std::raise(SIGINT);
      },
      ::testing::ExitedWithCode(exit_code::interrupted), "qd executions follow -e 7");
}

}  // namespace
}  // namespace qd::cli
