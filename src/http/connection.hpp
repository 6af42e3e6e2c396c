// One accepted connection: reads requests one after the other, hands each to the pool, sends the answers in order.
// Includes Asio: only for the server's own sources.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "http/body_file.hpp"
#include "http/chunked.hpp"
#include "http/io_thread.hpp"
#include "http/request_head.hpp"
#include "http/server_state.hpp"
#include "http/stream_state.hpp"

namespace qd::http {

inline constexpr std::size_t kSpoolBlock = 1u << 20;  // of a body on its way to disk

// Everything runs on its I/O thread; only answer_on_pool(), admit_on_pool() and spool_on_pool() run on a worker, and
// touch nothing but the exchange meanwhile. Between requests it holds no buffer.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  using Socket = boost::asio::ip::tcp::socket;
  using Time = std::chrono::steady_clock::time_point;

  Connection(std::shared_ptr<ServerState> server, std::shared_ptr<IoThread> io, Socket socket);
  ~Connection();

  void start();
  void start_refused();  // answers 503 to whatever comes, because there are too many
  bool is_late(Time now) const { return now >= deadline_; }
  void time_is_up();  // its deadline has passed: answers 408 or closes
  void begin_stop();  // closes when nothing is under way, else after the answer
  void terminate();   // closes now

 private:
  enum class Phase { handshake, idle, head, admitting, body, spooling, handling, writing, streaming, draining, closed };

  // One request and its answer.
  struct Exchange {
    explicit Exchange(ServerState& server) : share(server) {}
    Request request;
    Response response;
    BodyShare share;
    ChunkedDecoder decoder;
    std::uint64_t body_limit = 0;
    std::uint64_t body_length = 0;
    std::unique_ptr<SpoolPlace> spool_place;  // set: the body goes to body_file
    std::shared_ptr<BodyFile> body_file;
    std::uint64_t spooled = 0;  // bytes of it that are on disk, or on their way
    bool body_complete = false;
    bool expects_continue = false;
    bool chunked = false;
    bool keep_alive = false;
    bool http_1_0 = false;
    bool head_request = false;
    std::string
        head;  // bytes to send: the answer's head, then its body, or a stream's pieces and what ends their chunk
    std::string body;
    std::vector<SharedBytes> pieces;
    std::string_view tail;
    std::size_t sent = 0;
    std::shared_ptr<StreamState> stream;
    std::size_t stream_offset = 0;  // where the stream's own bytes begin in what is being sent
    std::size_t stream_bytes = 0;   // how many they are
    bool stream_writing = false;
    bool stream_finishing = false;
    bool event_stream = false;
  };

  // Reading.
  void wait(Socket::wait_type what);
  void ready(Socket::wait_type what);
  void continue_handshake();
  void await_input();
  void read_more();
  bool wants_input() const { return phase_ == Phase::idle || phase_ == Phase::head || phase_ == Phase::body; }
  bool may_read() const;
  void took_in(std::string_view bytes);
  void use_input();
  std::size_t advance(std::string_view bytes);
  std::size_t advance_head(std::string_view bytes);
  std::size_t advance_body(std::string_view bytes);
  void begin_request(RequestHead head);
  bool make_room(std::size_t bytes);
  void say_continue();
  void begin_body();

  // Bodies that go to disk (connection_spool.cpp).
  void begin_spool();
  void admit_on_pool() noexcept;
  void admitted();
  void spool();
  void spool_on_pool() noexcept;
  void spooled();

  // Answering.
  void dispatch();
  void answer_on_pool() noexcept;
  void answered();
  void refuse_request(int status, const std::string& message, bool keep_alive);
  void serialise();
  void send();
  static std::span<const std::string_view> unsent(const Exchange& exchange, std::span<std::string_view> room);
  IoStatus write_some();  // ok: all of the exchange's bytes are sent
  void finish_answer();
  void resume_input();
  void close_gently();

  // Streaming.
  friend class IoThread;  // calls pump_stream() when the stream's writer wakes it
  void start_stream();
  void pump_stream();
  void load_stream(StreamState::Pending pending);
  bool write_stream();
  void end_stream();

  void set_deadline(std::chrono::milliseconds from_now) { deadline_ = std::chrono::steady_clock::now() + from_now; }
  void clear_deadline() { deadline_ = Time::max(); }
  void note_progress(std::size_t bytes, std::chrono::milliseconds timeout);

  const std::shared_ptr<ServerState> server_;
  const std::shared_ptr<IoThread> io_;
  Socket socket_;
  std::unique_ptr<Transport> transport_;
  std::unique_ptr<Exchange> exchange_;
  std::string input_;  // received and not yet used
  std::size_t input_used_ = 0;
  HeadScanner scanner_;
  std::string remote_;
  Time deadline_ = Time::max();
  std::size_t progress_ = 0;  // bytes since the deadline was last moved
  std::size_t drained_ = 0;
  Phase phase_ = Phase::idle;
  bool waiting_to_read_ = false, waiting_to_write_ = false;
  bool taking_in_ = false;
  bool first_request_ = true;
  bool refused_ = false;
  bool linger_ = false;  // the peer may still be sending: read on for a while after the answer
};

}  // namespace qd::http
