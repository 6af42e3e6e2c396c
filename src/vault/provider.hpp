// Where items lie. Providers know nothing of encryption: they get and give what `Storage` made of it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "store/storage_store.hpp"
#include "vault/item.hpp"

namespace qd::vault {

// Thread-safe; blocks. Paths are clean (path.hpp). Errors are `unavailable` and say what could not be done where.
class Provider {
 public:
  virtual ~Provider() = default;
  virtual Result<std::optional<Item>> find(const std::string& path) = 0;
  virtual Result<bool> has_folder(const std::string& path) = 0;
  virtual Result<std::vector<Entry>> list(const std::string& folder) = 0;  // one level, in order of paths
  virtual Result<bool> create(const Item& item) = 0;                       // false: there is one
  // False: there is none, or, when the item has a version, it is not in that version any more.
  virtual Result<bool> replace(const Item& item) = 0;
  virtual Result<bool> remove(const std::string& path) = 0;  // false: there is none
  // Paths behind `after` in order, at most `max` of them.
  virtual Result<std::vector<std::string>> paths_after(const std::string& after, std::size_t max) = 0;
  // Must everything in it be sealed? Then what is not is refused, not given out.
  virtual bool only_sealed() const = 0;
};

// In the database, so that every member has it.
std::unique_ptr<Provider> make_database_provider(store::Database& database, const std::string& container,
                                                 const Clock& clock);

// In files below `folder`, as the peer has them: content/PATH, and its metadata as a JSON object in meta/PATH. The
// folder is made when it is not there, for this user only.
Result<std::unique_ptr<Provider>> make_file_provider(const std::string& folder);

}  // namespace qd::vault
