#include "http/connection.hpp"

#include <algorithm>
#include <exception>

#include "base/logging.hpp"

namespace qd::http {

namespace {

using std::chrono::milliseconds;

constexpr int kReadsPerTurn = 16;              // then other connections have their turn
constexpr std::size_t kProgressBytes = 4096;   // less within a timeout counts as inactivity
constexpr std::size_t kMaxDrain = 128u << 20;  // read and dropped so that the peer sees our refusal
constexpr std::size_t kFirstBodyBuffer = 16 << 10;
constexpr std::size_t kMaxInputWhileStreaming = 64 << 10;

std::string address_text(const Connection::Socket& socket) {
  boost::system::error_code error;
  const auto address = socket.remote_endpoint(error).address();
  if (error) return {};
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    return boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, address.to_v6()).to_string();
  }
  return address.to_string();
}

}  // namespace

Connection::Connection(std::shared_ptr<ServerState> server, std::shared_ptr<IoThread> io, Socket socket)
    : server_(std::move(server)), io_(std::move(io)), socket_(std::move(socket)) {}

Connection::~Connection() = default;

void Connection::start() {
  io_->add(shared_from_this());
  remote_ = address_text(socket_);
  set_deadline(server_->config.header_timeout);
  transport_ = server_->tls ? server_->tls->accept(socket_.native_handle()) : plain_transport(socket_.native_handle());
  if (server_->stopping) return terminate();
  if (!server_->tls) return await_input();
  phase_ = Phase::handshake;
  continue_handshake();
}

void Connection::start_refused() {
  refused_ = true;
  io_->add(shared_from_this());
  transport_ = plain_transport(socket_.native_handle());
  if (server_->tls) return terminate();  // a handshake would cost more than a refusal is worth
  refuse_request(503, "Too many connections; try again later.", false);
}

void Connection::wait(Socket::wait_type what) {
  bool& waiting = what == Socket::wait_read ? waiting_to_read_ : waiting_to_write_;
  if (waiting) return;
  waiting = true;
  socket_.async_wait(what, [self = shared_from_this(), what](boost::system::error_code error) {
    (what == Socket::wait_read ? self->waiting_to_read_ : self->waiting_to_write_) = false;
    if (!error) self->ready(what);
  });
}

void Connection::ready(Socket::wait_type what) {
  switch (phase_) {
    case Phase::handshake:
      return continue_handshake();
    case Phase::writing:
      return send();
    case Phase::streaming:
      pump_stream();
      if (what == Socket::wait_read && phase_ == Phase::streaming) read_more();
      return;
    case Phase::admitting:
    case Phase::spooling:
    case Phase::handling:
    case Phase::closed:
      return;
    default:
      return read_more();
  }
}

void Connection::continue_handshake() {
  switch (transport_->handshake().status) {
    case IoStatus::ok:
      phase_ = Phase::idle;
      return read_more();
    case IoStatus::want_read:
      return wait(Socket::wait_read);
    case IoStatus::want_write:
      return wait(Socket::wait_write);
    default:
      return terminate();
  }
}

void Connection::await_input() {
  if (transport_->read_may_hide()) return read_more();
  wait(Socket::wait_read);
}

bool Connection::may_read() const {
  if (phase_ == Phase::streaming) return input_.size() < kMaxInputWhileStreaming;
  return wants_input() || phase_ == Phase::draining;
}

void Connection::read_more() {
  for (int turn = 0; turn < kReadsPerTurn; ++turn) {
    if (!may_read()) return;
    const auto scratch = io_->scratch();
    const IoResult got = transport_->read(scratch);
    if (got.status == IoStatus::want_read) return wait(Socket::wait_read);
    if (got.status == IoStatus::want_write) return wait(Socket::wait_write);
    if (got.status != IoStatus::ok) return terminate();
    server_->bytes_in += got.bytes;
    if (phase_ == Phase::draining) {
      drained_ += got.bytes;
      if (drained_ > kMaxDrain) return terminate();
    } else {
      took_in({scratch.data(), got.bytes});
    }
    const bool all_read = !transport_ || (!transport_->read_may_hide() && got.bytes < scratch.size());
    if (all_read && may_read()) return wait(Socket::wait_read);
  }
  io_->post([self = shared_from_this()] { self->read_more(); });
}

void Connection::took_in(std::string_view bytes) {
  if (!input_.empty()) {
    input_.erase(0, input_used_);
    input_used_ = 0;
    input_.append(bytes);
    return use_input();
  }
  taking_in_ = true;
  const std::size_t used = advance(bytes);
  taking_in_ = false;
  if (used < bytes.size()) input_.assign(bytes.substr(used));
}

void Connection::use_input() {
  taking_in_ = true;
  input_used_ += advance(std::string_view(input_).substr(input_used_));
  taking_in_ = false;
  if (input_used_ < input_.size()) return;
  input_ = std::string();
  input_used_ = 0;
}

std::size_t Connection::advance(std::string_view bytes) {
  std::size_t used = 0;
  while (used < bytes.size() && wants_input()) {
    const std::string_view rest = bytes.substr(used);
    const std::size_t step = phase_ == Phase::body ? advance_body(rest) : advance_head(rest);
    if (step == 0) break;
    used += step;
  }
  return used;
}

// Both advance functions say that they used everything once they refuse: the rest of the input has no meaning then.
std::size_t Connection::advance_head(std::string_view bytes) {
  if (phase_ == Phase::idle) {
    phase_ = Phase::head;
    if (!first_request_) set_deadline(server_->config.header_timeout);
  }
  const auto end = scanner_.scan(bytes);
  if (!end) {
    refuse_request(end.error().status, end.error().message, false);
    return bytes.size();
  }
  const std::size_t length = end->value_or(bytes.size());
  if (length > server_->config.max_header_bytes) {
    refuse_request(
        431, "The request's headers are longer than " + std::to_string(server_->config.max_header_bytes) + " bytes.",
        false);
    return bytes.size();
  }
  if (!*end) return 0;
  scanner_.reset();
  if (length == 2) return length;  // an empty line before a request is harmless (RFC 9112, 2.2)
  auto head = parse_head(bytes.substr(0, length));
  if (!head) {
    refuse_request(head.error().status, head.error().message, false);
    return bytes.size();
  }
  begin_request(std::move(*head));
  return length;
}

void Connection::begin_request(RequestHead head) {
  first_request_ = false;
  exchange_ = std::make_unique<Exchange>(*server_);
  Exchange& exchange = *exchange_;
  exchange.keep_alive = head.keep_alive;
  exchange.http_1_0 = head.http_1_0;
  exchange.chunked = head.chunked;
  exchange.body_length = head.content_length;
  exchange.head_request = head.request.method == "HEAD";
  exchange.request = std::move(head.request);
  exchange.request.remote_address = remote_;
  exchange.request.secure = server_->tls != nullptr;
  exchange.request.id = server_->id_prefix + std::to_string(++server_->requests);
  if (!exchange.chunked && exchange.body_length == 0) return dispatch();

  const ServerConfig& config = server_->config;
  exchange.expects_continue = head.expects_continue;
  exchange.body_limit = config.max_body_bytes;
  try {
    if (config.spool.wanted && config.spool.wanted(exchange.request)) return begin_spool();
    if (config.body_limit)
      exchange.body_limit = std::min(exchange.body_limit, std::uint64_t{config.body_limit(exchange.request)});
  } catch (const std::exception& error) {
    base::log_error("http", "request " + exchange.request.id + ": its body limit cannot be told: " + error.what());
    return refuse_request(500, "Internal error.", false);
  }
  if (exchange.body_length > exchange.body_limit) {
    return refuse_request(413, "The request body is larger than " + std::to_string(exchange.body_limit) + " bytes.",
                          false);
  }
  begin_body();
}

void Connection::begin_body() {
  phase_ = Phase::body;
  set_deadline(server_->config.body_timeout);
  if (exchange_->expects_continue) say_continue();
}

void Connection::say_continue() {
  static constexpr std::string_view answer = "HTTP/1.1 100 Continue\r\n\r\n";
  const IoResult sent = transport_->write({&answer, 1});
  const bool skipped =
      sent.status == IoStatus::want_write && !transport_->read_may_hide();  // clients go on by themselves
  if (sent.bytes != answer.size() && !skipped) terminate();
}

bool Connection::make_room(std::size_t bytes) {
  std::string& body = exchange_->request.body;
  const std::size_t needed = body.size() + bytes;
  if (needed <= body.capacity()) return true;
  std::size_t room = std::max({needed, 2 * body.capacity(), kFirstBodyBuffer});
  if (exchange_->spool_place) {
    room = kSpoolBlock;
  } else if (!exchange_->chunked) {
    room = std::min(room, static_cast<std::size_t>(exchange_->body_length));
  }
  if (!exchange_->share.grow_to(room)) return false;
  body.reserve(room);
  return true;
}

std::size_t Connection::advance_body(std::string_view bytes) {
  Exchange& exchange = *exchange_;
  std::string& body = exchange.request.body;
  const bool to_disk = exchange.spool_place != nullptr;
  std::size_t used = bytes.size();
  if (to_disk) bytes = bytes.substr(0, used = std::min(used, kSpoolBlock - body.size()));
  if (!exchange.chunked)
    used =
        static_cast<std::size_t>(std::min<std::uint64_t>(used, exchange.body_length - exchange.spooled - body.size()));
  if (!make_room(used)) {
    refuse_request(503, "Too many request bodies are being received; try again later.", false);
    return bytes.size();
  }
  bool complete = false;
  if (exchange.chunked) {
    const auto fed = exchange.decoder.feed(bytes, body, exchange.body_limit - exchange.spooled);
    if (!fed) {
      const bool too_large = fed.error().status == 413;
      refuse_request(fed.error().status,
                     too_large ? "The request body is larger than " + std::to_string(exchange.body_limit) + " bytes."
                               : fed.error().message,
                     false);
      return bytes.size();
    }
    used = *fed;
    complete = exchange.decoder.done();
  } else {
    body.append(bytes.substr(0, used));
    complete = exchange.spooled + body.size() == exchange.body_length;
  }
  note_progress(used, server_->config.body_timeout);
  exchange.body_complete = complete;
  if (to_disk && (complete || body.size() >= kSpoolBlock)) {
    spool();
  } else if (complete) {
    dispatch();
  }
  return used;
}

void Connection::time_is_up() {
  clear_deadline();
  switch (phase_) {
    case Phase::head:
      return refuse_request(408, "The request's headers did not arrive in time.", false);
    case Phase::body:
      return refuse_request(408, "The request's body did not arrive in time.", false);
    case Phase::admitting:
    case Phase::spooling:
    case Phase::handling:
      return;
    default:
      return terminate();
  }
}

void Connection::begin_stop() {
  if (phase_ == Phase::handshake || phase_ == Phase::idle) return terminate();
  if (phase_ == Phase::streaming && exchange_->event_stream) terminate();
}

void Connection::terminate() {
  if (phase_ == Phase::closed) return;
  const auto self = shared_from_this();
  if (phase_ == Phase::streaming) end_stream();
  phase_ = Phase::closed;
  clear_deadline();
  boost::system::error_code ignored;
  transport_.reset();
  socket_.close(ignored);
  io_->remove(self);
  --(refused_ ? server_->refusing : server_->connections);
  if (!server_->stopping) return;
  const std::lock_guard lock(server_->gone_mutex);
  server_->gone.notify_all();
}

void Connection::note_progress(std::size_t bytes, milliseconds timeout) {
  progress_ += bytes;
  if (progress_ < kProgressBytes) return;
  progress_ = 0;
  set_deadline(timeout);
}

}  // namespace qd::http
