#include "codec/state_codec.hpp"

#include <algorithm>
#include <set>

#include "base/clock.hpp"

namespace qd::codec {

namespace {

using model::RunState;
using model::StepState;
using model::WorkflowState;
using model::WorkflowStepState;

// Times of many nodes are often the same second.
class Dates {
 public:
  Json date(const std::optional<UnixMillis>& time) {
    if (!time) return nullptr;
    if (*time / 1000 != second_) {
      second_ = *time / 1000;
      text_ = iso8601(*time);
    }
    return Json(text_);
  }

 private:
  UnixMillis second_ = -1;
  std::string text_;
};

// What is gathered over all workflows while they are written.
struct StateSummary {
  bool brief = false;  // without what the rest says, or what is null
  Dates dates;
  JsonObject nodes;  // by node: [{stepctx, executionState}]
  JsonArray all_nodes;
  std::set<std::string> known;

  void add_nodes(const std::vector<std::string>& names) {
    for (const auto& name : names) {
      if (known.insert(name).second) all_nodes.emplace_back(name);
    }
  }
  void add_step(const std::string& node, const std::string& context, RunState state) {
    if (brief) return;
    auto& list = nodes[node];
    if (!list.is_array()) list = JsonArray();
    list.as_array().push_back(JsonObject{{"stepctx", context}, {"executionState", model::to_text(state)}});
  }
};

Json name_list(const std::vector<std::string>& values) {
  return JsonArray(values.begin(), values.end());
}

bool completed(RunState state) {
  return state != RunState::waiting && state != RunState::running && state != RunState::running_handler;
}

std::int64_t duration_of(const StepState& state) {
  const auto end = state.ended ? state.ended : state.updated;
  return state.started && end ? *end - *state.started : -1;
}

void put_times(JsonObject& object, const StepState& state, StateSummary& summary) {
  if (!summary.brief || state.started) object["startTime"] = summary.dates.date(state.started);
  if (!summary.brief) object["updateTime"] = summary.dates.date(state.updated);
  if (!summary.brief || state.ended) object["endTime"] = summary.dates.date(state.ended);
}

void put_state(JsonObject& object, const StepState& state, StateSummary& summary) {
  object["executionState"] = model::to_text(state.state);
  put_times(object, state, summary);
  object["duration"] = duration_of(state);
  if (!state.error_message.empty()) object["errorMessage"] = state.error_message;
  if (!state.failure_reason.empty()) object["meta"] = JsonObject{{"failureReason", state.failure_reason}};
}

JsonObject workflow_object(const WorkflowState& state, const std::string& prefix, StateSummary& summary);

JsonObject parameter_states(const WorkflowStepState& step, const std::string& prefix, StateSummary& summary) {
  JsonObject states;
  for (const auto& [node, workflow] : step.node_workflows) {
    const auto parameter = "node=" + node;
    const auto id = step.context + "@" + parameter;
    JsonObject object{{"id", id}, {"stepctx", prefix + id}, {"nodeStep", step.node_step}, {"hasSubworkflow", true}};
    object["parameters"] = JsonObject{{"node", node}};
    object["workflow"] = workflow_object(*workflow, prefix + id + "/", summary);
    const auto own = step.nodes.find(node);
    put_state(object, own != step.nodes.end() ? own->second : workflow->overall, summary);
    states[parameter] = std::move(object);
  }
  return states;
}

JsonObject step_object(const WorkflowStepState& step, const std::string& prefix, StateSummary& summary) {
  const auto context = prefix + step.context;
  JsonObject object{{"id", step.context}, {"stepctx", context}, {"nodeStep", step.node_step}};
  put_state(object, step.overall, summary);
  if (!step.nodes.empty()) {
    JsonObject states;
    JsonArray names;
    for (const auto& [node, state] : step.nodes) {
      put_state(states[node].emplace_object(), state, summary);
      if (!summary.brief) names.emplace_back(node);
      summary.add_step(node, context, state.state);
    }
    if (!summary.brief) object["stepTargetNodes"] = std::move(names);
    object["nodeStates"] = std::move(states);
  }
  object["hasSubworkflow"] = step.workflow != nullptr;
  if (step.workflow) object["workflow"] = workflow_object(*step.workflow, context + "/", summary);
  if (!step.node_workflows.empty()) object["parameterStates"] = parameter_states(step, prefix, summary);
  return object;
}

JsonObject workflow_object(const WorkflowState& state, const std::string& prefix, StateSummary& summary) {
  summary.add_nodes(state.nodes);
  JsonObject object;
  object["executionState"] = model::to_text(state.overall.state);
  object["completed"] = completed(state.overall.state);
  put_times(object, state.overall, summary);
  object["stepCount"] = state.steps.size();
  if (!summary.brief) object["targetNodes"] = name_list(state.nodes);
  if (!summary.brief || !state.nodes.empty()) object["allNodes"] = name_list(state.nodes);
  JsonArray steps;
  for (const auto& step : state.steps) steps.push_back(step_object(step, prefix, summary));
  object["steps"] = std::move(steps);
  return object;
}

}  // namespace

JsonObject state_to_json(const WorkflowState& state) {
  StateSummary summary;
  JsonObject object = workflow_object(state, "", summary);
  object["serverNode"] = state.server_node;
  object["allNodes"] = std::move(summary.all_nodes);
  object["nodes"] = std::move(summary.nodes);
  return object;
}

JsonObject state_changes_to_json(const WorkflowState& changes, UnixMillis since, UnixMillis as_of) {
  StateSummary summary;
  summary.brief = true;
  JsonObject object = workflow_object(changes, "", summary);
  object["serverNode"] = changes.server_node;
  object["since"] = since;
  object["asOf"] = as_of;
  return object;
}

}  // namespace qd::codec
