// The live stream of an execution's output and state.
#include "api/answers.hpp"
#include "api/follower.hpp"
#include "api/route.hpp"
#include "base/text.hpp"
#include "service/errors.hpp"

namespace qd::api {
namespace {

// Where to start: the browser's Last-Event-ID after a cut connection, or `offset`, or the last lines.
Result<FollowRequest> follow_request(const Call& call, model::ExecutionId execution) {
  FollowRequest follow;
  follow.execution = execution;
  follow.read.node = call.query("node").value_or("");
  follow.read.stepctx = call.query("step").value_or("");
  follow.read.with_state = call.truth("stateEvents");
  follow.with_states = call.query("states").value_or("true") != "false";
  if (call.query("stateSince")) {
    const auto since = call.number("stateSince", 0);
    if (!since) return fail(since.error());
    follow.state_since = static_cast<UnixMillis>(*since);
  }
  const auto offset = call.number("offset", 0);
  if (!offset) return fail(offset.error());
  follow.read.offset = static_cast<std::int64_t>(*offset);
  if (const auto last = call.request.header("Last-Event-ID")) {
    const auto number = base::parse_int(*last);
    if (!number || *number < 0)
      return service::bad_parameter("Last-Event-ID", *last, "it must be the id of an event of this stream");
    follow.read.offset = *number;
  }
  const auto last_lines = call.number("lastlines", 0);
  if (!last_lines) return fail(last_lines.error());
  if (*last_lines > 0) follow.read.last_lines = static_cast<std::int64_t>(*last_lines);
  return follow;
}

http::Response events(Call& call) {
  const auto execution = call.services.executions.find(call.who, call.param("id"));
  if (!execution) return error_answer(execution.error());
  auto follow = follow_request(call, execution->id);
  if (!follow) return error_answer(follow.error());
  Services& services = call.services;
  return http::event_stream_response([&services, request = std::move(*follow)](http::EventStream stream) {
    std::make_shared<Follower>(services, std::move(stream), request)->start();
  });
}

}  // namespace

const std::vector<Route>& event_routes() {
  static const std::vector<Route> kRoutes{{"GET", "execution/{id}/events", 14, {"execution", "read"}, events}};
  return kRoutes;
}

}  // namespace qd::api
