#include "base/threads.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <unistd.h>

#include "base/text.hpp"

namespace qd::base {
namespace {

std::string state_word(char letter) {
  switch (letter) {
    case 'R':
      return "running";
    case 'S':
      return "sleeping";
    case 'D':
      return "waiting for a disk";
    case 'T':
    case 't':
      return "stopped";
    default:
      return std::string(1, letter);
  }
}

// proc(5): "id (name) state …"; fields 14 and 15 are the time in user and kernel mode.
bool read_stat(const std::string& text, ThreadFacts& facts) {
  const auto open = text.find('('), close = text.rfind(')');
  if (open == std::string::npos || close == std::string::npos) return false;
  facts.name = text.substr(open + 1, close - open - 1);
  std::istringstream rest(text.substr(close + 1));
  char state = '?';
  rest >> state;
  facts.state = state_word(state);
  double field = 0, ticks = 0;
  for (int i = 4; i <= 15 && rest >> field; ++i) {
    if (i >= 14) ticks += field;
  }
  facts.cpu_seconds = ticks / static_cast<double>(sysconf(_SC_CLK_TCK));
  return true;
}

}  // namespace

std::vector<ThreadFacts> list_threads() {
  std::vector<ThreadFacts> threads;
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/task", failed)) {
    std::ifstream in(entry.path() / "stat");
    std::string line;
    ThreadFacts facts;
    facts.id = static_cast<int>(parse_int(entry.path().filename().string()).value_or(0));
    if (std::getline(in, line) && read_stat(line, facts)) threads.push_back(std::move(facts));  // else it just ended
  }
  std::ranges::sort(threads, {}, &ThreadFacts::id);
  return threads;
}

}  // namespace qd::base
