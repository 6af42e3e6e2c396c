// A storage tree: providers mounted at paths, converters between them and everybody else.
//
// What no configured converter closes is sealed with the member's own key. Nothing reaches a provider as it is.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "vault/provider.hpp"
#include "vault/sealer.hpp"
#include "vault/selector.hpp"

namespace qd::vault {

// The provider of everything at and below `path`, as long as no longer path is another one's.
struct Mount {
  std::string path;     // "" is the root
  bool strips = false;  // the provider's own paths begin below `path`
  std::unique_ptr<Provider> provider;
};

struct ConverterRule {
  std::string path;
  Selector selector;
  bool only_opens = false;  // what it would close, the sealer does: a way out of it
  std::unique_ptr<Converter> converter;
};

struct ResealReport {
  std::size_t checked = 0, changed = 0;
  std::vector<std::string> failures;  // "keys/a: why"; at most 100
};

// Thread-safe; blocks on databases and files. Paths are clean. Writes keep who made an item and when, and note the
// time.
class Storage {
 public:
  // One of the mounts is the root's.
  Storage(std::vector<Mount> mounts, std::vector<ConverterRule> rules, std::unique_ptr<Sealer> sealer,
          const Clock& clock);

  Result<std::optional<Entry>> look(const std::string& path);
  Result<std::vector<Entry>> list(const std::string& folder);  // one level, mounts among it, in order of paths
  Result<std::optional<Item>> read(const std::string& path);
  // `conflict`: there is something at this path, or a file where a folder would have to be.
  Result<Entry> create(Item item);
  Result<Entry> replace(Item item);  // `not_found`: there is none
  Result<bool> remove(const std::string& path);
  // Creates an item from what another installation stored, which its converters may have closed; times and users stay.
  Result<Entry> adopt(Item item);

  // Closes everything anew that is not closed as it would be now; what is changed meanwhile is left to its writer.
  Result<ResealReport> reseal();

 private:
  const Mount& mount_of(const std::string& path) const;
  static std::string inner(const Mount& mount, const std::string& path);
  static std::string outer(const Mount& mount, const std::string& path);
  Result<std::optional<Item>> fetch(const std::string& path);
  Result<Entry> store(Item item);  // a new one
  Result<Item> closed(const Item& item);
  Result<std::string> opened(const Item& item, const Mount& mount);
  Result<bool> is_fresh(const Item& item);
  Result<> reseal_one(const Mount& mount, const std::string& path, ResealReport& report);

  std::vector<Mount> mounts_;  // longest path first
  std::vector<ConverterRule> rules_;
  std::unique_ptr<Sealer> sealer_;
  const Clock& clock_;
};

}  // namespace qd::vault
