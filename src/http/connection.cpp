#include "http/connection.hpp"

#include <algorithm>
#include <exception>

#include "base/logging.hpp"
#include "base/text.hpp"
#include "http/form.hpp"
#include "http/response_head.hpp"

namespace qd::http {

namespace {

using std::chrono::milliseconds;

constexpr int kReadsPerTurn = 16;              // then other connections have their turn
constexpr std::size_t kProgressBytes = 4096;   // less within a timeout counts as inactivity
constexpr std::size_t kMaxDrain = 128u << 20;  // read and dropped so that the peer sees our refusal
constexpr milliseconds kDrainTime{10'000};
constexpr milliseconds kRefusedTime{1'000};
constexpr std::size_t kSmallBody = 4096;  // sent in one piece with its head
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
  exchange.body_limit = config.max_body_bytes;
  try {
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
  phase_ = Phase::body;
  set_deadline(config.body_timeout);
  if (head.expects_continue) say_continue();
}

void Connection::say_continue() {
  static constexpr std::string_view answer = "HTTP/1.1 100 Continue\r\n\r\n";
  const IoResult sent = transport_->write(answer, {});
  const bool skipped =
      sent.status == IoStatus::want_write && !transport_->read_may_hide();  // clients go on by themselves
  if (sent.bytes != answer.size() && !skipped) terminate();
}

bool Connection::make_room(std::size_t bytes) {
  std::string& body = exchange_->request.body;
  const std::size_t needed = body.size() + bytes;
  if (needed <= body.capacity()) return true;
  std::size_t room = std::max({needed, 2 * body.capacity(), kFirstBodyBuffer});
  if (!exchange_->chunked) room = std::min(room, static_cast<std::size_t>(exchange_->body_length));
  if (!exchange_->share.grow_to(room)) return false;
  body.reserve(room);
  return true;
}

std::size_t Connection::advance_body(std::string_view bytes) {
  Exchange& exchange = *exchange_;
  std::string& body = exchange.request.body;
  std::size_t used = bytes.size();
  if (!exchange.chunked)
    used = static_cast<std::size_t>(std::min<std::uint64_t>(used, exchange.body_length - body.size()));
  if (!make_room(used)) {
    refuse_request(503, "Too many request bodies are being received; try again later.", false);
    return bytes.size();
  }
  bool complete = false;
  if (exchange.chunked) {
    const auto fed = exchange.decoder.feed(bytes, body, exchange.body_limit);
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
    complete = body.size() == exchange.body_length;
  }
  note_progress(used, server_->config.body_timeout);
  if (complete) dispatch();
  return used;
}

void Connection::dispatch() {
  phase_ = Phase::handling;
  clear_deadline();
  if (!server_->pool.try_post([self = shared_from_this()] { self->answer_on_pool(); })) {
    refuse_request(503, "The server is busy; try again later.", exchange_->keep_alive);
  }
}

void Connection::answer_on_pool() noexcept {
  Request& request = exchange_->request;
  Response& response = exchange_->response;
  std::string failure;
  try {
    const auto form = read_form(request);
    response =
        form ? server_->handler(request) : server_->error_page(form.error().status, form.error().message, request);
  } catch (const std::exception& error) {
    failure = error.what();
  } catch (...) {
    failure = "an exception of unknown type";
  }
  if (!failure.empty()) {
    base::log_error("http", "request " + request.id + " " + request.method + " " + request.path + ": " + failure);
    response =
        server_->error_page(500, "Internal error. The server's log names it by request " + request.id + ".", request);
  }
  request = Request();
  exchange_->share.release();
  if (!response.stream) serialise();
  io_->post([self = shared_from_this()] { self->answered(); });
}

void Connection::answered() {
  if (phase_ != Phase::handling) return;
  if (exchange_->response.stream) return start_stream();
  phase_ = Phase::writing;
  set_deadline(server_->config.write_timeout);
  send();
}

void Connection::refuse_request(int status, const std::string& message, bool keep_alive) {
  if (!exchange_) exchange_ = std::make_unique<Exchange>(*server_);
  exchange_->keep_alive = keep_alive;
  linger_ = !keep_alive;
  exchange_->response = server_->error_page(status, message, exchange_->request);
  serialise();
  phase_ = Phase::writing;
  set_deadline(server_->config.write_timeout);
  send();
}

void Connection::serialise() {
  Exchange& exchange = *exchange_;
  const Response& response = exchange.response;
  const bool streams = response.stream && status_has_body(response.status);
  const auto connection = response.headers.find(std::string_view("Connection"));
  if (connection != response.headers.end() && base::iequals(connection->second, "close")) exchange.keep_alive = false;
  if (server_->stopping || (streams && exchange.http_1_0)) exchange.keep_alive = false;

  AnswerFacts facts;
  facts.head_request = exchange.head_request;
  facts.http_1_0 = exchange.http_1_0;
  facts.keep_alive = exchange.keep_alive;
  if (streams) facts.framing = exchange.http_1_0 ? BodyFraming::until_close : BodyFraming::chunked;
  exchange.head = response_head(response, server_->config.common_headers, facts);
  if (streams || exchange.head_request || !status_has_body(response.status)) return;
  if (response.body.size() <= kSmallBody) {
    exchange.head += response.body;
  } else {
    exchange.body = std::move(exchange.response.body);
  }
}

void Connection::send() {
  switch (write_some()) {
    case IoStatus::ok:
      return finish_answer();
    case IoStatus::want_read:
      return wait(Socket::wait_read);
    case IoStatus::want_write:
      return wait(Socket::wait_write);
    default:
      return terminate();
  }
}

IoStatus Connection::write_some() {
  Exchange& exchange = *exchange_;
  const std::size_t total = exchange.head.size() + exchange.body.size();
  while (exchange.sent < total) {
    const std::string_view head = std::string_view(exchange.head).substr(std::min(exchange.sent, exchange.head.size()));
    const std::size_t body_sent = exchange.sent - std::min(exchange.sent, exchange.head.size());
    const IoResult written = transport_->write(head, std::string_view(exchange.body).substr(body_sent));
    if (written.status != IoStatus::ok) return written.status;
    exchange.sent += written.bytes;
    server_->bytes_out += written.bytes;
    note_progress(written.bytes, server_->config.write_timeout);
  }
  return IoStatus::ok;
}

void Connection::finish_answer() {
  const bool keep_alive = exchange_->keep_alive && !server_->stopping;
  exchange_.reset();
  phase_ = Phase::idle;
  if (!keep_alive) return close_gently();
  set_deadline(server_->config.idle_timeout);
  if (!taking_in_) return resume_input();
  io_->post([self = shared_from_this()] { self->resume_input(); });
}

void Connection::resume_input() {
  if (phase_ != Phase::idle || taking_in_) return;
  if (!input_.empty()) use_input();
  if (wants_input()) await_input();
}

void Connection::close_gently() {
  transport_->say_goodbye();
  if (!linger_ && input_.empty()) return terminate();
  // Closing with unread input would reset the connection, and the peer might never see the answer.
  transport_ = plain_transport(socket_.native_handle());
  input_ = std::string();
  input_used_ = 0;
  phase_ = Phase::draining;
  set_deadline(refused_ ? kRefusedTime : std::min(kDrainTime, server_->config.body_timeout));
  wait(Socket::wait_read);
}

void Connection::note_progress(std::size_t bytes, milliseconds timeout) {
  progress_ += bytes;
  if (progress_ < kProgressBytes) return;
  progress_ = 0;
  set_deadline(timeout);
}

void Connection::time_is_up() {
  clear_deadline();
  switch (phase_) {
    case Phase::head:
      return refuse_request(408, "The request's headers did not arrive in time.", false);
    case Phase::body:
      return refuse_request(408, "The request's body did not arrive in time.", false);
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

void Connection::start_stream() {
  Exchange& exchange = *exchange_;
  serialise();
  const auto type = exchange.response.headers.find(std::string_view("Content-Type"));
  exchange.event_stream = type != exchange.response.headers.end() && type->second.starts_with("text/event-stream");
  if (exchange.head_request || !status_has_body(exchange.response.status)) {
    phase_ = Phase::writing;
    set_deadline(server_->config.write_timeout);
    return send();
  }
  exchange.stream =
      std::make_shared<StreamState>(server_->config.max_stream_buffer, [weak = weak_from_this(), io = io_] {
        io->post([weak] {
          if (const auto connection = weak.lock()) connection->pump_stream();
        });
      });
  phase_ = Phase::streaming;
  clear_deadline();
  ++server_->streams;
  const auto begin = std::move(exchange.response.stream);
  try {
    begin(exchange.stream->make_handle());
  } catch (const std::exception& error) {
    base::log_error("http", std::string("a stream cannot begin: ") + error.what());
    exchange.stream->cut();
  }
  load_stream(exchange.stream->take());
  pump_stream();
  if (phase_ == Phase::streaming) await_input();  // tells when the peer goes away
}

void Connection::pump_stream() {
  while (phase_ == Phase::streaming) {
    Exchange& exchange = *exchange_;
    if (!exchange.stream_writing) {
      auto pending = exchange.stream->take();
      if (pending.cut) return terminate();
      load_stream(std::move(pending));
      if (!exchange.stream_writing) return;
    }
    if (!write_stream()) return;
    if (!exchange.stream_finishing) continue;
    end_stream();
    finish_answer();
    return;
  }
}

void Connection::load_stream(StreamState::Pending pending) {
  Exchange& exchange = *exchange_;
  if (pending.bytes.empty() && !pending.finish && exchange.head.empty()) return;
  exchange.stream_bytes = pending.bytes.size();
  if (!pending.bytes.empty() && !exchange.http_1_0) exchange.head += chunk_prefix(pending.bytes.size());
  exchange.stream_offset = exchange.head.size();
  exchange.body = std::move(pending.bytes);
  if (!exchange.http_1_0) {
    if (exchange.stream_bytes > 0) exchange.body += "\r\n";
    if (pending.finish) exchange.body += kLastChunk;
  }
  exchange.sent = 0;
  exchange.stream_finishing = pending.finish;
  exchange.stream_writing = true;
  progress_ = 0;
  set_deadline(server_->config.write_timeout);
}

// True once everything that was loaded is sent.
bool Connection::write_stream() {
  Exchange& exchange = *exchange_;
  const auto stream = exchange.stream;
  const auto own_bytes = [&] {
    return std::min(std::max(exchange.sent, exchange.stream_offset) - exchange.stream_offset, exchange.stream_bytes);
  };
  const std::size_t before = own_bytes();
  const IoStatus status = write_some();
  const std::size_t sent = own_bytes() - before;
  if (status == IoStatus::ok) {
    exchange.stream_writing = false;
    exchange.head.clear();
    exchange.body = std::string();
    clear_deadline();
  }
  if (sent > 0) stream->sent(sent);
  if (status == IoStatus::want_read) wait(Socket::wait_read);
  if (status == IoStatus::want_write) wait(Socket::wait_write);
  if (status == IoStatus::failed || status == IoStatus::end) terminate();
  return status == IoStatus::ok;
}

void Connection::end_stream() {
  if (!exchange_->stream) return;
  const auto stream = std::move(exchange_->stream);
  --server_->streams;
  stream->end();
}

}  // namespace qd::http
