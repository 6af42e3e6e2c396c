// The HTTP/1.1 server: Boost.Asio behind a plain interface.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/worker_pool.hpp"
#include "http/message.hpp"

namespace qd::http {

class BodyFile;

// Which bodies go to disk instead of memory, and what becomes of them.
struct SpoolRules {
  // Asked once the headers are read, on an I/O thread: it must not block. Absent: none.
  std::function<bool(const Request&)> wanted;
  // Asked on the pool before a byte of such a body is read; an answer refuses it.
  std::function<std::optional<Response>(const Request&)> refusal;
  // Answers what was not refused, on the pool, in place of the server's handler; the body is in the file alone.
  std::function<Response(const Request&, const std::shared_ptr<const BodyFile>& body)> handler;
  std::string folder;
  std::uint64_t max_bytes = 2ull << 30;  // of one
  std::size_t max_bodies = 8;            // at once; more are answered 503
};

struct ServerConfig {
  std::string address = "127.0.0.1";
  std::uint16_t port = 4440;                       // 0 picks a free one
  std::size_t threads = 1;                         // I/O threads
  std::string tls_certificate_file, tls_key_file;  // PEM; both or neither
  std::size_t max_connections = 10'000;
  std::size_t max_header_bytes = 64 << 10;
  std::size_t max_body_bytes = 64u << 20;
  // The body limit of one request, asked once its headers are read; never above max_body_bytes. Absent: max_body_bytes.
  // Runs on an I/O thread: it must not block.
  std::function<std::size_t(const Request&)> body_limit;
  std::size_t max_bodies_bytes = 512u << 20;  // all bodies in memory at once; more is answered 503
  SpoolRules spool;
  std::size_t max_stream_buffer = 4u << 20;  // per stream
  // Inactivity means less than 4 kB within the time, so that a byte now and then holds no place.
  std::chrono::milliseconds header_timeout{
      10'000};  // from the first byte (or the connect, handshake included) to the last header
  std::chrono::milliseconds body_timeout{60'000};   // of inactivity while a body arrives
  std::chrono::milliseconds idle_timeout{60'000};   // between requests
  std::chrono::milliseconds write_timeout{60'000};  // of inactivity while an answer is sent
  bool compress = true;                             // answers, for clients that take it: see compression.hpp
  Headers common_headers;                           // added to every answer that does not set them itself
  // Answers to what never reaches a handler (400, 408, 413, 417, 431, 501, 503, 505) and to handlers that throw (500),
  // so that the API's error envelope can be used. The request is empty when its headers could not be read. Runs on any
  // thread of the server or pool: it must not block. Absent: plain text.
  std::function<Response(int status, const std::string& message, const Request&)> error_page;
};

// A part with threads of its own. Handlers run on the pool, never on an I/O thread; when its queue is full the answer
// is 503.
class Server {
 public:
  using Handler = std::function<Response(const Request&)>;

  Server(ServerConfig config, base::WorkerPool& pool, Handler handler);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Binds, listens, starts; the error names address and port. With `closed_for`, connections that come wait in the
  // system's queue for so long, or until open().
  Result<> start(std::chrono::milliseconds closed_for = std::chrono::milliseconds{0});
  void open();
  // Stops accepting, ends event streams (text/event-stream) at once, lets requests and other streams under way finish
  // for up to `grace`, then closes everything. After it returns no callback of the server runs any more; only handlers
  // that outlasted `grace` still do, until the pool is stopped. Safe to call twice. Do not call it from a handler.
  void stop(std::chrono::milliseconds grace) noexcept;
  std::uint16_t port() const;  // the bound one
  // Calls `answer` once every I/O thread came round to it, on the last of them; never when one hangs or after stop().
  void ask_for_life(std::function<void()> answer);

  struct Stats {
    std::uint64_t requests = 0, connections_accepted = 0, connections_refused = 0, bytes_in = 0, bytes_out = 0;
    std::size_t connections_open = 0, streams_open = 0;
  };
  Stats stats() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace qd::http
