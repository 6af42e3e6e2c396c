#include "store/schema/steps.hpp"

namespace qd::store::schema {

// `project` is "" for policies of the system.
std::vector<std::string> access_policies() {
  return {R"(CREATE TABLE acl_policy (
  project {key} NOT NULL,
  name {key} NOT NULL,
  content {text} NOT NULL,
  updated_ms {int} NOT NULL,
  updated_by {key} NOT NULL,
  PRIMARY KEY (project, name)){table})"};
}

}  // namespace qd::store::schema
