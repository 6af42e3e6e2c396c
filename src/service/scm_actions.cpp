#include "service/scm_actions.hpp"

namespace qd::service {
namespace {

plugin::Property field(const char* name, const char* type, const char* title, std::string description) {
  plugin::Property property;
  property.name = name;
  property.type = type;
  property.title = title;
  property.description = std::move(description);
  return property;
}

plugin::Property needed(plugin::Property property) {
  property.required = true;
  return property;
}

// Text that is shown, and not entered.
plugin::Property shown(const char* title, std::string text) {
  auto property = field("status", "String", title, "");
  property.rendering["displayType"] = "STATIC_TEXT";
  property.rendering["staticTextContentType"] = "text/x-markdown";
  property.fallback = std::move(text);
  return property;
}

plugin::Property message_field(const char* title, std::string description, bool required) {
  auto property = field("message", "String", title, std::move(description));
  property.rendering["displayType"] = "MULTI_LINE";
  property.required = required;
  return property;
}

plugin::Property choice(const char* name, const char* title, std::string description, std::vector<std::string> values) {
  auto property = needed(field(name, "Select", title, std::move(description)));
  property.fallback = values.front();
  property.values = std::move(values);
  return property;
}

std::vector<plugin::Property> commit_fields(const ScmFormFacts& facts) {
  auto push = field("push", "Boolean", "Push Remotely?", "Send the commit to the remote repository");
  push.fallback = "true";
  return {message_field("Commit Message", "What changed. The commit goes to the branch `" + facts.branch + "`.", true),
          field("tagName", "String", "Tag", "A new tag on the commit; it is pushed with the branch"), std::move(push)};
}

std::vector<plugin::Property> push_fields(const ScmFormFacts& facts) {
  return {shown("Export Status", facts.status + "\n\nPushing to remote branch: `" + facts.branch + "`"),
          field("tagName", "String", "Tag", "A tag that is pushed with the branch; it is made when there is none"),
          field("message", "String", "Tag Message", "Of a new tag")};
}

std::vector<plugin::Property> pull_fields(const ScmFormFacts& facts) {
  std::vector<plugin::Property> fields{
      shown("Git Status", facts.status + "\n\nPulling from remote branch: `" + facts.branch + "`")};
  if (facts.tracking.ahead == 0 || facts.tracking.behind == 0) return fields;
  fields.push_back(choice("refresh", "Synch Method",
                          "`merge` joins both sides in a new commit; `rebase` puts the local commits on top of the "
                          "remote ones",
                          {"merge", "rebase"}));
  fields.push_back(choice("resolution", "Conflict Resolution Strategy",
                          "What a merge takes: `ours`, everything as it is here; `theirs`, everything as it is there; "
                          "`recursive`, the changes of both, as long as they are not in the same lines",
                          {"ours", "theirs", "recursive"}));
  return fields;
}

ScmActionForm form(const std::string& id, const char* title, const char* description,
                   std::vector<plugin::Property> fields) {
  return {id, title, description, std::move(fields), {}, {}};
}

std::vector<plugin::Property> fetch_fields(const ScmFormFacts& facts) {
  return {shown("Git Status", "Fetching from remote branch: `" + facts.branch + "`")};
}

std::optional<ScmActionForm> export_form(const std::string& action, const ScmFormFacts& facts) {
  using namespace scm_action;
  if (action == kJobCommit || action == kCommit)
    return form(action, "Commit Changes to Git", "Commit changes to local git repo.", commit_fields(facts));
  if (action == kPush)
    return form(action, "Push to Remote", "Push committed changes to the remote branch.", push_fields(facts));
  if (action == kSynch)
    return form(action, "Synch with Remote", "Synch incoming changes from Remote", pull_fields(facts));
  if (action == kFetch)
    return form(action, "Fetch Remote Changes", "Fetch changes from Remote for local comparison", fetch_fields(facts));
  if (action == kTag)
    return form(action, "Create Tag", "Tag commit",
                {message_field("Message", "Of the tag", true),
                 needed(field("tagName", "String", "Tag", "Of the newest local commit"))});
  return std::nullopt;
}

std::optional<ScmActionForm> import_form(const std::string& action, const ScmFormFacts& facts) {
  using namespace scm_action;
  if (action == kTrack)
    return form(action, "Setup Tracking",
                "Choose the files that jobs are imported from. Files that come later are not among them.", {});
  if (action == kImport || action == kImportAll)
    return form(action, "Import Remote Changes", "Import the modifications", {});
  if (action == kPull)
    return form(action, "Pull Remote Changes", "Synch incoming changes from Remote", pull_fields(facts));
  if (action == kRemoteFetch)
    return form(action, "Fetch Remote Changes", "Fetch changes from Remote for local comparison", fetch_fields(facts));
  return std::nullopt;
}

}  // namespace

std::optional<ScmActionForm> scm_action_form(Integration integration, const std::string& action,
                                             const ScmFormFacts& facts) {
  return integration == Integration::exporting ? export_form(action, facts) : import_form(action, facts);
}

}  // namespace qd::service
