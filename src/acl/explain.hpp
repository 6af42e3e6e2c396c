// Answers to "why", "who can" and "what can this role do".
#pragma once

#include <string>
#include <vector>

#include "acl/rights.hpp"

namespace qd::acl {

// One access that can be asked for, and what the policies say.
struct Access {
  std::string project;  // "": the application's context
  Resource resource;
  std::string action;
  Verdict verdict;
};

// What people name when they ask what somebody can do: only what is named is tried.
struct Things {
  std::string project, storage_path, node, job, job_uuid;  // job: group/name
  std::vector<std::string> tags;                           // of a node
};

// The access to all resources of the catalog, in both contexts.
std::vector<Access> list_access(const Rights& rights, const Things& things);

// A rule that speaks of an access, and the people whom its policy is about.
struct Grant {
  const Policy* policy = nullptr;
  const Rule* rule = nullptr;
  bool allows = false;  // else it denies
};

// Every rule that allows or denies it to anybody, in the policies' order.
std::vector<Grant> who_can(const Policies& policies, const std::string& project, const Resource& resource,
                           const std::string& action);

// Resource of a job by its path "group/name".
Resource job_resource(const std::string& path, const std::string& uuid);
Resource storage_resource(const std::string& path);

// "Job \"group/name\"", "project named \"P\"", "storage path \"keys/x\"", "Adhoc executions", "system"…
std::string describe(const Resource& resource);
// ALLOWED, REJECTED or REJECTED_DENIED
const char* outcome_word(Verdict::Outcome outcome);

}  // namespace qd::acl
