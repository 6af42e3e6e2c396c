// What webhooks may do with an event; service/webhook_plugins does it.
#include "plugin/describe.hpp"

namespace qd::plugin {
namespace {

Description routing(const char* name, const char* title, const char* description) {
  return Description(service::webhook_event, name, title, description)
      .lines("rules", "Rules", "A list of rules as JSON; see the documentation of webhooks")
      .text("batchKey", "Batch key", "JSON path of a list whose items are events of their own")
      .text("eventIdKey", "Event id key", "JSON path of the event's id")
      .flag("returnProcessingInfo", "Answer with what became of the event");
}

}  // namespace

std::vector<Provider> built_in_webhooks() {
  return {
      Description(service::webhook_event, "webhook-run-job", "Run Job", "Runs a job; what is posted must be JSON.")
          .text("jobId", "Job", "Its id")
          .needed()
          .text("argString", "Options", "-name ${data.key} for each")
          .text("nodeFilter", "Node filter", "In place of the job's")
          .text("asUser", "Run as", "Another user; needs the right runAs"),
      Description(service::webhook_event, "log-webhook-event", "Log Events",
                  "Writes what is posted to the server's log."),
      routing("advanced-run-job", "Advanced Run Job", "Runs jobs as rules on what is posted say."),
      Description(service::webhook_event, "github-webhook", "GitHub Webhook",
                  "Runs a job on events of GitHub, checks their signature, answers pings.")
          .text("jobId", "Job", "Its id")
          .needed()
          .text("argString", "Options", "-name ${data.key} for each")
          .key("secret", "Secret of the signature", "password", "A path in the key storage"),
      routing("pagerduty-run-job", "PagerDuty: Generic V2 Webhook",
              "Runs jobs as rules on each message of PagerDuty say."),
      routing("pagerduty-v3-run-job", "PagerDuty: Generic V3 Webhook",
              "Runs jobs as rules on events of PagerDuty say, and checks their signature.")
          .key("secret", "Secret of the signature", "password", "A path in the key storage"),
      routing("datadog-run-job", "Datadog Run Job", "Runs jobs as rules on events of Datadog say."),
  };
}

}  // namespace qd::plugin
