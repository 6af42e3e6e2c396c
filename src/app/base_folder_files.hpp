// The default files of a new base folder, with comments for people.
#pragma once

#include <string>

namespace qd::app {

std::string framework_properties_text(const std::string& hostname, const std::string& uuid);
std::string rundeck_config_text();
// `stored` is the password of `admin` in its stored form.
std::string realm_properties_text(const std::string& stored);

// Lets the role `admin` do everything.
std::string admin_policy_text();

}  // namespace qd::app
