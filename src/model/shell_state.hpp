// Where in a shell command a value stands, and how it must be quoted there.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace qd::model {

// Reads a command left to right. Follows POSIX shell syntax as far as quoting needs it; where it cannot be sure (or no
// quoting holds), place() is `unsafe`.
class ShellState {
 public:
  enum class Place {
    word,           // unquoted
    double_quotes,  // inside "…"
    single_quotes,  // inside '…'
    comment,        // behind # up to the end of the line
    unsafe,         // only plain values may stand here
  };

  void read(std::string_view part);  // a literal piece of the command
  void value_follows() { word_start_ = false; }
  Place place() const;

 private:
  enum class Frame { double_quotes, single_quotes, backquotes, substitution, parameter, arithmetic };
  void step(std::string_view part, std::size_t& at);
  void step_word(std::string_view part, std::size_t& at);
  void step_dollar(std::string_view part, std::size_t& at);
  void step_arithmetic(char c);
  void end_word();
  bool in_word() const { return frames_.empty() || frames_.back() == Frame::substitution; }
  bool at(Frame frame) const { return !frames_.empty() && frames_.back() == frame; }

  std::vector<Frame> frames_;
  std::vector<int> parens_;  // open "(" within each substitution and arithmetic frame
  std::string word_;         // the word under way, to notice `case`
  bool word_start_ = true;
  bool comment_ = false;
  bool unsure_ = false;
};

// `value` written so that it is one piece of text at `place`. Not for Place::unsafe.
std::string quote_at(ShellState::Place place, std::string_view value);

// Letters, digits and _ . / : @ % + , ~ - only: means itself wherever it stands.
bool is_plain_word(std::string_view value);

// One word for the shell, quoted unless it is plain; "" gives ''.
std::string quote_word(std::string_view value);

}  // namespace qd::model
