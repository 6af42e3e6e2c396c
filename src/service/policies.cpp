#include "service/policies.hpp"

#include <algorithm>

#include "base/logging.hpp"
#include "base/text.hpp"
#include "service/access.hpp"
#include "service/errors.hpp"

namespace qd::service {
namespace {

constexpr std::size_t kMaxPolicyName = 200;
constexpr std::size_t kMaxPolicyBytes = 1u << 20;
constexpr std::string_view kPolicySuffix = ".aclpolicy";

std::string what_it_is(const std::string& project) {
  return project.empty() ? "System ACL Policy File" : "Project ACL Policy File";
}

// As the API names it: "deploy.aclpolicy", with the project's name behind.
std::string shown(const std::string& project, const std::string& name) {
  return project.empty() ? name : name + " for project " + project;
}

Result<> check_name(const std::string& name) {
  const bool control = std::any_of(name.begin(), name.end(), [](unsigned char c) { return c < 0x20 || c == 0x7F; });
  const bool fits = name.size() > kPolicySuffix.size() && name.ends_with(kPolicySuffix);
  if (fits && !control && name.size() <= kMaxPolicyName && name.find('/') == std::string::npos) return {};
  return bad_parameter("path", name, "Must refer to a file ending in .aclpolicy");
}

}  // namespace

Result<> Policies::check(const auth::Identity& who, const std::string& project, const std::string& action) {
  if (project.empty()) return require(who, {"system_acl", action, ""}, "Rundeck System ACLs", "");
  if (!projects_.find(project)) return no_such_project(project);
  return require(who, {"project_acl", action, project}, "ACL for Project", project);
}

Result<std::vector<std::string>> Policies::list(const auth::Identity& who, const std::string& project) {
  if (auto right = check(who, project, "read"); !right) return fail(right.error());
  return store_.names(project);
}

Result<std::string> Policies::content(const auth::Identity& who, const std::string& project, const std::string& name) {
  if (auto right = check(who, project, "read"); !right) return fail(right.error());
  if (auto fine = check_name(name); !fine) return fail(fine.error());
  auto found = store_.find(project, name);
  if (!found) return no_such("resource", name);
  return std::move(found->content);
}

Result<std::vector<acl::PolicyFlaws>> Policies::save(const auth::Identity& who, const std::string& project,
                                                     const std::string& name, const std::string& content, bool create) {
  if (auto fine = check_name(name); !fine) return fail(fine.error());
  const bool exists = store_.find(project, name).has_value();
  if (create && exists) {
    return fail(ErrorKind::conflict, what_it_is(project) + " already exists: " + shown(project, name),
                "api.error.item.alreadyexists");
  }
  if (!create && !exists) return no_such(what_it_is(project), shown(project, name));
  if (content.empty()) return fail(ErrorKind::invalid, "No content");
  if (content.size() > kMaxPolicyBytes) {
    return fail(ErrorKind::too_large, name + " has " + std::to_string(content.size()) + " bytes; at most " +
                                          std::to_string(kMaxPolicyBytes) + " are kept. Split it.");
  }
  const auto parsed = acl::parse_policies(content, name, project);
  if (!parsed.valid()) return parsed.flaws;
  const store::AclText text{project, name, content, clock_.now(), who.user};
  const bool saved = create ? store_.create(text) : store_.update(text);
  if (!saved)
    return fail(ErrorKind::conflict, what_it_is(project) + " was made or removed by somebody else meanwhile: " +
                                         shown(project, name) + ". Look at it, and try again.");
  base::log_info("acl",
                 who.user + (create ? " created " : " changed ") + what_it_is(project) + " " + shown(project, name));
  audit_.record(who, {create ? audit::kCreate : audit::kUpdate,
                      project.empty() ? audit::kSystemAcl : audit::kProjectAcl, name, project});
  access_.look_now();
  return std::vector<acl::PolicyFlaws>{};
}

Result<std::vector<acl::PolicyFlaws>> Policies::create(const auth::Identity& who, const std::string& project,
                                                       const std::string& name, const std::string& content) {
  if (auto right = check(who, project, "create"); !right) return fail(right.error());
  return save(who, project, name, content, true);
}

Result<std::vector<acl::PolicyFlaws>> Policies::update(const auth::Identity& who, const std::string& project,
                                                       const std::string& name, const std::string& content) {
  if (auto right = check(who, project, "update"); !right) return fail(right.error());
  return save(who, project, name, content, false);
}

Result<> Policies::remove(const auth::Identity& who, const std::string& project, const std::string& name) {
  if (auto right = check(who, project, "delete"); !right) return right;
  if (auto fine = check_name(name); !fine) return fine;
  if (!store_.remove(project, name)) return no_such(what_it_is(project), shown(project, name));
  base::log_info("acl", who.user + " removed " + what_it_is(project) + " " + shown(project, name));
  audit_.record(who, {audit::kDelete, project.empty() ? audit::kSystemAcl : audit::kProjectAcl, name, project});
  access_.look_now();
  return {};
}

Result<std::vector<acl::PolicyFlaws>> Policies::validate(const auth::Identity& who, const DraftPolicy& draft) {
  if (auto right = check_reader(who, draft.project); !right) return fail(right.error());
  if (draft.content.empty()) return fail(ErrorKind::invalid, "No content");
  return acl::parse_policies(draft.content, draft.name, draft.project).flaws;
}

Result<> Policies::check_reader(const auth::Identity& who, const std::string& project) {
  if (allowed(who, {"system_acl", "read", ""})) return {};
  return check(who, project, "read");
}

// The answer without `access` yet; with flaws of the draft, or with the rights to ask.
Result<AccessAnswer> Policies::prepare(const auth::Identity& who, const AccessQuestion& question,
                                       const std::string& project) {
  AccessAnswer answer;
  answer.subject = question.subject.value_or(acl::Subject{who.user, who.roles, ""});
  if (question.subject || question.draft) {
    if (auto right = check_reader(who, project); !right) return fail(right.error());
  }
  // Whoever reads the policies of a project only may not try what another one's would do.
  if (question.draft && question.draft->project != project) {
    if (auto right = check_reader(who, question.draft->project); !right) return fail(right.error());
  }
  if (!question.draft) {
    answer.rights = access_.rights_of(answer.subject);
    return answer;
  }
  const DraftPolicy& draft = *question.draft;
  const auto parsed = acl::parse_policies(draft.content, draft.name, draft.project);
  answer.flaws = parsed.flaws;
  if (parsed.valid()) {
    answer.rights =
        std::make_shared<const acl::Rights>(access_.policies_with(draft.project, draft.name, parsed), answer.subject);
  }
  return answer;
}

Result<AccessAnswer> Policies::explain(const auth::Identity& who, const AccessQuestion& question) {
  auto answer = prepare(who, question, question.project);
  if (!answer || !answer->rights) return answer;
  for (const std::string& action : question.actions) {
    const auto verdict =
        answer->rights->decide(question.project, question.resource.type, question.resource.attributes, action);
    answer->access.push_back({question.project, question.resource, action, verdict});
  }
  return answer;
}

Result<GrantsAnswer> Policies::who_can(const auth::Identity& who, const AccessQuestion& question,
                                       const std::string& action) {
  if (auto right = check_reader(who, question.project); !right) return fail(right.error());
  GrantsAnswer answer;
  if (question.draft) {
    if (auto right = check_reader(who, question.draft->project); !right) return fail(right.error());
    const auto parsed = acl::parse_policies(question.draft->content, question.draft->name, question.draft->project);
    answer.flaws = parsed.flaws;
    if (!parsed.valid()) return answer;
    answer.policies = access_.policies_with(question.draft->project, question.draft->name, parsed);
  } else {
    answer.policies = access_.policies();
  }
  answer.grants = acl::who_can(*answer.policies, question.project, question.resource, action);
  return answer;
}

Result<AccessAnswer> Policies::what_can(const auth::Identity& who, const AccessQuestion& question,
                                        const acl::Things& things) {
  auto answer = prepare(who, question, things.project);
  if (!answer || !answer->rights) return answer;
  answer->access = acl::list_access(*answer->rights, things);
  return answer;
}

}  // namespace qd::service
