#include "http/server.hpp"

#include <algorithm>
#include <atomic>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <netdb.h>

#include "base/id.hpp"
#include "base/logging.hpp"
#include "http/connection.hpp"
#include "http/io_thread.hpp"
#include "http/server_state.hpp"

namespace qd::http {

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using std::chrono::milliseconds;

constexpr std::size_t kMaxRefusing = 256;  // refusals under way at once; beyond, connections are closed without a word
constexpr milliseconds kAcceptPause{100};  // after running out of descriptors

milliseconds sweep_interval(const ServerConfig& config) {
  const auto shortest =
      std::min({config.header_timeout, config.body_timeout, config.idle_timeout, config.write_timeout});
  return std::clamp(shortest / 8, milliseconds{5}, milliseconds{500});
}

// "localhost", "0.0.0.0", "::1" and the like as an address.
Result<asio::ip::address> resolve(const std::string& name) {
  boost::system::error_code error;
  const auto numeric = asio::ip::make_address(name, error);
  if (!error) return numeric;
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE;
  addrinfo* found = nullptr;
  const int code = ::getaddrinfo(name.c_str(), nullptr, &hints, &found);
  if (code != 0) return fail(ErrorKind::invalid, "cannot listen on '" + name + "': " + gai_strerror(code));
  tcp::endpoint endpoint;
  const std::size_t length = std::min<std::size_t>(found->ai_addrlen, endpoint.capacity());
  std::copy_n(reinterpret_cast<const char*>(found->ai_addr), length, reinterpret_cast<char*>(endpoint.data()));
  ::freeaddrinfo(found);
  return endpoint.address();
}

}  // namespace

struct Server::Impl {
  Impl(ServerConfig config, base::WorkerPool& pool, Handler handler)
      : state(std::make_shared<ServerState>(std::move(config), pool, std::move(handler))) {}

  Result<> listen();
  void open();
  void accept();
  void accepted(std::shared_ptr<IoThread> io, tcp::socket socket);

  std::shared_ptr<ServerState> state;
  std::vector<std::shared_ptr<IoThread>> threads;
  std::unique_ptr<tcp::acceptor> acceptor;
  std::unique_ptr<asio::steady_timer> pause;
  bool is_open = false;  // on the first thread
  std::size_t next_thread = 0;
  std::uint16_t port = 0;
};

Result<> Server::Impl::listen() {
  const ServerConfig& config = state->config;
  const auto address = resolve(config.address);
  if (!address) return fail(address.error());
  const tcp::endpoint endpoint(*address, config.port);
  boost::system::error_code error;
  acceptor->open(endpoint.protocol(), error);
  if (!error) acceptor->set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor->bind(endpoint, error);
  if (!error) acceptor->listen(asio::socket_base::max_listen_connections, error);
  if (error) {
    return fail(ErrorKind::unavailable,
                "cannot listen on " + config.address + ":" + std::to_string(config.port) + ": " + error.message());
  }
  port = acceptor->local_endpoint().port();
  return {};
}

void Server::Impl::open() {
  if (is_open || state->stopping) return;
  is_open = true;
  pause->cancel();
  accept();
}

void Server::Impl::accept() {
  auto io = threads[next_thread++ % threads.size()];
  auto& context = io->context();
  acceptor->async_accept(context, [this, io = std::move(io)](boost::system::error_code error, tcp::socket socket) {
    if (error == asio::error::operation_aborted || state->stopping) return;
    if (!error) {
      accepted(io, std::move(socket));
      return accept();
    }
    base::log_warn("http", "a connection cannot be accepted: " + error.message());
    pause->expires_after(kAcceptPause);
    pause->async_wait([this](boost::system::error_code cancelled) {
      if (!cancelled) accept();
    });
  });
}

void Server::Impl::accepted(std::shared_ptr<IoThread> io, tcp::socket socket) {
  boost::system::error_code error;
  socket.set_option(tcp::no_delay(true), error);
  socket.native_non_blocking(true, error);
  if (error) return;
  ++state->accepted;
  const bool refuse = state->connections.fetch_add(1) >= state->config.max_connections;
  if (refuse) {
    --state->connections;
    ++state->refused;
    if (state->refusing.fetch_add(1) >= kMaxRefusing) {
      --state->refusing;
      return;
    }
  }
  auto connection = std::make_shared<Connection>(state, io, std::move(socket));
  io->post([connection, refuse] { refuse ? connection->start_refused() : connection->start(); });
}

Server::Server(ServerConfig config, base::WorkerPool& pool, Handler handler)
    : impl_(std::make_unique<Impl>(std::move(config), pool, std::move(handler))) {}

Server::~Server() {
  stop(milliseconds{0});
}

Result<> Server::start(milliseconds closed_for) {
  Impl& impl = *impl_;
  const ServerConfig& config = impl.state->config;
  if (config.tls_certificate_file.empty() != config.tls_key_file.empty()) {
    return fail(ErrorKind::invalid, "TLS needs both a certificate file and a key file; only one of them is set.");
  }
  if (!config.tls_certificate_file.empty()) {
    auto tls = TlsContext::load(config.tls_certificate_file, config.tls_key_file);
    if (!tls) return fail(tls.error());
    impl.state->tls = *tls;
  }
  impl.state->id_prefix = base::random_token(6) + "-";
  for (std::size_t i = 0; i < std::max<std::size_t>(config.threads, 1); ++i) {
    impl.threads.push_back(std::make_shared<IoThread>(sweep_interval(config)));
  }
  impl.acceptor = std::make_unique<tcp::acceptor>(impl.threads.front()->context());
  impl.pause = std::make_unique<asio::steady_timer>(impl.threads.front()->context());
  if (auto listening = impl.listen(); !listening) return listening;
  if (closed_for.count() > 0) {
    impl.pause->expires_after(closed_for);
    impl.pause->async_wait([&impl](boost::system::error_code) { impl.open(); });
  } else {
    impl.open();
  }
  for (const auto& thread : impl.threads) thread->start();
  return {};
}

void Server::open() {
  impl_->threads.front()->post([&impl = *impl_] { impl.open(); });
}

void Server::stop(milliseconds grace) noexcept {
  Impl& impl = *impl_;
  if (impl.threads.empty() || impl.state->stopping.exchange(true)) return;
  impl.threads.front()->post([&impl] {
    boost::system::error_code ignored;
    impl.acceptor->close(ignored);
    impl.pause->cancel();
  });
  for (const auto& thread : impl.threads) {
    thread->post([io = thread.get()] {
      for (const auto& connection : io->connections()) connection->begin_stop();
    });
  }
  {
    std::unique_lock lock(impl.state->gone_mutex);
    impl.state->gone.wait_for(lock, grace, [&] { return impl.state->connections == 0; });
  }
  for (const auto& thread : impl.threads) thread->stop();
  impl.acceptor.reset();
  impl.pause.reset();
}

void Server::ask_for_life(std::function<void()> answer) {
  auto silent = std::make_shared<std::atomic<std::size_t>>(impl_->threads.size());
  for (const auto& thread : impl_->threads) {
    thread->post([silent, answer] {
      if (--*silent == 0) answer();
    });
  }
}

std::uint16_t Server::port() const {
  return impl_->port;
}

Server::Stats Server::stats() const {
  const ServerState& state = *impl_->state;
  Stats stats;
  stats.requests = state.requests;
  stats.connections_accepted = state.accepted;
  stats.connections_refused = state.refused;
  stats.bytes_in = state.bytes_in;
  stats.bytes_out = state.bytes_out;
  stats.connections_open = state.connections;
  stats.streams_open = state.streams;
  return stats;
}

}  // namespace qd::http
