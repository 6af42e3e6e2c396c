// The configuration of an SCM integration: as it is stored, and what it means.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "codec/job_codec.hpp"
#include "plugin/manifest.hpp"
#include "scm/git_url.hpp"

namespace qd::service {

enum class Integration { exporting, importing };

std::string integration_name(Integration integration);  // "export", "import"
std::optional<Integration> parse_integration(const std::string& name);

using ScmValues = std::map<std::string, std::string>;

// A project's file etc/scm-export.properties or etc/scm-import.properties, as the peer has it.
struct StoredScm {
  std::string type;  // "git-export"
  bool enabled = false;
  std::string user;  // who set it up
  std::vector<std::string> roles;
  ScmValues config;
  std::optional<std::vector<std::string>> tracked;  // files that were chosen for an import

  bool operator==(const StoredScm&) const = default;
};

std::string stored_scm_path(Integration integration);
std::string write_stored_scm(Integration integration, const StoredScm& stored);
Result<StoredScm> read_stored_scm(Integration integration, const std::string& text);

// What the settings mean. Those of the other integration stay as they are here.
struct ScmSettings {
  scm::GitUrl url;
  std::string branch, path_template, format_name;
  codec::JobFormat format = codec::JobFormat::xml;
  bool strict_host_keys = true;
  std::string key_path, password_path;
  bool fetches = true, pulls = false;
  Millis fetch_limit{30'000};
  enum class Uuid { preserve, other, remove } uuid = Uuid::preserve;  // other: original, archive
  // Of an export.
  std::string committer_name, committer_email;
  bool create_branch = false;
  std::string base_branch;
  // Of an import.
  bool by_pattern = true;
  std::string pattern;
};

using ScmFlaws = std::map<std::string, std::string>;  // by setting: what is wrong with it

// Every flaw of values for these fields: "required", "Invalid value…".
ScmFlaws check_values(const std::vector<plugin::Property>& fields, const ScmValues& values);
// The same of a whole configuration.
ScmFlaws check_config(Integration integration, const std::vector<plugin::Property>& fields, const ScmValues& values);
// Of a configuration without flaws.
ScmSettings scm_settings(Integration integration, const ScmValues& values);

}  // namespace qd::service
