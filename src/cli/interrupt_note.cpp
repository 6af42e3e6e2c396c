#include "cli/interrupt_note.hpp"

#include <csignal>
#include <cstring>
#include <unistd.h>

#include "cli/command.hpp"

namespace qd::cli {
namespace {

// A signal handler may touch nothing that allocates or locks: the text waits in a fixed place.
char note_text[512];
volatile std::sig_atomic_t note_length = 0;

extern "C" void leave_with_note(int) {
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, note_text, static_cast<std::size_t>(note_length));
  ::_exit(exit_code::interrupted);
}

}  // namespace

InterruptNote::InterruptNote(const std::string& text) {
  const std::size_t length = text.size() < sizeof note_text ? text.size() : sizeof note_text;
  std::memcpy(note_text, text.data(), length);
  note_length = static_cast<std::sig_atomic_t>(length);
  struct sigaction action {};
  action.sa_handler = leave_with_note;
  sigaction(SIGINT, &action, nullptr);
}

InterruptNote::~InterruptNote() {
  struct sigaction action {};
  action.sa_handler = SIG_DFL;
  sigaction(SIGINT, &action, nullptr);
}

}  // namespace qd::cli
