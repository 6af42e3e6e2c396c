#include "base/text.hpp"
#include "vault/provider.hpp"

namespace qd::vault {
namespace {

class DatabaseProvider final : public Provider {
 public:
  DatabaseProvider(store::Database& database, const std::string& container, const Clock& clock)
      : store_(database, container), clock_(clock) {}

  Result<std::optional<Item>> find(const std::string& path) override {
    auto found = store_.find(path);
    if (!found) return std::nullopt;
    return Item{found->path, std::move(found->meta), std::move(found->content), std::to_string(found->version)};
  }

  Result<bool> has_folder(const std::string& path) override { return store_.has_folder(path); }

  Result<std::vector<Entry>> list(const std::string& folder) override {
    auto level = store_.list(folder);
    std::vector<Entry> entries;
    for (auto& item : level.items) entries.push_back({item.path, false, std::move(item.meta)});
    for (auto& path : level.folders) entries.push_back({std::move(path), true, {}});
    return entries;
  }

  Result<bool> create(const Item& item) override { return store_.create(row_of(item)); }

  Result<bool> replace(const Item& item) override {
    const auto version = base::parse_int(item.version);
    return store_.replace(row_of(item), version);
  }

  Result<bool> remove(const std::string& path) override { return store_.remove(path); }

  Result<std::vector<std::string>> paths_after(const std::string& after, std::size_t max) override {
    return store_.paths_after(after, max);
  }

  bool only_sealed() const override { return true; }

 private:
  store::StorageItem row_of(const Item& item) const {
    const UnixMillis now = clock_.now();
    return {.path = item.path, .meta = item.meta, .content = item.content, .created = now, .updated = now};
  }

  store::StorageStore store_;
  const Clock& clock_;
};

}  // namespace

std::unique_ptr<Provider> make_database_provider(store::Database& database, const std::string& container,
                                                 const Clock& clock) {
  return std::make_unique<DatabaseProvider>(database, container, clock);
}

}  // namespace qd::vault
