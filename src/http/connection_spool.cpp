// The part of a connection that receives bodies too large for memory: whoever may not send one is refused before it is
// read; then it is read block by block, and nothing is read while a block is written.
#include <exception>

#include "base/logging.hpp"
#include "http/connection.hpp"

namespace qd::http {

void Connection::begin_spool() {
  Exchange& exchange = *exchange_;
  exchange.body_limit = server_->config.spool.max_bytes;
  if (exchange.body_length > exchange.body_limit) {
    return refuse_request(413, "The request body is larger than " + std::to_string(exchange.body_limit) + " bytes.",
                          false);
  }
  auto place = std::make_unique<SpoolPlace>(*server_);
  if (!place->held()) return refuse_request(503, "Too many large uploads are being received; try again later.", false);
  exchange.spool_place = std::move(place);
  phase_ = Phase::admitting;
  clear_deadline();
  if (!server_->pool.try_post([self = shared_from_this()] { self->admit_on_pool(); }))
    refuse_request(503, "The server is busy; try again later.", false);
}

// Either there is a file to write to then, or an answer.
void Connection::admit_on_pool() noexcept {
  Exchange& exchange = *exchange_;
  const auto& rules = server_->config.spool;
  try {
    auto refusal = rules.refusal ? rules.refusal(exchange.request) : std::nullopt;
    if (refusal) {
      exchange.response = std::move(*refusal);
    } else {
      auto file = BodyFile::create(rules.folder);
      if (file) {
        exchange.body_file = std::move(*file);
      } else {
        base::log_error("http", "request " + exchange.request.id + ": " + file.error().message);
        exchange.response = server_->error_page(503, "The upload cannot be kept; try again later.", exchange.request);
      }
    }
  } catch (const std::exception& error) {
    base::log_error("http", "request " + exchange.request.id + ": " + error.what());
    exchange.response = server_->error_page(500, "Internal error.", exchange.request);
  }
  io_->post([self = shared_from_this()] { self->admitted(); });
}

void Connection::admitted() {
  if (phase_ != Phase::admitting) return;
  if (exchange_->body_file) {
    begin_body();
    if (phase_ != Phase::body) return;
    if (!input_.empty()) use_input();
    if (may_read()) await_input();
    return;
  }
  exchange_->keep_alive = false;  // the body was not read
  linger_ = true;
  serialise();
  phase_ = Phase::writing;
  set_deadline(server_->config.write_timeout);
  send();
}

void Connection::spool() {
  exchange_->spooled += exchange_->request.body.size();
  phase_ = Phase::spooling;
  clear_deadline();
  // It was admitted: it goes on whatever the queue's length.
  server_->pool.post([self = shared_from_this()] { self->spool_on_pool(); });
}

void Connection::spool_on_pool() noexcept {
  Exchange& exchange = *exchange_;
  if (const auto written = exchange.body_file->append(exchange.request.body); !written) {
    base::log_error("http", "request " + exchange.request.id + ": " + written.error().message);
    exchange.body_file.reset();
  }
  exchange.request.body.clear();
  io_->post([self = shared_from_this()] { self->spooled(); });
}

void Connection::spooled() {
  if (phase_ != Phase::spooling) return;
  if (!exchange_->body_file) return refuse_request(503, "The upload cannot be kept; try again later.", false);
  if (exchange_->body_complete) {
    exchange_->request.body = std::string();
    return dispatch();
  }
  phase_ = Phase::body;
  set_deadline(server_->config.body_timeout);
  if (!input_.empty()) use_input();
  if (may_read()) await_input();
}

}  // namespace qd::http
