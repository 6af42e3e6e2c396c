// How long access decisions take. Prints the median of several rounds, in microseconds a decision.
//
//   cmake --preset release -DQD_BENCH=ON && ninja -C build/release acl_bench && build/release/bench/acl_bench
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "acl/policy_parse.hpp"
#include "acl/rights.hpp"

namespace {

using Clock = std::chrono::steady_clock;
using namespace qd::acl;

constexpr int kRounds = 9;
constexpr int kPolicies = 1'000;
constexpr int kJobs = 10'000;

// Every policy concerns the subject; `rule` tells what the job rule of policy `i` asks for.
template <class Rule>
std::shared_ptr<const Policies> make_policies(Rule rule) {
  std::string text;
  for (int i = 0; i < kPolicies; ++i) {
    text += "description: policy\ncontext: {project: '.*'}\nfor:\n  job:\n    - " + rule(i) +
            "\n  node: [{allow: [read, run], contains: {tags: t" + std::to_string(i) + "}}]\nby: {group: [team, g" +
            std::to_string(i) + "]}\n---\n";
  }
  auto all = std::make_shared<Policies>();
  auto parsed = parse_policies(text, "bench");
  if (!parsed.valid()) {
    std::fprintf(stderr, "%s\n", parsed.flaws.front().errors.front().c_str());
    std::exit(1);
  }
  for (Policy& policy : parsed.policies) all->push_back(std::make_shared<const Policy>(std::move(policy)));
  return all;
}

Attributes job(int i) {
  return {{"group", "team" + std::to_string(i % 1'000) + "/web"},
          {"name", "job" + std::to_string(i)},
          {"uuid", "00000000-0000-4000-8000-" + std::to_string(100'000'000'000 + i)}};
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

void measure(const char* what, const std::shared_ptr<const Policies>& policies) {
  const Rights rights(policies, {"ann", {"team", "user"}, ""});
  std::vector<Attributes> jobs;
  for (int i = 0; i < kJobs; ++i) jobs.push_back(job(i));
  std::vector<double> decisions;
  int allowed = 0;
  for (int round = 0; round < kRounds; ++round) {
    const auto begun = Clock::now();
    for (const Attributes& attributes : jobs) allowed += rights.decide("p", "job", attributes, "read").allowed();
    decisions.push_back(std::chrono::duration<double, std::micro>(Clock::now() - begun).count() / kJobs);
  }
  const double each = median(decisions);
  std::printf("%-44s %8.3f us a decision, %8.2f ms for %d jobs (%d allowed)\n", what, each, each * kJobs / 1000, kJobs,
              allowed / kRounds);
}

}  // namespace

int main() {
  measure("1,000 policies, each of one job group", make_policies([](int i) {
            return "{allow: [read, run], equals: {group: team" + std::to_string(i) + "/web}}";
          }));
  measure("1,000 policies, each of a tree of groups", make_policies([](int i) {
            return "{allow: [read, run], match: {group: 'team" + std::to_string(i) + "/.*'}}";
          }));
  measure("1,000 policies, each a regular expression", make_policies([](int i) {
            return "{allow: [read, run], match: {group: 'team" + std::to_string(i) + "/(web|db)[a-z]*'}}";
          }));
  measure("1,000 policies, each of all jobs", make_policies([](int) { return std::string("{allow: read}"); }));
  return 0;
}
