#include "node/sudo_dialogue.hpp"

#include "base/text.hpp"

namespace qd::node {
namespace {

constexpr std::size_t kLongestPrompt = 4'096;

std::string_view without_return(std::string_view line) {
  while (line.ends_with('\r')) line.remove_suffix(1);
  if (const auto at = line.rfind('\r'); at != std::string_view::npos) line.remove_prefix(at + 1);
  return line;
}

}  // namespace

SudoDialogue::SudoDialogue(std::vector<SudoRules> rules, Clock::time_point now)
    : rules_(std::move(rules)), since_(now) {}

void SudoDialogue::next(Clock::time_point now) {
  ++at_;
  answered_ = false;
  lines_ = 0;
  since_ = now;
}

// A line, or the begin of one that may be a prompt. Returns what is typed.
std::string SudoDialogue::line(std::string_view text, bool ended) {
  if (over()) return {};
  const auto& rule = rules_[at_];
  const auto shown = without_return(text);
  if (!answered_) {
    // A prompt leaves its line open. The password never answers a line that merely looks like one.
    if (!ended && rule.prompt->matches(shown)) {
      answered_ = true;
      lines_ = 0;
      since_ = Clock::now();
      partial_.clear();
      return rule.password + "\n";
    }
    if (!ended || ++lines_ < rule.prompt_lines) return {};
    if (rule.fail_after_lines) {
      failure_ = rule.name + ": no prompt for a password in " + std::to_string(lines_) +
                 " lines (sudo-prompt-pattern, sudo-prompt-max-lines)";
    } else if (rule.fine_after_lines) {
      next(Clock::now());
    } else {
      lines_ = 0;
    }
    return {};
  }
  if (rule.refusal->matches(shown)) {
    failure_ = rule.name + ": the password was refused. Check sudo-password-storage-path or sudo-password-option.";
    return {};
  }
  if (ended && !base::trim(shown).empty() && ++lines_ >= rule.answer_lines) next(Clock::now());
  return {};
}

std::string SudoDialogue::heard(std::string_view chunk) {
  std::string typed;
  partial_ += chunk;
  std::size_t end = 0;
  while (!over() && (end = partial_.find('\n')) != std::string::npos) {
    const auto whole = partial_.substr(0, end);
    partial_.erase(0, end + 1);
    typed += line(whole, true);
  }
  if (over()) {
    partial_.clear();
    return typed;
  }
  if (partial_.size() > kLongestPrompt) partial_.erase(0, partial_.size() - kLongestPrompt);
  if (!partial_.empty()) {
    const auto open = partial_;
    typed += line(open, false);
  }
  return typed;
}

std::string SudoDialogue::silence_at(Clock::time_point now) {
  if (over()) return {};
  const auto& rule = rules_[at_];
  if (!answered_ && now - since_ >= rule.prompt_wait) {
    if (rule.fail_after_prompt_wait) {
      failure_ = rule.name + ": no prompt for a password within " + std::to_string(rule.prompt_wait.count()) +
                 " ms (sudo-prompt-pattern, sudo-prompt-max-timeout)";
    } else {
      next(now);
    }
  } else if (answered_ && now - since_ >= rule.answer_wait) {
    if (rule.fail_after_answer_wait) {
      failure_ = rule.name + ": no answer to the password within " + std::to_string(rule.answer_wait.count()) + " ms";
    } else {
      next(now);
    }
  }
  return {};
}

}  // namespace qd::node
