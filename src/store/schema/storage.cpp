#include "store/schema/steps.hpp"

namespace qd::store::schema {

// `path_key` is the hash of container and path, which are too long to be indexed whole. `saved_by_roles` are those of
// whoever saved a job last: in his name its schedule reads secrets.
std::vector<std::string> storage() {
  return {
      R"(CREATE TABLE storage_item (
  path_key {key} PRIMARY KEY,
  container {key} NOT NULL,
  folder {path} NOT NULL,
  path {path} NOT NULL,
  meta {text} NOT NULL,
  content {blob} NOT NULL,
  created_ms {int} NOT NULL,
  updated_ms {int} NOT NULL,
  version {int} NOT NULL){table})",
      "CREATE INDEX storage_item_by_folder ON storage_item (container{cut:20}, folder{cut:250})",
      "CREATE INDEX storage_item_by_path ON storage_item (container{cut:20}, path{cut:250})",
      R"(CREATE TABLE seal_key (
  id {key} PRIMARY KEY,
  place {key} NOT NULL,
  source {key} NOT NULL,
  salt {text} NOT NULL,
  created_ms {int} NOT NULL){table})",
      "CREATE UNIQUE INDEX seal_key_by_place ON seal_key (place)",
      "ALTER TABLE job ADD COLUMN saved_by_roles {text}",
  };
}

}  // namespace qd::store::schema
