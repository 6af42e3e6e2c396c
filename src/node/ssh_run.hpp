// Runs one command in a channel. Internal to node/.
#pragma once

#include <memory>
#include <string>

#include "node/output_relay.hpp"
#include "node/ssh_pool.hpp"

namespace qd::node {

// Talks with a command while it runs, e.g. answers its prompt for a password. Used on the link's loop.
class SshDialogue {
 public:
  virtual ~SshDialogue() = default;
  // What the command printed. Returns what is to be typed.
  virtual std::string heard(std::string_view chunk) = 0;
  // Time passed. Called at least every 200 ms. Returns what is to be typed.
  virtual std::string silence() = 0;
  virtual bool over() const = 0;                   // it need not be asked any more
  virtual const std::string& failure() const = 0;  // not empty: the command is to be ended, and why
};

struct SshRunRules {
  Millis grace{2000};  // from TERM to KILL
  Millis drain{1000};  // what is left behind in the background may hold the output so long
  Millis alive_interval{15'000};
  int alive_count = 3;
};

struct SshExit {
  enum class End {
    exited,       // with `code`
    signalled,    // by `signal`
    refused,      // the server gave no channel: it did not start
    lost,         // the connection broke; `started` says when
    silent,       // the node did not answer any more
    timed_out,    // the command's own limit
    cancelled,    //
    failed_talk,  // the dialogue failed
  } end = End::lost;
  int code = -1;
  std::string signal;
  std::string message;
  bool started = false;
};

// Returns when the command has ended and its output is read, or when it was ended and does not end. On cancel and at
// its time limit its process group gets TERM, later KILL, where the server passes signals on; a pty is hung up, too.
// What it prints is written to `output` (which must live on), to `dialogue` as well when there is one.
base::Task<SshExit> run_in_channel(std::shared_ptr<SshLink> link, const SshCommand& command, const SshRunRules& rules,
                                   OutputRelay& output, base::CancelToken cancel, SshDialogue* dialogue);

}  // namespace qd::node
