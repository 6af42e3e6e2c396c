#include "api/feed.hpp"

#include <algorithm>
#include <utility>

#include "api/follower.hpp"
#include "api/output_json.hpp"
#include "http/event_stream.hpp"

namespace qd::api {
namespace {

constexpr std::size_t kFew = 20;      // watchers that are told of each piece of news at once
constexpr Millis kLongestDelay{800};  // so that a line is seen within a second of its being printed
constexpr Millis kLookElsewhere{400};
constexpr UnixMillis kStale = 2'000;
constexpr std::size_t kMostPages = 32;
constexpr std::size_t kMostStates = 8;
constexpr UnixMillis kStateShare = 20;  // while output comes, reading the state takes at most this part of the time

// More watchers, fewer and larger pieces: two milliseconds for each.
Millis delay_for(std::size_t watchers) {
  if (watchers <= kFew) return Millis{0};
  return std::min(Millis{2 * static_cast<std::int64_t>(watchers)}, kLongestDelay);
}

}  // namespace

Feed::PageKey Feed::key_of(const log::ReadRequest& request) {
  return {request.offset,  request.index_place, request.last_lines.value_or(-1), request.with_state, request.finished,
          request.stepctx, request.node};
}

void Feed::start() {
  subscription_ = services_.output.follow(execution_, [weak = weak_from_this()](const log::HubEvent& event) {
    if (const auto self = weak.lock()) self->news(event.kind);
  });
}

void Feed::add(const std::shared_ptr<Follower>& follower) {
  const std::lock_guard lock(mutex_);
  std::erase_if(followers_, [](const auto& one) { return one.expired(); });
  followers_.push_back(follower);
}

void Feed::news(log::HubEvent::Kind kind) {
  Millis delay{0};
  {
    const std::lock_guard lock(mutex_);
    ++generation_;
    state_told_ = state_told_ || kind != log::HubEvent::Kind::output;
    if (wake_planned_) return;
    wake_planned_ = true;
    delay = delay_for(followers_.size());
  }
  const auto wake = [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->services_.workers.post([self] { self->wake_all(); });
  };
  if (delay.count() == 0) return wake();
  services_.loop.after(delay, wake);
}

void Feed::look_again_soon() {
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(look_planned_, true)) return;
  }
  services_.loop.after(kLookElsewhere, [weak = weak_from_this()] {
    const auto self = weak.lock();
    if (!self) return;
    {
      const std::lock_guard lock(self->mutex_);
      self->look_planned_ = false;
    }
    self->news(log::HubEvent::Kind::state);
  });
}

void Feed::wake_all() {
  std::vector<std::weak_ptr<Follower>> followers;
  {
    const std::lock_guard lock(mutex_);
    wake_planned_ = false;
    followers = followers_;
  }
  for (const auto& one : followers) {
    if (const auto follower = one.lock()) follower->wake_here();
  }
}

void Feed::forget_if_old() {
  std::uint64_t now = 0;
  bool told = false;
  {
    const std::lock_guard lock(mutex_);
    now = generation_;
    told = std::exchange(state_told_, false);
  }
  const auto time = services_.clock.now();
  const bool stale = std::abs(time - known_since_) >= kStale;
  if (moment_ && known_generation_ == now && !stale) return;
  known_generation_ = now;
  known_since_ = time;
  moment_.reset();
  pages_.clear();
  forget_states(told || stale);
}

void Feed::forget_states(bool told) {
  if (!told && services_.clock.now() - states_read_ < kStateShare * states_took_) return;
  states_.clear();
  states_as_of_.reset();
}

std::shared_ptr<const FeedMoment> Feed::moment() {
  const std::lock_guard lock(reading_);
  forget_if_old();
  if (moment_) return moment_;
  auto made = std::make_shared<FeedMoment>();
  made->execution = services_.executions.current(execution_);
  if (made->execution) {
    made->view = services_.output.view(*made->execution);
    made->settled = service::Output::settled(made->view, *made->execution);
    // It is told as ended before the news of it: a state from before would be the last that watchers get.
    if (model::is_final(made->execution->status)) forget_states(true);
    const bool elsewhere = made->execution->server_uuid != services_.system.member().server_uuid;
    if (elsewhere && !made->settled) look_again_soon();
  }
  moment_ = made;
  return made;
}

std::shared_ptr<const FeedPage> Feed::page(const FeedMoment& moment, const log::ReadRequest& request) {
  const std::lock_guard lock(reading_);
  auto key = key_of(request);
  // Pages of a moment that has passed are no use to others.
  const bool shared = moment_.get() == &moment;
  if (shared) {
    const auto known = pages_.find(key);
    if (known != pages_.end()) return known->second;
  }
  auto made = std::make_shared<FeedPage>();
  auto read = service::Output::read(moment.view, request);
  if (!read) {
    made->problem = read.error().message;
    return made;
  }
  made->next_offset = read->next_offset;
  made->index_place = read->index_place;
  made->exists = read->exists;
  made->more = read->more;
  if (!read->events.empty()) {
    EntryList entries({.with_state = request.with_state, .with_metadata = true});
    for (const log::ReadEvent& event : read->events) entries.add(event.event);
    made->event = std::make_shared<const std::string>(
        http::format_event({std::to_string(made->next_offset), "output", std::move(entries).finish()}));
  }
  if (shared && pages_.size() < kMostPages) pages_.emplace(std::move(key), made);
  return made;
}

std::shared_ptr<const FeedState> Feed::state(std::optional<UnixMillis> since) {
  const std::lock_guard lock(reading_);
  if (const auto known = states_.find(since); known != states_.end()) return known->second;
  states_read_ = services_.clock.now();
  auto made = std::make_shared<const FeedState>(read_state(since));
  states_took_ = services_.clock.now() - states_read_;
  if (states_.size() < kMostStates) states_[since] = made;
  return made;
}

FeedState Feed::read_state(std::optional<UnixMillis> since) {
  const auto event = [](const JsonObject& document) -> http::SharedBytes {
    if (document.empty()) return nullptr;
    return std::make_shared<const std::string>(http::format_event({"", "state", boost::json::serialize(document)}));
  };
  if (!since) return {event(services_.executions.state_of(execution_)), std::nullopt};
  const auto news = services_.executions.state_since(execution_, *since);
  if (!news) return {nullptr, since};
  if (!news->as_of) return {event(news->document), std::nullopt};
  // An earlier time only tells something twice.
  if (!states_as_of_) states_as_of_ = news->as_of;
  return {event(news->document), std::min(*states_as_of_, *news->as_of)};
}

std::shared_ptr<Feed> Feeds::of(model::ExecutionId execution) {
  const std::lock_guard lock(mutex_);
  std::erase_if(feeds_, [](const auto& entry) { return entry.second.expired(); });
  auto& known = feeds_[execution];
  if (auto feed = known.lock()) return feed;
  auto made = std::make_shared<Feed>(services_, execution);
  made->start();
  known = made;
  return made;
}

}  // namespace qd::api
