// What an SSH connection is made with, and what runs on it. Values.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"

namespace qd::node {

struct SshHop {
  std::string host;
  int port = 22;
  std::string user;
};

// "user@host:port", "host", "[::1]:22"; `user` and 22 are the defaults.
Result<SshHop> parse_hop(std::string_view text, const std::string& user);

struct SshLogin {
  enum class Way { key, password, agent } way = Way::key;
  std::string key;         // the private key's text
  std::string key_name;    // where it came from, for messages
  std::string passphrase;  // of the key
  std::string password;
  std::string agent;  // the agent's socket
};

struct HostKeyRule {
  enum class Check {
    strict,      // unknown keys are refused
    accept_new,  // an unknown key is remembered, another than the known one is refused
    none         // any key is taken
  } check = Check::accept_new;
  std::string file;
  std::string learned;  // where an unknown key is remembered: only ever the server's own file
};

struct SshTarget {
  SshHop node;
  std::vector<SshHop> jumps;  // in the order in which they are passed
  SshLogin login;             // for the node and for the jumps
  HostKeyRule host_keys;
  std::string bind_address;
  std::map<std::string, std::string> config;  // names of ssh_config in lower case: "ciphers"
  Millis connect_timeout{30'000};             // name, connection, keys and login together
  Millis alive_interval{15'000};              // 0: a silent node is not asked whether it lives
  int alive_count = 3;
  bool forwards = false;  // a jump host: its connection carries others, and no commands

  // Targets with the same identity may share a connection: the same place, and the same credentials.
  std::string identity() const;
};

// What runs in one channel.
struct SshCommand {
  std::string command;
  std::map<std::string, std::string> environment;  // sent one by one; what the server refuses is left out
  bool pty = false;
  Millis timeout{0};  // 0: none
};

}  // namespace qd::node
