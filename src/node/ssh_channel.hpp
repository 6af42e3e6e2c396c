// A channel of a session that goes with its scope. Internal to node/.
#pragma once

#include <memory>

#include "base/task.hpp"
#include "node/ssh_link.hpp"

namespace qd::node {

// The link outlives it: name the link's shared_ptr before the channel.
struct FreeChannel {
  void operator()(ssh_channel channel) const { ssh_channel_free(channel); }
};
using SshChannel = std::unique_ptr<ssh_channel_struct, FreeChannel>;

// Repeats a call of libssh until it is no SSH_AGAIN, or `over()` says to stop; then SSH_AGAIN.
template <class Call, class Over>
base::Task<int> until_done(SshLink& link, Call call, Over over) {
  while (true) {
    const int code = call();
    if (code != SSH_AGAIN || over()) co_return code;
    co_await link.wait();
  }
}

}  // namespace qd::node
