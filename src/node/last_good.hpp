// The last good nodes of a remote source, kept on disk so that a restart while the source is away loses nothing.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "model/node.hpp"

namespace qd::node {

class LastGood {
 public:
  // `key` is all that makes the source what it is: other configuration, other copy. "" for `directory`: none is kept.
  LastGood(const std::string& directory, const std::string& project, const std::string& key);

  bool load(std::vector<model::Node>& nodes) const;  // false: there is none that can be read
  void save(const std::vector<model::Node>& nodes) const;

 private:
  std::filesystem::path file_;
};

}  // namespace qd::node
