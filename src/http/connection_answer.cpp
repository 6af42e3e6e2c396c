// The half of a connection that answers: handing over to the pool, sending, streaming.
#include <algorithm>
#include <array>
#include <exception>

#include "base/logging.hpp"
#include "base/text.hpp"
#include "http/compression.hpp"
#include "http/connection.hpp"
#include "http/form.hpp"
#include "http/response_head.hpp"

namespace qd::http {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds kDrainTime{30'000};  // reading on after a refusal, so that the peer sees it
constexpr milliseconds kRefusedTime{1'000};
constexpr std::size_t kSmallBody = 4096;  // sent in one piece with its head
constexpr std::size_t kMostViews = 16;    // pieces of memory that one call sends

constexpr std::string_view kChunkAndAnswerEnd = "\r\n0\r\n\r\n";
static_assert(kChunkAndAnswerEnd.ends_with(kLastChunk));

std::string_view chunk_end(bool has_chunk, bool last) {
  if (!last) return has_chunk ? kChunkAndAnswerEnd.substr(0, 2) : std::string_view();
  return has_chunk ? kChunkAndAnswerEnd : kChunkAndAnswerEnd.substr(2);
}

}  // namespace

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
    if (exchange_->body_file) {
      response = server_->config.spool.handler(request, exchange_->body_file);
    } else {
      const auto form = read_form(request);
      response =
          form ? server_->handler(request) : server_->error_page(form.error().status, form.error().message, request);
    }
    if (server_->config.compress) compress(request, response);
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
  exchange_->body_file.reset();
  exchange_->spool_place.reset();
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

// The beginning of what an exchange has still to send.
std::span<const std::string_view> Connection::unsent(const Exchange& exchange, std::span<std::string_view> room) {
  std::size_t count = 0;
  std::size_t skip = exchange.sent;
  const auto add = [&](std::string_view bytes) {
    if (skip < bytes.size() && count < room.size()) room[count++] = bytes.substr(skip);
    skip -= std::min(skip, bytes.size());
  };
  add(exchange.head);
  add(exchange.body);
  for (const auto& piece : exchange.pieces) add(*piece);
  add(exchange.tail);
  return room.first(count);
}

IoStatus Connection::write_some() {
  Exchange& exchange = *exchange_;
  std::array<std::string_view, kMostViews> room;
  while (true) {
    const auto views = unsent(exchange, room);
    if (views.empty()) break;
    const IoResult written = transport_->write(views);
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
  exchange.stream = std::make_shared<StreamState>(server_->config.max_stream_buffer,
                                                  [weak = weak_from_this(), io = io_] { io->wake(weak); });
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
    if (exchange.stream->is_cut()) return terminate();  // also while a write waits for a slow reader
    if (!exchange.stream_writing) load_stream(exchange.stream->take());
    if (!exchange.stream_writing) return;
    if (!write_stream()) return;
    if (!exchange.stream_finishing) continue;
    end_stream();
    finish_answer();
    return;
  }
}

void Connection::load_stream(StreamState::Pending pending) {
  Exchange& exchange = *exchange_;
  if (pending.bytes == 0 && !pending.finish && exchange.head.empty()) return;
  exchange.stream_bytes = pending.bytes;
  if (pending.bytes > 0 && !exchange.http_1_0) exchange.head += chunk_prefix(pending.bytes);
  exchange.stream_offset = exchange.head.size();
  exchange.pieces = std::move(pending.pieces);
  exchange.tail = exchange.http_1_0 ? std::string_view() : chunk_end(pending.bytes > 0, pending.finish);
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
    exchange.pieces.clear();
    exchange.tail = {};
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
