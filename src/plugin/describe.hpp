// Words in which what is built in is described. Inside this folder only.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "plugin/manifest.hpp"

namespace qd::plugin {

using Labels = std::vector<std::pair<std::string, std::string>>;  // value and what people read

// A provider under construction; needed(), standard() and mapped() are about the property named last.
class Description {
 public:
  Description(const char* service, std::string name, std::string title, std::string description);

  Description& text(const char* name, const char* title, const char* description = "");
  Description& lines(const char* name, const char* title, const char* description = "");  // of several lines
  Description& number(const char* name, const char* title, const char* description = "");
  Description& flag(const char* name, const char* title, const char* description = "", bool standard = false);
  Description& choice(const char* name, const char* title, const Labels& values, const char* description = "");
  // A path in the key storage; `type` is "private" or "password".
  Description& key(const char* name, const char* title, const char* type, const char* description = "");
  // `fields` are the ones of another provider.
  Description& with(const std::vector<Property>& fields);

  // Values to choose from that stand for themselves.
  Description& words(const char* name, const char* title, const std::vector<std::string>& values,
                     const char* description = "");
  Description& needed();
  Description& free();                      // other values than those of the choice are fine, too
  Description& among(const char* heading);  // the heading that forms put it under
  Description& standard(const char* value);
  Description& mapped(const char* key);  // the key of a project's configuration that holds it

  operator Provider() const { return provider_; }  // NOLINT(google-explicit-constructor): a list of them is wanted

 private:
  Description& add(const char* type, const char* name, const char* title, const char* description);
  Provider provider_;
};

std::vector<Provider> built_in_steps();
std::vector<Provider> built_in_log_filters();
std::vector<Provider> built_in_rules();  // strategies and orchestrators
std::vector<Provider> built_in_notifications();
std::vector<Provider> built_in_executors();  // and copiers
std::vector<Provider> built_in_node_sources();
std::vector<Provider> built_in_webhooks();
std::vector<Provider> built_in_scm();

}  // namespace qd::plugin
