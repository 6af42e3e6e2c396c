// The steps of workflows that are built in; engine/ runs them.
#include "plugin/describe.hpp"

namespace qd::plugin {
namespace {

const Labels kMethods{{"GET", "GET"},       {"POST", "POST"}, {"PUT", "PUT"},        {"PATCH", "PATCH"},
                      {"DELETE", "DELETE"}, {"HEAD", "HEAD"}, {"OPTIONS", "OPTIONS"}};

Description http_request(const char* service, const char* name, const char* title, const char* description) {
  Description step(service, name, title, description);
  step.text("remoteUrl", "URL", "http:// or https://").needed();
  step.choice("method", "Method", kMethods).standard("GET").needed();
  step.lines("headers", "Headers", "JSON or YAML: Content-Type: application/json");
  step.lines("body", "Body");
  step.choice("authentication", "Authentication",
              {{"None", "None"}, {"Basic", "Name and password"}, {"OAuth 2.0", "OAuth 2.0, client credentials"}});
  step.text("username", "User name or client id");
  step.key("password", "Password or client secret", "password", "A path in the key storage");
  step.text("oauthTokenEndpoint", "Address of tokens", "Of OAuth 2.0");
  step.number("timeout", "Time limit", "In milliseconds").standard("30000");
  step.flag("sslVerify", "Check the server's certificate", "", true);
  step.flag("checkResponseCode", "Only one status is a success");
  step.text("responseCode", "That status", "200");
  step.flag("printResponseCode", "Print the status");
  step.flag("printResponse", "Print the answer");
  step.flag("printResponseToFile", "Write the answer to a file");
  step.text("file", "That file", "Its path on the server");
  return step;
}

const Labels kDataFormats{{"properties", "Properties"}, {"json", "JSON"}, {"yaml", "YAML"}};

Description data_step(const char* service, const char* name, const char* title) {
  Description step(service, name, title, "Gives data to later steps: ${stub.NAME}.");
  step.choice("format", "Format", kDataFormats).standard("properties");
  step.lines("data", "Data", "NAME=value on each line, or a JSON or YAML object").needed();
  return step;
}

Description job_state() {
  Description step(service::workflow_step, "job-state-conditional", "Job State Conditional",
                   "Looks at how another job stands, and can end the workflow.");
  step.text("jobName", "Job", "group/name; or its uuid below");
  step.text("jobUUID", "Uuid of the job");
  step.text("jobProject", "Project of the job", "Empty: this one");
  step.choice("condition", "Condition", {{"Equals", "It is"}, {"Not Equals", "It is not"}}).standard("Equals");
  step.choice("running", "It runs now", {{"true", "Yes"}, {"false", "No"}});
  step.text("executionState", "Its last outcome", "succeeded, failed, aborted, timedout, never, or a word of your own");
  step.flag("halt", "End the workflow when the condition does not hold");
  step.flag("fail", "End it as failed");
  step.text("status", "Or with this status");
  return step;
}

}  // namespace

std::vector<Provider> built_in_steps() {
  std::vector<Provider> all{
      http_request(service::node_step, "edu.ohio.ais.rundeck.HttpWorkflowNodeStepPlugin", "HTTP Request Node Step",
                   "Sends an HTTP request for each node."),
      http_request(service::workflow_step, "edu.ohio.ais.rundeck.HttpWorkflowStepPlugin", "HTTP Request Step",
                   "Sends an HTTP request."),
      data_step(service::node_step, "stub-data-node-step", "Data Node Step"),
      data_step(service::workflow_step, "stub-data-step", "Data Step"),
      job_state(),
      Description(service::node_step, "localexec", "Local Command", "Runs a command on the server for each node.")
          .text("command", "Command", "${node.hostname} and the like are filled in")
          .needed(),
      Description(service::workflow_step, "flow-control", "Flow Control", "Ends the workflow.")
          .flag("halt", "End the workflow here")
          .flag("fail", "End it as failed")
          .text("status", "Or with this status", "A word of your own"),
      Description(service::workflow_step, "log-data-step", "Log Data", "Prints the data of the workflow.")
          .flag("debugOnly", "Only when the job runs with debug output"),
      Description(service::workflow_step, "source-refresh-plugin", "Refresh Project Nodes",
                  "Reads the sources of nodes again.")
          .number("sleep", "Wait before", "Seconds, up to 3600"),
  };
  all.push_back(Description(service::node_step, "copyfile", "Copy File", "Copies files from the server to each node.")
                    .text("sourcePath", "File or folder on the server")
                    .needed()
                    .text("destinationPath", "Where to on the node", "Ending with / it is a folder")
                    .needed()
                    .text("pattern", "Which files of the folder", "**/*.sh; empty: all")
                    .flag("recursive", "Folders in it, too")
                    .flag("echo", "Print what is copied", "", true));
  all.push_back(Description(service::workflow_step, "export-var", "Global Variable", "Makes a variable for all nodes.")
                    .text("value", "Value", "${data.NAME*} joins the values of all nodes")
                    .needed()
                    .text("group", "Group")
                    .standard("export")
                    .needed()
                    .text("export", "Name", "Later steps have it as ${GROUP.NAME}")
                    .needed());
  return all;
}

}  // namespace qd::plugin
