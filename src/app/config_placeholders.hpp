// `${name}` and `${name:otherwise}` inside values: another key, an environment variable, RDECK_BASE, user.home.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "app/config_sources.hpp"
#include "base/result.hpp"

namespace qd::app {

// Keeps references. Not thread-safe.
class Placeholders {
 public:
  Placeholders(const RawConfig& raw, const std::map<std::string, std::string>& environment, std::string base)
      : raw_(raw), environment_(environment), base_(std::move(base)) {}

  struct Resolved {
    std::string text;
    std::vector<std::string> unknown;  // names that nothing is known of; they stay in the text as they were
  };
  // The error says that names run in a circle, or that the text grows beyond 64 KiB.
  Result<Resolved> resolve(std::string_view text) const;

 private:
  struct Lookup {
    bool known = false;
    std::string text;
  };
  Lookup find(const std::string& name) const;
  Result<> append(Resolved& to, std::string_view text, std::vector<std::string>& open) const;
  Result<> append_name(Resolved& to, std::string_view inside, std::vector<std::string>& open) const;

  const RawConfig& raw_;
  const std::map<std::string, std::string>& environment_;
  std::string base_;
};

}  // namespace qd::app
