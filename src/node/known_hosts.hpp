// Host keys that are known: OpenSSH's file format, with hashed names, patterns, @revoked and [host]:port.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/guarded.hpp"
#include "base/result.hpp"

namespace qd::node {

struct HostKey {
  std::string type;  // "ssh-ed25519"
  std::string key;   // base64
  bool operator==(const HostKey&) const = default;
};

// The lines of one file. A value.
class KnownHostsFile {
 public:
  static KnownHostsFile parse(std::string_view text);

  struct Known {
    std::vector<HostKey> keys, revoked;
  };
  // What the file says about `name`: "web1", or "[web1]:2222" for another port than 22.
  Known find(const std::string& name) const;

 private:
  struct Line {
    std::string names;  // of hashed ones and patterns
    HostKey key;
    bool revoked = false;
  };
  std::map<std::string, std::vector<HostKey>> plain_;
  std::vector<Line> others_;
};

// "web1", or "[web1]:2222".
std::string known_host_name(const std::string& host, int port);

// The files, read again when they change. Thread-safe; methods block for small files.
class KnownHosts {
 public:
  KnownHostsFile::Known find(const std::string& file, const std::string& name);
  // Adds a line, and makes the file where it is missing. Another's key that was added meanwhile is kept.
  Result<> add(const std::string& file, const std::string& name, const HostKey& key);

 private:
  struct Cached {
    std::int64_t modified = -1, size = -1;
    std::shared_ptr<const KnownHostsFile> content;
  };
  std::shared_ptr<const KnownHostsFile> content(const std::string& file);
  base::Guarded<std::map<std::string, Cached>> files_;
};

}  // namespace qd::node
