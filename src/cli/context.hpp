// What a verb works with.
#pragma once

#include <istream>
#include <string>

#include "base/clock.hpp"
#include "cli/api.hpp"
#include "cli/arguments.hpp"
#include "cli/out.hpp"
#include "cli/settings.hpp"

namespace qd::cli {

class Context {
 public:
  const Arguments& args;
  const Settings& settings;
  Out& out;
  Api& api;
  std::istream& in;
  const Clock& clock;
  bool can_ask = false;  // a person sits at a terminal

  // --project or RD_PROJECT. Errors tell how to name one.
  Result<std::string> project() const;
  // Option `key`, or else the first word: `qd executions info 12`. `example` shows the way in the error.
  Result<std::string> id(std::string_view key, std::string_view example) const;
  // Ok when --confirm is given or the person says y; else an error that says that nothing was done.
  Result<> confirm(const std::string& question) const;
};

}  // namespace qd::cli
