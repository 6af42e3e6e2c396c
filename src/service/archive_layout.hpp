// Names in a project archive, shared by export and import. See project_export.hpp.
#pragma once

#include <array>
#include <string>

#include "base/result.hpp"

namespace qd::service::archive_layout {

inline constexpr const char* manifest = "META-INF/MANIFEST.MF";
inline constexpr const char* jobs = "jobs/";
inline constexpr const char* executions = "executions/";
inline constexpr const char* reports = "reports/";
inline constexpr const char* files = "files/";
inline constexpr const char* config = "etc/project.properties";  // below files/
inline constexpr const char* policies = "acls/";                 // below files/
inline constexpr std::array<const char*, 2> readmes{"readme.md", "motd.md"};
// Stands for the project's folder at the start of configuration values.
inline constexpr const char* base_mark = "%PROJECT_BASEDIR%";

inline std::string root(const std::string& project) {
  return "rundeck-" + project + "/";
}
inline std::string project_folder(const std::string& projects_folder, const std::string& project) {
  return projects_folder + "/" + project;
}
inline tl::unexpected<Error> stopped() {
  return fail(ErrorKind::unavailable, "It was not finished: the server stops. Begin it again on another member.");
}

}  // namespace qd::service::archive_layout
