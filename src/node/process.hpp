// One process on this machine: spawned (never forked), its output read as it comes, its whole group ended on cancel.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/cancel.hpp"
#include "base/clock.hpp"
#include "base/event_loop.hpp"
#include "base/task.hpp"
#include "base/worker_pool.hpp"
#include "node/output.hpp"

namespace qd::node {

struct ProcessSpec {
  std::vector<std::string> argv;         // argv[0] is the program's absolute path, or a name to look up in our PATH
  std::vector<std::string> environment;  // the complete environment, "NAME=value"; see merged_environment()
  std::string working_directory;         // "": ours
  std::optional<std::string> input;      // its standard input; without it, /dev/null
  Millis grace{2000};                    // on cancel: from TERM to KILL
  // After the process ended, a background child that kept its output open is waited for this long; then we stop
  // reading. Output that was written before is never lost. (The peer gives up after 0.5 to 1.5 s.)
  Millis drain{1000};
};

struct ProcessResult {
  enum class End {
    exited,       // by itself, with `exit_code`
    signalled,    // by `signal`
    not_started,  // `error` says why
  } end = End::not_started;
  int exit_code = -1;
  int signal = 0;
  std::string error;
  bool cancelled = false;    // the token was cancelled before the process had ended
  bool output_held = false;  // a background child still held the output when we stopped reading

  bool succeeded() const { return end == End::exited && exit_code == 0 && !cancelled; }
};

// Runs the process to its end. Call on the loop's thread, which also calls `output`; everything passed by reference
// must live until the task has returned. The spawn itself runs on `pool`.
//
// The process leads a session and process group of its own, has no open descriptor but 0, 1 and 2, and default signal
// handling. On cancel its group gets TERM, after `grace` KILL; when the leader is gone, whatever is left of the group
// gets KILL at once. Descendants that moved to other groups but are still its children's children get the same signals.
// It never leaves a zombie.
base::Task<ProcessResult> run_process(base::EventLoop& loop, base::WorkerPool& pool, const ProcessSpec& spec,
                                      OutputSink& output, base::CancelToken cancel);

// Our own environment with `changes`, and `more` over these, as ProcessSpec wants it. Names that hold '=' or NUL and
// values that hold NUL are left out.
std::vector<std::string> merged_environment(const std::map<std::string, std::string>& changes,
                                            const std::map<std::string, std::string>& more = {});

}  // namespace qd::node
