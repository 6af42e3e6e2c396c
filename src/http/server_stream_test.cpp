// Answers that go on after their headers.
#include <future>
#include <mutex>

#include "http/event_stream.hpp"
#include "http/server_fixture_testing.hpp"

namespace qd::http {
namespace {

class ServerStream : public ServerFixture {
 protected:
  // Every request gets a stream, which the test then holds.
  void start_streaming(std::string_view type = "text/plain") {
    start([this, type](const Request&) {
      Response response = Response::text(200, "", type);
      response.stream = [this](std::shared_ptr<Stream> stream) {
        const std::lock_guard lock(mutex);
        streams.push_back(std::move(stream));
      };
      return response;
    });
  }
  std::shared_ptr<Stream> next_stream() {
    EXPECT_TRUE(eventually([&] {
      const std::lock_guard lock(mutex);
      return !streams.empty();
    }));
    const std::lock_guard lock(mutex);
    auto stream = std::move(streams.back());
    streams.pop_back();
    return stream;
  }
  RawClient connect_and_ask(int receive_buffer = 0) {
    RawClient client(server->port(), receive_buffer);
    client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    return client;
  }

  std::mutex mutex;
  std::vector<std::shared_ptr<Stream>> streams;
};

TEST_F(ServerStream, SendsWhatIsWrittenAtOnceAndKeepsTheConnection) {
  start_streaming();
  RawClient client = connect_and_ask();
  EXPECT_TRUE(client.receive_text("Transfer-Encoding: chunked\r\n\r\n"));
  const auto stream = next_stream();
  EXPECT_TRUE(stream->write("first"));
  EXPECT_TRUE(client.receive_text("5\r\nfirst\r\n"));
  EXPECT_TRUE(stream->write(""));
  EXPECT_TRUE(stream->write("second"));
  std::promise<void> closed;
  stream->on_close([&] { closed.set_value(); });
  stream->close();
  EXPECT_FALSE(stream->open());
  EXPECT_FALSE(stream->write("late"));
  const auto answer = client.receive();
  EXPECT_TRUE(answer.complete);
  EXPECT_EQ(answer.body, "firstsecond");
  EXPECT_EQ(closed.get_future().wait_for(20s), std::future_status::ready);
  client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  next_stream()->close();
  EXPECT_TRUE(client.receive().complete);
  EXPECT_EQ(server->stats().connections_accepted, 1u);
  EXPECT_TRUE(eventually([&] { return server->stats().streams_open == 0; }));
}

TEST_F(ServerStream, GoesOnWithARequestThatWasPipelinedMeanwhile) {
  start_streaming();
  RawClient client = connect_and_ask();
  const auto first = next_stream();
  client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  first->write("one");
  first->close();
  EXPECT_EQ(client.receive().body, "one");
  const auto second = next_stream();
  second->write("two");
  second->close();
  EXPECT_EQ(client.receive().body, "two");
}

TEST_F(ServerStream, EndsWithTheConnectionForHttp10) {
  start_streaming();
  RawClient client = connect();
  client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  const auto stream = next_stream();
  stream->write("abc");
  stream->close();
  EXPECT_TRUE(client.closed_by_server());
  EXPECT_TRUE(client.buffered().ends_with("\r\n\r\nabc")) << client.buffered();
  EXPECT_EQ(client.buffered().find("Transfer-Encoding"), std::string::npos);
}

TEST_F(ServerStream, DoesNotStartForHead) {
  start_streaming();
  RawClient client = connect();
  client.send("HEAD / HTTP/1.1\r\nHost: h\r\n\r\nHEAD / HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(client.receive(true).status, 200);
  EXPECT_EQ(client.receive(true).status, 200);
  EXPECT_TRUE(streams.empty());
}

TEST_F(ServerStream, SendsBytesThatStreamsShare) {
  start_streaming();
  RawClient one = connect_and_ask();
  const auto first = next_stream();
  RawClient two = connect_and_ask();
  const auto second = next_stream();
  std::string expected_first, expected_second;
  for (int i = 0; i < 100; ++i) {  // more than one call of the socket takes
    const auto shared = std::make_shared<const std::string>("shared " + std::to_string(i) + std::string(2000, '.'));
    EXPECT_TRUE(first->write("own "));
    EXPECT_TRUE(first->write(shared));
    EXPECT_TRUE(second->write(shared));
    EXPECT_TRUE(second->write(" own"));
    expected_first += "own " + *shared;
    expected_second += *shared + " own";
  }
  EXPECT_TRUE(first->write(std::make_shared<const std::string>()));
  first->close();
  second->close();
  EXPECT_TRUE(one.receive().body == expected_first);
  EXPECT_TRUE(two.receive().body == expected_second);
  EXPECT_FALSE(first->write(std::make_shared<const std::string>("late")));
}

TEST_F(ServerStream, KeepsOrderUnderManyWriters) {
  start_streaming();
  RawClient client = connect_and_ask();
  const auto stream = next_stream();
  std::vector<std::thread> writers;
  for (int w = 0; w < 4; ++w) {
    writers.emplace_back([&, w] {
      for (int i = 0; i < 500; ++i)
        ASSERT_TRUE(stream->write(std::string(1, static_cast<char>('a' + w)) + std::to_string(i) + "\n"));
    });
  }
  for (auto& writer : writers) writer.join();
  stream->close();
  const std::string body = client.receive().body;
  std::array<int, 4> next{};
  for (std::size_t at = 0; at < body.size(); at = body.find('\n', at) + 1) {
    const auto writer = static_cast<std::size_t>(body[at] - 'a');
    ASSERT_EQ(std::atoi(body.c_str() + at + 1), next.at(writer)++);
  }
  EXPECT_EQ(next, (std::array<int, 4>{500, 500, 500, 500}));
}

TEST_F(ServerStream, SendsABigDownloadPieceByPiece) {
  config.max_stream_buffer = 100'000;
  start([](const Request&) {
    Response response;
    response.stream = [](std::shared_ptr<Stream> stream) {
      auto left = std::make_shared<int>(300);
      auto step = std::make_shared<std::function<void()>>();
      *step = [stream, left, weak = std::weak_ptr(step)] {
        if ((*left)-- == 0) return stream->close();
        EXPECT_TRUE(stream->write(std::string(64 << 10, 'x')));
        stream->on_drain([next = weak.lock()] { (*next)(); });
      };
      (*step)();
    };
    return response;
  });
  RawClient client = connect_and_ask();
  const auto answer = client.receive();
  EXPECT_TRUE(answer.complete);
  EXPECT_EQ(answer.body.size(), 300u * (64 << 10));
}

TEST_F(ServerStream, DropsAReaderThatLetsTooMuchWait) {
  config.max_stream_buffer = 1 << 20;
  start_streaming();
  RawClient client = connect_and_ask(4096);
  const auto stream = next_stream();
  std::promise<void> closed;
  stream->on_close([&] { closed.set_value(); });
  bool accepted = true;
  for (int i = 0; i < 1000 && accepted; ++i) accepted = stream->write(std::string(64 << 10, 'x'));
  EXPECT_FALSE(accepted);
  EXPECT_FALSE(stream->open());
  EXPECT_EQ(closed.get_future().wait_for(20s), std::future_status::ready);
  EXPECT_TRUE(eventually([&] { return server->stats().connections_open == 0; }));
}

TEST_F(ServerStream, DropsAReaderThatStopsReading) {
  config.write_timeout = 200ms;
  config.max_stream_buffer = 64 << 20;
  start_streaming();
  RawClient client = connect_and_ask(4096);
  const auto stream = next_stream();
  EXPECT_TRUE(stream->write(std::string(16 << 20, 'x')));
  EXPECT_TRUE(eventually([&] { return server->stats().connections_open == 0; }));
  EXPECT_FALSE(stream->open());
  EXPECT_EQ(stream->buffered(), 0u);
}

TEST_F(ServerStream, AQuietStreamIsNotIdle) {
  config.idle_timeout = config.write_timeout = config.header_timeout = 500ms;
  start_streaming();
  RawClient client = connect_and_ask();
  const auto stream = next_stream();
  std::this_thread::sleep_for(1500ms);
  EXPECT_TRUE(stream->write("x"));
  stream->close();
  EXPECT_EQ(client.receive().body, "x");
}

TEST_F(ServerStream, TellsTheWriterThatTheClientLeft) {
  start_streaming();
  std::promise<void> closed;
  std::shared_ptr<Stream> stream;
  {
    RawClient client = connect_and_ask();
    stream = next_stream();
    stream->on_close([&] { closed.set_value(); });
  }
  EXPECT_EQ(closed.get_future().wait_for(20s), std::future_status::ready);
  EXPECT_FALSE(stream->write("x"));
  int late = 0;
  stream->on_close([&] { ++late; });
  EXPECT_EQ(late, 1);
}

TEST_F(ServerStream, AForgottenStreamIsCutAndNotEnded) {
  start_streaming();
  RawClient client = connect_and_ask();
  next_stream()->write("part");
  EXPECT_TRUE(client.closed_by_server());
  EXPECT_EQ(client.buffered().find("0\r\n\r\n"), std::string::npos);
}

TEST_F(ServerStream, AStreamThatCannotBeginIsCut) {
  start([](const Request&) {
    Response response;
    response.stream = [](const std::shared_ptr<Stream>&) { throw std::runtime_error("no"); };
    return response;
  });
  RawClient client = connect_and_ask();
  EXPECT_TRUE(client.closed_by_server());
}

TEST_F(ServerStream, StopEndsEventStreamsAtOnce) {
  start_streaming("text/event-stream");
  RawClient client = connect_and_ask();
  const auto stream = next_stream();
  const auto before = std::chrono::steady_clock::now();
  server->stop(20s);
  EXPECT_LT(std::chrono::steady_clock::now() - before, 10s);
  EXPECT_TRUE(client.closed_by_server());
  EXPECT_FALSE(stream->write("x"));
}

TEST_F(ServerStream, StopLetsOtherStreamsFinish) {
  start_streaming();
  RawClient client = connect_and_ask();
  const auto stream = next_stream();
  std::thread stopping([&] { server->stop(20s); });
  ASSERT_TRUE(eventually([&] {
    try {
      RawClient refused = connect();
      return refused.closed_by_server();
    } catch (const std::runtime_error&) {
      return true;
    }
  }));
  EXPECT_TRUE(stream->write("rest"));
  stream->close();
  EXPECT_EQ(client.receive().body, "rest");
  stopping.join();
}

TEST_F(ServerStream, AStreamOutlivesItsServer) {
  start_streaming();
  RawClient client = connect_and_ask();
  const auto stream = next_stream();
  server.reset();
  EXPECT_FALSE(stream->write("x"));
  stream->close();
}

TEST_F(ServerStream, SendsEvents) {
  start([](const Request&) {
    return event_stream_response([](EventStream events) {
      events.retry_after(500);
      events.heartbeat();
      events.send({"7", "state", "a\nb"});
      events.stream().close();
    });
  });
  RawClient client = connect_and_ask();
  const auto answer = client.receive();
  EXPECT_EQ(answer.header("Content-Type"), "text/event-stream;charset=utf-8");
  EXPECT_EQ(answer.body, "retry: 500\n\n:\n\nid: 7\nevent: state\ndata: a\ndata: b\n\n");
}

}  // namespace
}  // namespace qd::http
