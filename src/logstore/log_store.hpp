// Where the files of finished executions go: a shared folder, S3, Azure. A store knows names ("keys") and bytes,
// nothing of executions.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "base/result.hpp"

namespace qd::logstore {

// What is put: `size` bytes of a file from `offset` on, or a text when `path` is empty.
struct Body {
  std::string path;
  std::int64_t offset = 0;
  std::int64_t size = 0;
  std::string text;

  static Body of_file(std::string path, std::int64_t offset, std::int64_t size) {
    return {std::move(path), offset, size, {}};
  }
  static Body of_text(std::string text) {
    const auto size = static_cast<std::int64_t>(text.size());
    return {{}, 0, size, std::move(text)};
  }
};

// Kept with a file where the store can: "rundeck.execid" → "12".
using Metadata = std::map<std::string, std::string>;

struct Stored {
  std::int64_t size = 0;
  Metadata metadata;
};

// Called now and then during a transfer, with the bytes that are done; false ends it with an error.
using Progress = std::function<bool(std::int64_t done)>;

// Thread-safe; blocks: use it on a worker pool. Keys are paths without leading slash: "project/p/12.rdlog". Memory does
// not grow with the size of a file. Transfers that fail in passing are tried again a few times, with growing pauses;
// errors name the store, the key and the cause.
class LogStore {
 public:
  virtual ~LogStore() = default;

  // All of it or nothing: nobody ever sees a part of the file. Replaces what was there.
  virtual Result<> put(const std::string& key, const Body& body, const Metadata& metadata,
                       const Progress& progress = {}) = 0;
  // Writes the bytes to a new file at `path`; false when there is nothing under this key. What an error leaves at
  // `path` is worth nothing.
  virtual Result<bool> get(const std::string& key, const std::string& path, const Progress& progress = {}) = 0;
  virtual Result<std::optional<Stored>> find(const std::string& key) = 0;
  virtual Result<> remove(const std::string& key) = 0;  // what is not there is as good as removed
};

using Settings = std::map<std::string, std::string>;  // as users write them, without the prefix of the provider

// Names of the providers that exist, for messages.
std::string known_providers();
bool is_known_provider(const std::string& provider);

// A store by its provider's name. `environment` is the process's. The error says which setting is wrong; the caller
// says of which store.
Result<std::shared_ptr<LogStore>> open_log_store(const std::string& provider, const Settings& settings,
                                                 const std::map<std::string, std::string>& environment);

// A setting's text; blank counts as absent.
std::string setting_or(const Settings& settings, const std::string& name, std::string_view fallback = {});
Result<bool> flag_or(const Settings& settings, const std::string& name, bool fallback);

}  // namespace qd::logstore
