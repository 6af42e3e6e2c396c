// Sends one watcher what an execution prints, as it prints it: server-sent events over a stream.
//
//   event: output   id: the offset to go on from   data: [entries as in "Execution Output"]
//   event: state    data: the document of "Execution State"; with `state_since` what changed of it (`since`, `asOf`)
//   event: end      data: {"status": "succeeded"}     nothing follows; `partial` and `message` when output was lost
//
// No thread belongs to a watcher: the feed of the execution says that there is news, a worker reads it, once for all
// watchers at the same place. A watcher that reads too slowly is not waited for: reading pauses until his stream has
// drained, and the run never notices.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>

#include "api/feed.hpp"
#include "api/services.hpp"
#include "http/event_stream.hpp"
#include "http/message.hpp"
#include "model/execution.hpp"

namespace qd::api {

struct FollowRequest {
  model::ExecutionId execution = 0;
  log::ReadRequest read;  // where to start, and the filters
  bool with_states = true;
  std::optional<UnixMillis> state_since = {};  // only what changed then or later; nullopt: the whole state each time
};

class Follower : public std::enable_shared_from_this<Follower> {
 public:
  Follower(Services& services, http::EventStream stream, FollowRequest request);
  void start();
  void wake_here();  // the same as wake(), on this worker

 private:
  void wake();       // there may be news: reads it on a worker, one at a time
  bool note_news();  // false: it is being read already
  void pump();       // on a worker
  // paused: come back when the stream has drained; unsettled: more will come
  enum class Sent { all, paused, unsettled };
  Sent send_output(const FeedMoment& moment);
  void go_on_when_drained();
  bool send(http::SharedBytes event);
  void send_state();
  void send_end(const std::string& status, const std::string& message);
  void schedule_heartbeat();

  Services& services_;
  http::EventStream events_;
  FollowRequest request_;
  std::shared_ptr<Feed> feed_;

  std::atomic<bool> quiet_ = true;  // nothing was sent since the last heartbeat

  std::mutex mutex_;  // guards the two below
  bool pumping_ = false;
  bool news_ = false;                            // arrived while pumping
  std::shared_ptr<const FeedState> last_state_;  // only touched while pumping, like the next
  std::string lost_;                             // why a part of the output is missing
};

}  // namespace qd::api
