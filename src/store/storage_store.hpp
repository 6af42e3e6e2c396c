// Files of the storage facility, each with metadata, in containers that know nothing of each other. What they hold is
// sealed by `vault` before it comes here.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "store/database.hpp"

namespace qd::store {

struct StorageItem {
  std::string path = {};  // "keys/project/p/web.pem"; at most 1024 bytes
  std::map<std::string, std::string> meta = {};
  std::string content = {};  // any bytes
  UnixMillis created = 0, updated = 0;
  std::int64_t version = 0;  // grows with every change
};

// One level of a container. Folders are there as long as something is below them.
struct StorageLevel {
  std::vector<StorageItem> items;    // without content, by path
  std::vector<std::string> folders;  // whole paths, in order
};

// Thread-safe. Folders are paths without a slash at the end; "" is the root.
class StorageStore {
 public:
  StorageStore(Database& database, std::string container);

  std::optional<StorageItem> find(const std::string& path);
  bool exists(const std::string& path);
  bool has_folder(const std::string& folder);
  // At most 10,000 items.
  StorageLevel list(const std::string& folder);
  bool create(const StorageItem& item);  // false: there is one
  // Replaces metadata and content. False: there is none, or, with `version`, not in this version any more.
  bool replace(const StorageItem& item, std::optional<std::int64_t> version = std::nullopt);
  bool remove(const std::string& path);
  // Paths behind `after` in order, to walk through all of them.
  std::vector<std::string> paths_after(const std::string& after, std::size_t max);

 private:
  std::string key_of(const std::string& path) const;

  Database& database_;
  std::string container_;
};

}  // namespace qd::store
