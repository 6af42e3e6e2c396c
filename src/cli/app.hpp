// The whole of qd behind its main function, with everything that tests want to set handed in.
#pragma once

#include <istream>
#include <ostream>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "cli/api.hpp"
#include "cli/rd_conf.hpp"

namespace qd::cli {

struct World {
  std::istream& in;
  std::ostream& out;
  std::ostream& err;
  Environment environment;
  const Clock& clock;
  Fetch fetch;
  bool in_terminal = false, out_terminal = false, err_terminal = false;
};

// Runs one command line (without the program's name) and returns the exit code. Never throws for wrong input.
int run_qd(const std::vector<std::string>& args, World& world);

}  // namespace qd::cli
