// What the storage tree holds.
#pragma once

#include <map>
#include <string>

namespace qd::vault {

using Meta = std::map<std::string, std::string>;  // "Rundeck-content-type" and so on, as the API shows it

struct Item {
  std::string path = {};
  Meta meta = {};
  std::string content = {};
  std::string version = {};  // as its provider names what it read; "" for a new one
};

// A file without its content, or a folder.
struct Entry {
  std::string path = {};
  bool folder = false;
  Meta meta = {};

  bool operator==(const Entry&) const = default;
};

namespace meta {
inline constexpr const char* kContentType = "Rundeck-content-type";
inline constexpr const char* kSize = "Rundeck-content-size";
inline constexpr const char* kMask = "Rundeck-content-mask";
inline constexpr const char* kKeyType = "Rundeck-key-type";
inline constexpr const char* kDataType = "Rundeck-data-type";
inline constexpr const char* kCreated = "Rundeck-content-creation-time";
inline constexpr const char* kModified = "Rundeck-content-modify-time";
inline constexpr const char* kCreatedBy = "Rundeck-auth-created-username";
inline constexpr const char* kModifiedBy = "Rundeck-auth-modified-username";
}  // namespace meta

}  // namespace qd::vault
