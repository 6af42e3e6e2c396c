#include "node/sudo_dialogue.hpp"

#include <gtest/gtest.h>

namespace qd::node {
namespace {

using namespace std::chrono_literals;

SudoRules rules(const std::string& password = "pw") {
  SudoRules rules;
  rules.name = "Sudo";
  rules.password = password;
  rules.prompt = std::make_shared<const model::Regex>(model::Regex::compile("(?i)^.*password.*").value());
  rules.refusal = std::make_shared<const model::Regex>(model::Regex::compile("^.*try again.*").value());
  return rules;
}

TEST(SudoDialogue, TypesAtAnOpenPromptOnly) {
  SudoDialogue dialogue({rules()});
  EXPECT_EQ(dialogue.heard("a line about a password\r\n"), "");
  EXPECT_EQ(dialogue.heard("[sudo] pass"), "");
  EXPECT_EQ(dialogue.heard("word for me: "), "pw\n");
  EXPECT_EQ(dialogue.heard("\r\nroot\r\n"), "");
  EXPECT_FALSE(dialogue.over());
  EXPECT_EQ(dialogue.heard("second line\r\n"), "");
  EXPECT_TRUE(dialogue.over()) << "two lines without a refusal";
  EXPECT_EQ(dialogue.heard("password: "), "") << "it answers once";
  EXPECT_EQ(dialogue.failure(), "");
}

TEST(SudoDialogue, NoticesARefusal) {
  SudoDialogue dialogue({rules()});
  dialogue.heard("Password: ");
  dialogue.heard("\r\nSorry, try again.\r\n[sudo] password for me: ");
  EXPECT_NE(dialogue.failure().find("the password was refused"), std::string::npos);
}

TEST(SudoDialogue, AnswersTwoPrompts) {
  auto second = rules("two");
  second.answer_lines = 1;
  auto first = rules("one");
  first.answer_lines = 1;
  SudoDialogue dialogue({first, second});
  EXPECT_EQ(dialogue.heard("[sudo] password for a: "), "one\n");
  EXPECT_EQ(dialogue.heard("\r\nsomething\r\n[sudo] password for b: "), "two\n");
}

TEST(SudoDialogue, WaitsSoManyLinesAndSoLong) {
  auto lenient = rules();
  lenient.prompt_lines = 2;
  SudoDialogue fine({lenient});
  fine.heard("one\ntwo\n");
  EXPECT_TRUE(fine.over());
  EXPECT_EQ(fine.failure(), "");
  lenient.fail_after_lines = true;
  SudoDialogue strict({lenient});
  strict.heard("one\ntwo\n");
  EXPECT_NE(strict.failure().find("2 lines"), std::string::npos);

  const SudoDialogue::Clock::time_point start;
  SudoDialogue slow({rules()}, start);
  slow.silence_at(start + 4'999ms);
  EXPECT_EQ(slow.failure(), "");
  slow.silence_at(start + 5'000ms);
  EXPECT_NE(slow.failure().find("5000 ms"), std::string::npos);
  auto patient = rules();
  patient.fail_after_prompt_wait = false;
  SudoDialogue done({patient}, start);
  done.silence_at(start + 5'000ms);
  EXPECT_TRUE(done.over());
  EXPECT_EQ(done.failure(), "");
}

}  // namespace
}  // namespace qd::node
