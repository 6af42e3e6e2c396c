// Access policies in files: check, test, list and write them, without a server.
#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "acl/explain.hpp"
#include "acl/policy_parse.hpp"
#include "acl/policy_write.hpp"
#include "base/text.hpp"
#include "cli/context.hpp"
#include "cli/input_file.hpp"
#include "cli/verbs.hpp"

namespace qd::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxFileBytes = 4u << 20;

struct LoadedPolicies {
  std::shared_ptr<acl::Policies> policies = std::make_shared<acl::Policies>();
  std::vector<acl::PolicyFlaws> flaws;
};

// Options -f and -d; without both, etc of RDECK_BASE or /etc/rundeck.
Result<std::vector<fs::path>> files_of(const Context& context) {
  if (context.args.has("file")) return std::vector<fs::path>{context.args.text("file")};
  fs::path folder = context.args.text("dir");
  if (folder.empty()) {
    const char* base = std::getenv("RDECK_BASE");
    folder = base != nullptr && *base != '\0' ? fs::path(base) / "etc" : fs::path("/etc/rundeck");
    context.out.note("Using the policies of " + folder.string());
  }
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    if (entry->path().extension() == ".aclpolicy") files.push_back(entry->path());
  }
  if (error) {
    return fail(ErrorKind::invalid, folder.string() + ": cannot be read (" + error.message() +
                                        "). Name a folder with -d, or a file with -f.");
  }
  std::sort(files.begin(), files.end());
  return files;
}

Result<LoadedPolicies> load(const Context& context, const std::string& project = {}) {
  const auto files = files_of(context);
  if (!files) return fail(files.error());
  LoadedPolicies loaded;
  for (const fs::path& file : *files) {
    const auto text = read_file(file.string(), kMaxFileBytes);
    if (!text) return fail(text.error());
    auto parsed = acl::parse_policies(*text, file.string(), project);
    for (acl::Policy& policy : parsed.policies)
      loaded.policies->push_back(std::make_shared<const acl::Policy>(std::move(policy)));
    loaded.flaws.insert(loaded.flaws.end(), parsed.flaws.begin(), parsed.flaws.end());
  }
  return loaded;
}

void print_flaws(const Context& context, const std::vector<acl::PolicyFlaws>& flaws) {
  for (const acl::PolicyFlaws& flaw : flaws) {
    context.out.text(flaw.policy + ":");
    for (const std::string& error : flaw.errors) context.out.text("\t" + error);
  }
}

Result<int> validate(Context& context) {
  const auto loaded = load(context, context.args.text("project"));
  if (!loaded) return fail(loaded.error());
  print_flaws(context, loaded->flaws);
  context.out.text(loaded->flaws.empty() ? "The validation passed" : "The validation failed");
  return loaded->flaws.empty() ? exit_code::done : exit_code::failed;
}

// ---- What is asked for ----

tl::unexpected<Error> bad_usage(const std::string& text) {
  return fail(ErrorKind::invalid, text);
}

Result<std::string> context_project(const Context& context) {
  const std::string kind = context.args.text("context");
  const std::string project = context.args.text("project");
  if (kind == "application") return std::string();
  if (project.empty()) return bad_usage("In the context of a project, name the project with -p.");
  return project;
}

Result<acl::Resource> resource_of(const Context& context) {
  const Arguments& args = context.args;
  if (args.has("generic")) return acl::Resource{"resource", {{"kind", args.text("generic")}}};
  if (args.has("adhoc")) return acl::Resource{"adhoc", {}};
  if (args.has("job") || args.has("jobUuid")) return acl::job_resource(args.text("job"), args.text("jobUuid"));
  if (args.has("node") || args.has("tags")) {
    acl::Resource node{"node", {}};
    if (args.has("node")) node.attributes["nodename"] = args.text("node");
    if (args.has("tags")) node.attributes["tags"] = args.comma_list("tags");
    return node;
  }
  if (args.has("storage")) return acl::storage_resource(args.text("storage"));
  if (args.has("resource")) {
    acl::Resource resource{args.text("resource"), {}};
    for (const std::string& pair : args.list("attributes")) {
      const std::size_t equals = pair.find('=');
      if (equals == std::string::npos) return bad_usage("-b " + pair + ": write it as key=value.");
      resource.attributes[pair.substr(0, equals)] = pair.substr(equals + 1);
    }
    return resource;
  }
  const std::string project = args.text("project");
  if (args.text("context") == "application" && !project.empty()) return acl::Resource{"project", {{"name", project}}};
  return bad_usage(
      "Which resource? Use -G KIND, -A, -j GROUP/NAME, -I UUID, -n NODE, -t TAGS, -s PATH, -p PROJECT (application "
      "context), or -R TYPE -b key=value.");
}

struct Asked {
  std::string project;
  acl::Subject subject;
  acl::Resource resource;
  std::vector<std::string> allow, deny;
};

Result<Asked> asked_of(const Context& context) {
  Asked asked;
  auto project = context_project(context);
  if (!project) return fail(project.error());
  asked.project = *project;
  asked.subject = {context.args.text("user"), context.args.comma_list("groups"), ""};
  if (asked.subject == acl::Subject{}) return bad_usage("Whose access? Use -u USER or -g GROUP,…");
  auto resource = resource_of(context);
  if (!resource) return fail(resource.error());
  asked.resource = std::move(*resource);
  asked.allow = context.args.comma_list("allow");
  asked.deny = context.args.comma_list("deny");
  if (asked.allow.empty() && asked.deny.empty()) return bad_usage("Which actions? Use -a ACTION,… or -D ACTION,…");
  return asked;
}

void print_generated(const Context& context, const Asked& asked) {
  context.out.text("## create or append this to a .aclpolicy file\n---");
  context.out.text(acl::write_policy(
      {asked.project, asked.subject, asked.resource, asked.allow, asked.deny, context.args.has("regex")}));
}

Result<int> create(Context& context) {
  const auto asked = asked_of(context);
  if (!asked) return fail(asked.error());
  print_generated(context, *asked);
  return exit_code::done;
}

void print_decision(const Context& context, const acl::Access& access) {
  const auto outcome = access.verdict.outcome;
  const char* sign = outcome == acl::Verdict::Outcome::allowed  ? "+"
                     : outcome == acl::Verdict::Outcome::denied ? "!"
                                                                : "-";
  std::string line = std::string(sign) + " " + access.action + ": " + acl::describe(access.resource);
  if (!access.verdict.allowed()) line += std::string(" [") + acl::outcome_word(outcome) + "]";
  context.out.text(line);
  if (context.args.has("verbose") && access.verdict.rule != nullptr)
    context.out.text("  " + access.verdict.rule->source + ": " + access.verdict.rule->text);
}

Result<int> test(Context& context) {
  const auto asked = asked_of(context);
  if (!asked) return fail(asked.error());
  const auto loaded = load(context);
  if (!loaded) return fail(loaded.error());
  print_flaws(context, loaded->flaws);
  if (context.args.has("validate") && !loaded->flaws.empty()) return exit_code::failed;
  const acl::Rights rights(loaded->policies, asked->subject);
  bool as_wished = true;
  const auto decide = [&](const std::string& action, bool wanted) {
    const auto verdict = rights.decide(asked->project, asked->resource.type, asked->resource.attributes, action);
    print_decision(context, {asked->project, asked->resource, action, verdict});
    using Outcome = acl::Verdict::Outcome;
    as_wished &= wanted ? verdict.allowed() : verdict.outcome == Outcome::denied;
  };
  for (const std::string& action : asked->allow) decide(action, true);
  for (const std::string& action : asked->deny) decide(action, false);
  const std::string wish = asked->allow.empty() ? "denied" : "allowed";
  context.out.text("The result was: " + (as_wished ? wish : "not " + wish));
  if (!as_wished && context.args.has("verbose")) print_generated(context, *asked);
  return as_wished ? exit_code::done : exit_code::failed;
}

Result<int> list_access(Context& context) {
  const acl::Subject subject{context.args.text("user"), context.args.comma_list("groups"), ""};
  if (subject == acl::Subject{}) return bad_usage("Whose access? Use -u USER or -g GROUP,…");
  const auto loaded = load(context);
  if (!loaded) return fail(loaded.error());
  print_flaws(context, loaded->flaws);
  if (context.args.has("validate") && !loaded->flaws.empty()) return exit_code::failed;
  const Arguments& args = context.args;
  const acl::Things things{args.text("project"), args.text("storage"), args.text("node"),
                           args.text("job"),     args.text("jobUuid"), args.comma_list("tags")};
  const acl::Rights rights(loaded->policies, subject);
  const std::string who =
      subject.user.empty() ? "group " + base::join(subject.groups, ",") : "username " + subject.user;
  std::string shown = "?";
  for (const acl::Access& access : acl::list_access(rights, things)) {
    if (access.project != shown) {
      shown = access.project;
      context.out.text((shown.empty() ? "# Application Context" : "# Project \"" + shown + "\"") + " access for " +
                       who);
    }
    print_decision(context, access);
  }
  if (things.project.empty()) context.out.text("(No project (-p) specified, skipping Project context listing.)");
  return exit_code::done;
}

// ---- Options ----

Options file_options() {
  return {text("-f,--file", "FILE", "A policy file."),
          text("-d,--dir", "DIR", "A folder of policy files; default etc of RDECK_BASE, or /etc/rundeck."),
          flag("-v,--verbose", "Tell the rules that decide, and a policy that would allow what is not.")};
}
Options subject_options() {
  return {text("-g,--groups", "GROUP,...", "Groups of who asks."), text("-u,--user", "USER", "Name of who asks.")};
}
Options thing_options() {
  return {text("-p,--project", "PROJECT", "The project."),
          text("-s,--storage", "PATH", "A path of key storage."),
          text("-j,--job", "GROUP/NAME", "A job."),
          text("-I,--jobUuid", "UUID", "A job by its uuid."),
          text("-n,--node", "NAME", "A node."),
          text("-t,--tags", "TAG,...", "Tags of a node.")};
}
Options request_options() {
  return {required(choice("-c,--context", {"application", "project"}, "The context.")),
          text("-G,--generic", "KIND", "All resources of a kind: job, node, event, system, user, project..."),
          text("-R,--resource", "TYPE", "Any type of resource, with -b."),
          list("-b,--attributes", "KEY=VALUE", "Attributes of the resource."),
          flag("-A,--adhoc", "Ad-hoc executions."),
          text("-a,--allow", "ACTION,...", "Actions that should be allowed."),
          text("-D,--deny", "ACTION,...", "Actions that should be denied."),
          flag("-r,--regex", "Match the resource by regular expressions in what is written.")};
}
OptionSpec validate_option() {
  return flag("-V,--validate", "End with an error when a file is not valid.");
}

}  // namespace

Commands policy_file_commands() {
  return {
      {"acl validate",
       "Check policy files.",
       "",
       join_options({file_options(), {text("-p,--project", "PROJECT", "Check them as policies of this project.")}}),
       {"qd acl validate -f deploy.aclpolicy", "qd acl validate -d /etc/rundeck"},
       validate},
      {"acl test",
       "Test whether policy files allow an access; ends with 2 when they do not.",
       "",
       join_options({file_options(), {validate_option()}, subject_options(), thing_options(), request_options()}),
       {"qd acl test -d etc -c project -p ops -g deploy -j web/restart -a run"},
       test},
      {"acl list",
       "List all access that policy files give to somebody.",
       "",
       join_options({file_options(), {validate_option()}, subject_options(), thing_options()}),
       {"qd acl list -d etc -g deploy -p ops -j web/restart"},
       list_access},
      {"acl create",
       "Write a policy that allows or denies an access.",
       "",
       join_options({subject_options(), thing_options(), request_options()}),
       {"qd acl create -c project -p ops -g deploy -j web/restart -a run,view"},
       create},
  };
}

}  // namespace qd::cli
