#include "store/storage_store.hpp"

#include <set>

#include "base/id.hpp"
#include "base/json.hpp"
#include "store/condition.hpp"

namespace qd::store {
namespace {

constexpr const char* select_item =
    "SELECT path, meta, created_ms, updated_ms, version, content FROM storage_item WHERE path_key = ?";
constexpr const char* select_exists = "SELECT 1 FROM storage_item WHERE path_key = ?";
constexpr const char* select_level =
    "SELECT path, meta, created_ms, updated_ms, version FROM storage_item WHERE container = ? AND folder = ? "
    "ORDER BY path LIMIT 10000";
constexpr const char* select_paths =
    "SELECT path FROM storage_item WHERE container = ? AND path > ? ORDER BY path LIMIT ?";
constexpr const char* insert_item =
    "INSERT INTO storage_item (path_key, container, folder, path, meta, content, created_ms, updated_ms, version) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1)";
constexpr const char* update_item =
    "UPDATE storage_item SET meta = ?, content = ?, updated_ms = ?, version = version + 1 WHERE path_key = ?";
constexpr const char* update_version =
    "UPDATE storage_item SET meta = ?, content = ?, updated_ms = ?, version = version + 1 WHERE path_key = ? AND "
    "version = ?";
constexpr const char* delete_item = "DELETE FROM storage_item WHERE path_key = ?";

std::string folder_of(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == std::string::npos ? std::string() : path.substr(0, slash);
}

std::string meta_text(const std::map<std::string, std::string>& meta) {
  JsonObject object;
  for (const auto& [key, value] : meta) object[key] = value;
  return boost::json::serialize(object);
}

StorageItem read_item(const Row& row) {
  StorageItem item{
      .path = row.text(0), .created = row.integer(2), .updated = row.integer(3), .version = row.integer(4)};
  const auto meta = parse_json(row.text(1));
  if (!meta || !meta->is_object()) throw DatabaseError("the metadata of " + item.path + " is no JSON object", false);
  for (const auto& [key, value] : meta->get_object()) item.meta[std::string(key)] = scalar_text(value).value_or("");
  return item;
}

// The folders that hold something at or below `folder`.
Condition below(const std::string& container, const std::string& folder) {
  Condition condition = equals("container", container);
  if (folder.empty()) return condition;
  const Condition tree = in_group_tree("folder", folder);
  condition.sql += " AND " + tree.sql;
  condition.params.insert(condition.params.end(), tree.params.begin(), tree.params.end());
  return condition;
}

}  // namespace

StorageStore::StorageStore(Database& database, std::string container)
    : database_(database), container_(std::move(container)) {}

// Paths are longer than what databases index whole.
std::string StorageStore::key_of(const std::string& path) const {
  return base::sha256_hex(container_ + ":" + path);
}

std::optional<StorageItem> StorageStore::find(const std::string& path) {
  const auto rows = database_.query(select_item, {key_of(path)});
  if (rows.empty()) return std::nullopt;
  auto item = read_item(rows.front());
  item.content = rows.front().text(5);
  return item;
}

bool StorageStore::exists(const std::string& path) {
  return !database_.query(select_exists, {key_of(path)}).empty();
}

bool StorageStore::has_folder(const std::string& folder) {
  if (folder.empty()) return true;
  const auto condition = below(container_, folder);
  return !database_.query("SELECT 1 FROM storage_item WHERE " + condition.sql + " LIMIT 1", condition.params).empty();
}

StorageLevel StorageStore::list(const std::string& folder) {
  StorageLevel level;
  for (const auto& row : database_.query(select_level, {container_, folder})) level.items.push_back(read_item(row));
  const auto condition = below(container_, folder);
  const std::size_t start = folder.empty() ? 0 : folder.size() + 1;
  std::set<std::string> folders;
  const auto rows =
      database_.query("SELECT DISTINCT folder FROM storage_item WHERE " + condition.sql, condition.params);
  for (const auto& row : rows) {
    const auto inside = row.text(0);
    if (inside.size() > start) folders.insert(inside.substr(0, inside.find('/', start)));
  }
  level.folders.assign(folders.begin(), folders.end());
  return level;
}

bool StorageStore::create(const StorageItem& item) {
  try {
    database_.execute(insert_item, {key_of(item.path), container_, folder_of(item.path), item.path,
                                    meta_text(item.meta), Blob{item.content}, item.created, item.updated});
    return true;
  } catch (const UniqueViolation&) {
    return false;
  }
}

bool StorageStore::replace(const StorageItem& item, std::optional<std::int64_t> version) {
  Params params{meta_text(item.meta), Blob{item.content}, item.updated, key_of(item.path)};
  if (!version) return database_.execute(update_item, params) > 0;
  params.emplace_back(*version);
  return database_.execute(update_version, params) > 0;
}

bool StorageStore::remove(const std::string& path) {
  return database_.execute(delete_item, {key_of(path)}) > 0;
}

std::vector<std::string> StorageStore::paths_after(const std::string& after, std::size_t max) {
  std::vector<std::string> paths;
  for (const auto& row : database_.query(select_paths, {container_, after, static_cast<std::int64_t>(max)})) {
    paths.push_back(row.text(0));
  }
  return paths;
}

}  // namespace qd::store
