// Answers the password prompt of sudo: the settings sudo-command-enabled and its like, and sudo2- for a second one.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/regex.hpp"
#include "node/executor.hpp"
#include "node/ssh_run.hpp"

namespace qd::node {

// How one prompt is answered.
struct SudoRules {
  std::string name;  // "Sudo", for messages
  std::string password;
  std::shared_ptr<const model::Regex> prompt, refusal;
  int prompt_lines = 12;
  Millis prompt_wait{5'000};
  int answer_lines = 2;
  Millis answer_wait{5'000};
  bool fail_after_lines = false;  // when so many lines came without a prompt
  bool fine_after_lines = true;   // then the command needs no password
  bool fail_after_prompt_wait = true;
  bool fail_after_answer_wait = false;
};

// Waits for each prompt in turn.
class SudoDialogue final : public SshDialogue {
 public:
  using Clock = std::chrono::steady_clock;
  explicit SudoDialogue(std::vector<SudoRules> rules, Clock::time_point now = Clock::now());
  std::string heard(std::string_view chunk) override;
  std::string silence() override { return silence_at(Clock::now()); }
  std::string silence_at(Clock::time_point now);
  bool over() const override { return at_ >= rules_.size() || !failure_.empty(); }
  const std::string& failure() const override { return failure_; }

 private:
  std::string line(std::string_view text, bool ended);
  void next(Clock::time_point now);

  std::vector<SudoRules> rules_;
  std::size_t at_ = 0;
  bool answered_ = false;
  int lines_ = 0;  // since the wait for this prompt or answer began
  Clock::time_point since_;
  std::string partial_;
  std::string failure_;
};

}  // namespace qd::node
