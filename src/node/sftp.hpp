// Version 3 of the SFTP protocol, as much of it as copying to a node takes (draft-ietf-secsh-filexfer-02). Internal to
// node/.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "node/copy_source.hpp"
#include "node/ssh_channel.hpp"

namespace qd::node {

// One SFTP subsystem in a channel. Used by one coroutine, on the link's loop. Error codes are reasons of failures.
class SftpClient {
 public:
  using Over = std::function<bool()>;

  // `over` says when to give up; whoever makes it true wakes the link.
  SftpClient(std::shared_ptr<SshLink> link, Over over) : link_(std::move(link)), over_(std::move(over)) {}

  enum class Start { ready, unavailable, failed };
  base::Task<Start> start();  // unavailable: the server knows no SFTP

  // Writes `source` to `path`. With `fresh` the file must not exist.
  base::Task<Result<>> put(CopySource& source, base::WorkerPool& pool, std::string path, int mode, bool fresh);
  base::Task<Result<>> remove(std::string path);       // fine when there is none
  base::Task<Result<>> make_folder(std::string path);  // fine when it is there
  base::Task<Result<bool>> is_folder(std::string path);

 private:
  struct Packet {
    int type = 0;
    std::string body;  // after the type
  };
  base::Task<Result<>> send(std::string body);
  base::Task<Result<Packet>> receive();
  base::Task<Result<Packet>> ask(int type, std::string arguments);
  base::Task<Result<>> expect_ok(std::string what);
  base::Task<Result<>> write_all(CopySource& source, base::WorkerPool& pool, std::string handle, std::string path);
  Error broken() const;

  std::shared_ptr<SshLink> link_;
  Over over_;
  SshChannel channel_;
  std::string received_;
  std::uint32_t last_id_ = 0;
};

}  // namespace qd::node
