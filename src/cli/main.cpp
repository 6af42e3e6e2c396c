#include <cstring>
#include <exception>
#include <iostream>
#include <unistd.h>

#include "cli/app.hpp"
#include "cli/command.hpp"

extern char** environ;

namespace {

qd::cli::Environment own_environment() {
  qd::cli::Environment environment;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    if (const char* equals = std::strchr(*entry, '='))
      environment.emplace(std::string(*entry, static_cast<std::size_t>(equals - *entry)), equals + 1);
  }
  return environment;
}

}  // namespace

int main(int argc, char** argv) {
  std::ios::sync_with_stdio(false);
  const qd::SystemClock clock;
  qd::cli::World world{std::cin,        std::cout,      std::cerr,      own_environment(), clock,
                       qd::http::fetch, isatty(0) == 1, isatty(1) == 1, isatty(2) == 1};
  try {
    return qd::cli::run_qd(std::vector<std::string>(argv + 1, argv + argc), world);
  } catch (const std::exception& error) {
    std::cerr << "qd failed: " << error.what() << "\n";
    return qd::cli::exit_code::failed;
  }
}
