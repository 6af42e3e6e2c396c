// The program `git`, run as a child: never through a shell of ours, with no terminal, no hooks, and only the transports
// of git_url.hpp.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/event_loop.hpp"
#include "base/result.hpp"
#include "base/worker_pool.hpp"
#include "http/address_blocks.hpp"
#include "scm/git_url.hpp"

namespace qd::scm {

struct GitHost {
  base::EventLoop& loop;
  base::WorkerPool& pool;
  std::string folder;                              // working copies, and short-lived files with keys; only ours
  std::string known_hosts;                         // beside ~/.ssh/known_hosts
  std::map<std::string, std::string> environment;  // of every process, e.g. the mark of node/orphan_guard.hpp
  std::size_t largest_file = 512u << 20;           // that git may write: what it fetches is one file
  std::shared_ptr<const http::AddressBlocks> blocked = {};  // that no repository is fetched from; null: none
  std::function<bool()> cancelled = {};                     // ends a call when it says so; asked a few times a second
};

// What a remote repository is told. The key is a private key's text; the password is the user's or, with a key, its
// passphrase.
struct GitLogin {
  std::string private_key = {};
  std::string password = {};
  bool strict_host_keys = true;
};

struct GitCall {
  std::vector<std::string> args;  // behind `git`; give names behind "--" or make sure that none begins with '-'
  std::string folder = {};        // of the repository; "" for none
  std::optional<std::string> input = {};
  Millis limit{60'000};
  std::size_t most_output = 1u << 20;
  const GitLogin* login = nullptr;  // of calls that reach the remote repository
  const GitUrl* remote = nullptr;   // likewise
  std::vector<std::pair<std::string, std::string>> environment = {};
};

struct GitEnd {
  int code = 0;
  std::string out, err;
};

// Blocks; for worker threads. Any exit code is a result; the errors are: git is not there, it took too long, it printed
// more than may be kept.
Result<GitEnd> run_git(const GitHost& host, const GitCall& call);

// Its output, or what git complains of as the error (`unavailable`).
Result<std::string> git_output(const GitHost& host, const GitCall& call);

// What git complained of, for people: without "fatal:" and hints.
std::string complaint_of(const GitEnd& end);

}  // namespace qd::scm
