// One resource model source of a project: where some of its nodes are read from. Source of types and configuration:
// docs/manual/projects/resource-model-sources of the peer's documentation.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "codec/node_codec.hpp"
#include "http/address_blocks.hpp"
#include "model/node.hpp"

namespace qd::base {
class EventLoop;
class WorkerPool;
}  // namespace qd::base

namespace qd::node {

using SourceConfig = std::map<std::string, std::string>;

// A document that all members see: the database keeps it.
struct SharedDocuments {
  std::function<std::optional<std::string>(const std::string& project, const std::string& path)> read;
  std::function<void(const std::string& project, const std::string& path, const std::string& content)> write;
};

class ResourceSource;

// What sources need of the server; all of it outlives them.
struct SourceParts {
  model::Node server_node;
  SharedDocuments documents;
  base::EventLoop* loop = nullptr;                     // script processes are watched here
  base::WorkerPool* pool = nullptr;                    // and started here
  std::string cache_directory;                         // last good copies of remote sources; "": none are kept
  std::shared_ptr<const http::AddressBlocks> blocked;  // never reached by URLs; null: none
  // Sources of types that are not built in; empty: there are none.
  std::function<std::unique_ptr<ResourceSource>(const std::string& type, const std::string& project,
                                                const SourceConfig& config)>
      other = {};
};

// Methods block and are called by one thread at a time, but for the first four.
class ResourceSource {
 public:
  virtual ~ResourceSource() = default;

  virtual std::string description() const { return {}; }
  virtual bool writeable() const { return false; }
  // The format of the content of a writeable source.
  virtual std::optional<codec::NodeFormat> format() const { return std::nullopt; }
  // May take long: waits for somebody else than the local file system or the database.
  virtual bool remote() const { return false; }

  // Changes when load() would read something else; "": only reading it tells.
  virtual std::string stamp() { return {}; }
  // The nodes, in the source's order. What is wrong with a part of them goes to `problems`; the rest is still good.
  virtual Result<std::vector<model::Node>> load(std::vector<std::string>& problems) = 0;
  virtual bool has_data() { return true; }
  // Replaces the content, which was checked to be in format(). Only when writeable().
  virtual Result<> write(const std::string&) { return fail(ErrorKind::invalid, "This source cannot be written."); }
};

inline constexpr const char* source_types = "file, directory, url, script, local, stub or stored";

// The error says which key is missing or wrong. Types: file, directory, url, script, local, stub, our own `stored`, and
// what SourceParts::other makes.
Result<std::unique_ptr<ResourceSource>> make_source(const std::string& type, const std::string& project,
                                                    const SourceConfig& config, const SourceParts& parts);

// Each type's own. Internal to node/.
Result<std::unique_ptr<ResourceSource>> make_file_source(const SourceConfig& config, const SourceParts& parts);
Result<std::unique_ptr<ResourceSource>> make_directory_source(const SourceConfig& config, const SourceParts& parts);
Result<std::unique_ptr<ResourceSource>> make_url_source(const std::string& project, const SourceConfig& config,
                                                        const SourceParts& parts);
Result<std::unique_ptr<ResourceSource>> make_script_source(const std::string& project, const SourceConfig& config,
                                                           const SourceParts& parts);
Result<std::unique_ptr<ResourceSource>> make_local_source(const SourceConfig& config, const SourceParts& parts);
Result<std::unique_ptr<ResourceSource>> make_stub_source(const SourceConfig& config);
Result<std::unique_ptr<ResourceSource>> make_stored_source(const std::string& project, const SourceConfig& config,
                                                           const SourceParts& parts);

// Reading a configuration: "" or false when absent.
std::string config_text(const SourceConfig& config, const std::string& key);
bool config_truth(const SourceConfig& config, const std::string& key);
Result<std::string> needed(const SourceConfig& config, const std::string& key);
// What `format` says, or nothing when it is absent; an error when it is unknown.
Result<std::optional<codec::NodeFormat>> config_format(const SourceConfig& config);

}  // namespace qd::node
