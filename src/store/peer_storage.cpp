#include "store/peer_storage.hpp"

#include "base/json.hpp"

namespace qd::store {
namespace {

// Other namespaces hold other things: `config` is that of projects.
constexpr const char* select_peer_keys =
    "SELECT id, dir, name, json_data, data FROM storage WHERE (namespace IS NULL OR namespace = '') AND id > ? "
    "ORDER BY id LIMIT 100";

StorageItem peer_item(const Row& row) {
  const auto folder = row.text(1);
  StorageItem item{.path = folder.empty() ? row.text(2) : folder + "/" + row.text(2)};
  item.content = row.text(4);
  const auto meta = parse_json(row.text(3));
  if (!meta || !meta->is_object()) return item;
  for (const auto& [key, value] : meta->get_object()) item.meta[std::string(key)] = scalar_text(value).value_or("");
  return item;
}

}  // namespace

void each_peer_key(Database& peer, const std::function<void(StorageItem)>& use) {
  std::int64_t last = 0;
  for (;;) {
    const auto rows = peer.query(select_peer_keys, {last});
    if (rows.empty()) return;
    for (const auto& row : rows) use(peer_item(row));
    last = rows.back().integer(0);
  }
}

}  // namespace qd::store
