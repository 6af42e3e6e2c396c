#include "api/follower.hpp"

#include <utility>

#include "base/logging.hpp"

namespace qd::api {
namespace {

constexpr std::size_t kPageBytes = 256 << 10;
constexpr std::size_t kPauseAbove = 512 << 10;  // bytes that wait in the stream
constexpr Millis kHeartbeat{15'000};

}  // namespace

Follower::Follower(Services& services, http::EventStream stream, FollowRequest request)
    : services_(services), events_(std::move(stream)), request_(std::move(request)) {
  request_.read.max_bytes = kPageBytes;
}

void Follower::start() {
  feed_ = services_.feeds->of(request_.execution);
  feed_->add(shared_from_this());
  // The stream keeps its follower alive, and only the stream does.
  events_.stream().on_close([self = shared_from_this()]() mutable { self.reset(); });
  schedule_heartbeat();
  wake();
}

void Follower::schedule_heartbeat() {
  services_.loop.after(kHeartbeat, [weak = weak_from_this()] {
    const auto self = weak.lock();
    if (!self || !self->events_.stream().open()) return;
    if (self->quiet_.exchange(true)) self->events_.heartbeat();
    self->wake();
    self->schedule_heartbeat();
  });
}

bool Follower::note_news() {
  const std::lock_guard lock(mutex_);
  news_ = true;
  return !std::exchange(pumping_, true);
}

void Follower::wake_here() {
  if (note_news()) pump();
}

void Follower::wake() {
  if (!note_news()) return;
  services_.workers.post([self = shared_from_this()] { self->pump(); });
}

void Follower::pump() {
  for (;;) {
    {
      const std::lock_guard lock(mutex_);
      if (!news_ || !events_.stream().open()) {
        pumping_ = false;
        return;
      }
      news_ = false;
    }
    try {
      const auto moment = feed_->moment();
      const auto& execution = moment->execution;
      if (!execution) {
        send_end("deleted", {});
        continue;
      }
      const Sent sent = send_output(*moment);
      if (sent == Sent::paused) return go_on_when_drained();
      if (request_.with_states) send_state();
      if (model::is_final(execution->status) && sent == Sent::all) send_end(execution->status, lost_);
    } catch (const std::exception& error) {
      base::log_warn("follow", "execution " + std::to_string(request_.execution) + ": " + error.what());
    }
  }
}

void Follower::go_on_when_drained() {
  {
    const std::lock_guard lock(mutex_);
    pumping_ = false;
  }
  // Not under the lock: a stream that has drained by now calls back at once, from here.
  events_.stream().on_drain([weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->wake();
  });
}

Follower::Sent Follower::send_output(const FeedMoment& moment) {
  const auto& view = moment.view;
  request_.read.finished = moment.settled;
  lost_ = view.state == service::LogView::State::partial ? view.message : std::string();
  for (;;) {
    if (events_.stream().buffered() > kPauseAbove) return Sent::paused;
    const auto page = feed_->page(moment, request_.read);
    if (!page->problem.empty()) {
      base::log_warn("follow", page->problem);
      return Sent::all;
    }
    if (!page->exists) return request_.read.finished ? Sent::all : Sent::unsettled;
    request_.read.last_lines.reset();
    const bool moved = page->next_offset != request_.read.offset;
    request_.read.offset = page->next_offset;
    request_.read.index_place = page->index_place;
    if (page->event && !send(page->event)) return Sent::all;
    if (!page->more || !moved) return request_.read.finished ? Sent::all : Sent::unsettled;
  }
}

bool Follower::send(http::SharedBytes event) {
  quiet_ = false;
  return events_.send(std::move(event));
}

void Follower::send_state() {
  auto state = feed_->state(request_.state_since);
  if (!state->event || state == last_state_ ||
      (last_state_ && last_state_->event && *state->event == *last_state_->event))
    return;
  send(state->event);
  if (state->as_of) request_.state_since = state->as_of;
  last_state_ = std::move(state);
}

void Follower::send_end(const std::string& status, const std::string& message) {
  JsonObject end{{"status", status}};
  if (!message.empty()) {
    end["partial"] = true;
    end["message"] = message;
  }
  events_.send({"", "end", boost::json::serialize(end)});
  events_.stream().close();
}

}  // namespace qd::api
