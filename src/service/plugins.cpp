#include "service/plugins.hpp"

#include <algorithm>

namespace qd::service {

namespace {

struct BuiltIn {
  const char *service, *name, *title, *description;
};

constexpr BuiltIn kBuiltIn[] = {
    {"FileCopier", "local", "Local", "Copies files on the server."},
    {"LogFilter", "highlight-output", "Highlight Output", "Colours what matches a pattern."},
    {"LogFilter", "json-mapper", "JSON Mapper", "Takes data from JSON output."},
    {"LogFilter", "key-value-data", "Key Value Data", "Takes data from lines that match a pattern."},
    {"LogFilter", "key-value-data-multilines", "Multi-Line Regex Data Capture", "Takes data from several lines."},
    {"LogFilter", "mask-passwords", "Mask Passwords", "Hides values of secure options."},
    {"LogFilter", "quiet-output", "Quiet Output", "Leaves out what matches a pattern, or what does not."},
    {"LogFilter", "render-datatype", "Render Formatted Data", "Marks the output's type for showing it."},
    {"NodeExecutor", "local", "Local", "Runs commands on the server."},
    {"NodeExecutor", "stub", "Stub", "Prints what it would run."},
    {"Notification", "HttpNotification", "HTTP Notification", "Sends an HTTP request."},
    {"Notification", "email", "Send Email", "Sends a mail to each recipient."},
    {"Notification", "url", "Send Webhook", "Posts the execution to URLs."},
    {"Orchestrator", "maxPercentage", "Max Percentage", "At most a part of the nodes at once."},
    {"Orchestrator", "orchestrator-highest-lowest-attribute", "Highest/Lowest attribute",
     "The node with the highest or lowest value of an attribute."},
    {"Orchestrator", "rankTiered", "Rank Tiered", "Nodes of one rank after those of another."},
    {"Orchestrator", "subset", "Random Subset", "Some of the nodes, by chance."},
    {"ResourceModelSource", "directory", "Directory", "The files of a folder."},
    {"ResourceModelSource", "file", "File", "A file, which may be written."},
    {"ResourceModelSource", "local", "Local", "The server itself."},
    {"ResourceModelSource", "script", "Script", "What a program prints."},
    {"ResourceModelSource", "stored", "Stored", "A document in the database."},
    {"ResourceModelSource", "stub", "Stub", "Made-up nodes, for trials."},
    {"ResourceModelSource", "url", "URL Source", "A document of the web."},
    {"WebhookEvent", "advanced-run-job", "Advanced Run Job", "Runs jobs as rules on what is posted say."},
    {"WebhookEvent", "datadog-run-job", "Datadog Run Job", "Runs jobs as rules on events of Datadog say."},
    {"WebhookEvent", "github-webhook", "GitHub Webhook", "Runs a job on events of GitHub."},
    {"WebhookEvent", "log-webhook-event", "Log Events", "Writes what is posted to the server's log."},
    {"WebhookEvent", "pagerduty-run-job", "PagerDuty: Generic V2 Webhook", "Runs jobs as rules on messages say."},
    {"WebhookEvent", "pagerduty-v3-run-job", "PagerDuty: Generic V3 Webhook", "Runs jobs as rules on events say."},
    {"WebhookEvent", "webhook-run-job", "Run Job", "Runs a job; what is posted must be JSON."},
    {"WorkflowNodeStep", "edu.ohio.ais.rundeck.HttpWorkflowNodeStepPlugin", "HTTP Request Node Step",
     "Sends an HTTP request for each node."},
    {"WorkflowNodeStep", "localexec", "Local Command", "Runs a command on the server for each node."},
    {"WorkflowNodeStep", "stub-data-node-step", "Data Node Step", "Gives data to later steps."},
    {"WorkflowStep", "edu.ohio.ais.rundeck.HttpWorkflowStepPlugin", "HTTP Request Step", "Sends an HTTP request."},
    {"WorkflowStep", "export-var", "Global Variable", "Makes a variable for all nodes."},
    {"WorkflowStep", "flow-control", "Flow Control", "Ends the workflow."},
    {"WorkflowStep", "job-state-conditional", "Job State Conditional", "Looks at how another job stands."},
    {"WorkflowStep", "log-data-step", "Log Data", "Prints the data of the workflow."},
    {"WorkflowStep", "source-refresh-plugin", "Refresh Project Nodes", "Reads the sources of nodes again."},
    {"WorkflowStep", "stub-data-step", "Data Step", "Gives data to later steps."},
    {"WorkflowStrategy", "node-first", "Node First", "All steps on a node, then the next node."},
    {"WorkflowStrategy", "parallel", "Parallel", "All steps at once."},
    {"WorkflowStrategy", "ruleset", "Ruleset", "As rules say."},
    {"WorkflowStrategy", "sequential", "Sequential", "Each step on all nodes, then the next step."},
};

PluginView view_of(const BuiltIn& one) {
  return {one.service, one.name, one.title, one.description, "quarterdeck", "", "Quarterdeck", true, nullptr};
}

PluginView view_of(const plugin::InstalledPtr& one) {
  const auto& provider = one->provider;
  return {provider.service,     provider.name, provider.title,
          provider.description, one->artifact, one->version,
          one->author,          false,         one};
}

}  // namespace

std::vector<PluginView> Plugins::list() {
  registry_.refresh();
  std::vector<PluginView> all;
  for (const auto& one : kBuiltIn) all.push_back(view_of(one));
  for (const auto& one : registry_.list()) all.push_back(view_of(one));
  std::stable_sort(all.begin(), all.end(), [](const PluginView& a, const PluginView& b) {
    return a.service != b.service ? a.service < b.service : a.name < b.name;
  });
  return all;
}

Result<PluginView> Plugins::find(const std::string& service, const std::string& name) {
  for (auto& one : list()) {
    if (one.service == service && one.name == name) return std::move(one);
  }
  return fail(ErrorKind::not_found, "There is no " + service + " plugin '" + name + "' on this server",
              "api.error.item.doesnotexist");
}

}  // namespace qd::service
