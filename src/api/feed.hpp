// What all watchers of one execution share: they are woken together, and what one of them reads and encodes the others
// at the same place are given.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "api/services.hpp"
#include "http/message.hpp"
#include "log/reader.hpp"
#include "model/execution.hpp"

namespace qd::api {

class Follower;

// What is known of the execution since the last news. Immutable.
struct FeedMoment {
  std::optional<model::Execution> execution;  // nullopt: it was deleted
  service::LogView view;
  bool settled = false;  // see service::Output::settled
};

// A part of the output, encoded as event streams carry it: once, for all who get it.
struct FeedPage {
  http::SharedBytes event;  // null when there are no entries
  std::int64_t next_offset = 0, index_place = 0;
  bool exists = true, more = false;
  std::string problem;  // not empty: it could not be read
};

// The state, or what changed of it: an event with a document of "Execution State", encoded once as pages are.
struct FeedState {
  http::SharedBytes event;          // null: there is none, or nothing changed
  std::optional<UnixMillis> as_of;  // the next `since`; nullopt: `event` has a whole state
};

// Thread-safe; moment(), page() and state() block on files and the database: on a worker.
class Feed : public std::enable_shared_from_this<Feed> {
 public:
  Feed(Services& services, model::ExecutionId execution) : services_(services), execution_(execution) {}
  void start();
  void add(const std::shared_ptr<Follower>& follower);

  std::shared_ptr<const FeedMoment> moment();
  std::shared_ptr<const FeedPage> page(const FeedMoment& moment, const log::ReadRequest& request);
  // Without `since` the whole document; with it, what changed then or later (see service::Executions::state_since). A
  // large state is not read again at each line of output: see kStateShare.
  std::shared_ptr<const FeedState> state(std::optional<UnixMillis> since);

 private:
  // What of a request makes its page another one: offset, index place, last lines, state, finished, step, node.
  using PageKey = std::tuple<std::int64_t, std::int64_t, std::int64_t, bool, bool, std::string, std::string>;
  static PageKey key_of(const log::ReadRequest& request);

  void news(log::HubEvent::Kind kind);
  void wake_all();
  void look_again_soon();  // no hub tells of what runs on another member and is read from a shared folder
  void forget_if_old();    // these three with the lock of reading held
  void forget_states(bool told);
  FeedState read_state(std::optional<UnixMillis> since);

  Services& services_;
  const model::ExecutionId execution_;
  log::LogHub::Subscription subscription_;

  std::mutex mutex_;  // guards the next six
  std::vector<std::weak_ptr<Follower>> followers_;
  bool wake_planned_ = false, look_planned_ = false;
  std::uint64_t generation_ = 0;  // grows with each news
  bool state_told_ = false;       // the state is among what is new

  std::mutex reading_;  // guards all below; held while one of them is made, for which the others wait
  std::uint64_t known_generation_ = 0;
  UnixMillis known_since_ = 0;
  std::shared_ptr<const FeedMoment> moment_;
  std::map<std::optional<UnixMillis>, std::shared_ptr<const FeedState>> states_;  // by `since`
  std::optional<UnixMillis> states_as_of_;  // the same for all of them, so that watchers share the next ones, too
  UnixMillis states_read_ = 0, states_took_ = 0;
  std::map<PageKey, std::shared_ptr<const FeedPage>> pages_;
};

// The feeds of this server, each as long as somebody follows. Thread-safe.
class Feeds {
 public:
  explicit Feeds(Services& services) : services_(services) {}
  std::shared_ptr<Feed> of(model::ExecutionId execution);

 private:
  Services& services_;
  std::mutex mutex_;
  std::map<model::ExecutionId, std::weak_ptr<Feed>> feeds_;
};

}  // namespace qd::api
