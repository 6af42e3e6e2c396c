// Private keys, read once. Internal to node/.
#pragma once

#include <libssh/libssh.h>
#include <list>
#include <memory>
#include <string>

#include "base/guarded.hpp"
#include "base/result.hpp"
#include "node/ssh_target.hpp"

namespace qd::node {

using SshKey = std::shared_ptr<ssh_key_struct>;

// Thread-safe.
class SshKeys {
 public:
  // The key of a login; the last ones are kept, as unlocking one takes a tenth of a second by design. Blocks.
  Result<SshKey> get(const SshLogin& login);

 private:
  struct Entry {
    std::string digest;
    SshKey key;
  };
  base::Guarded<std::list<Entry>> entries_;  // used last first
};

}  // namespace qd::node
