// A real server on a free port, for the tests of this folder.
#pragma once

#include <chrono>
#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <thread>

#include "base/worker_pool.hpp"
#include "http/raw_client_testing.hpp"
#include "http/server.hpp"

namespace qd::http {

using namespace std::chrono_literals;

template <class Condition>
bool eventually(Condition condition, std::chrono::milliseconds patience = 20s) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(1ms);
  }
  return true;
}

class ServerFixture : public ::testing::Test {
 protected:
  ServerFixture() { config.port = 0; }
  ~ServerFixture() override {
    if (server) server->stop(0ms);
    pool.stop();
  }

  void start(Server::Handler handler) {
    server = std::make_unique<Server>(config, pool, std::move(handler));
    const auto started = server->start();
    ASSERT_TRUE(started) << started.error().message;
  }

  RawClient connect() { return RawClient(server->port()); }

  // One request on a connection of its own.
  RawAnswer ask(std::string_view bytes) {
    RawClient client = connect();
    client.send(bytes);
    return client.receive();
  }

  ServerConfig config;
  base::WorkerPool pool{"test", 4, 64};
  std::unique_ptr<Server> server;
};

}  // namespace qd::http
