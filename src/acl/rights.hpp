// What the policies let one subject do. Compiled: policies that do not concern the subject are left out, and rules are
// found by the attribute values that they ask for, so that a decision costs little however many policies there are.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "acl/policy.hpp"
#include "base/guarded.hpp"

namespace qd::acl {

using Policies = std::vector<std::shared_ptr<const Policy>>;

struct Verdict {
  enum class Outcome {
    allowed,   // a rule allows it, and none denies it
    denied,    // a rule denies it
    rejected,  // no rule speaks of it
  };
  Outcome outcome = Outcome::rejected;
  const Rule* rule =
      nullptr;              // that decided: the first that denies, or else the first that allows; lives in the Rights
  bool any_policy = false;  // some policy concerns this subject in this context

  bool allowed() const { return outcome == Outcome::allowed; }
};

// Thread-safe.
class Rights {
 public:
  Rights(std::shared_ptr<const Policies> policies, Subject subject);
  ~Rights();

  // In the context of `project`, or (project "") of the application.
  Verdict decide(std::string_view project, std::string_view type, const Attributes& attributes,
                 std::string_view action) const;
  const Subject& subject() const { return subject_; }

 private:
  struct Context;
  std::shared_ptr<const Context> context_of(std::string_view project) const;

  std::shared_ptr<const Policies> policies_;
  Subject subject_;
  std::vector<const Policy*> concerning_;
  std::shared_ptr<const Context> application_;
  using Contexts = std::map<std::string, std::shared_ptr<const Context>, std::less<>>;
  mutable base::Guarded<Contexts> projects_;
};

}  // namespace qd::acl
