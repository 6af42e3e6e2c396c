// The sources `file`, `directory` and `stored`: documents that lie still until somebody writes them.
#include <algorithm>
#include <filesystem>

#include "node/resource_file.hpp"
#include "node/resource_source.hpp"

namespace qd::node {
namespace {

constexpr std::size_t kMaxDocument = 64u << 20;

class FileSource final : public ResourceSource {
 public:
  struct Settings {
    std::filesystem::path file;
    codec::NodeFormat format;
    bool generate = false, include_server_node = false, require_exists = false, writeable = false;
  };
  FileSource(Settings settings, const SourceParts& parts) : settings_(std::move(settings)), parts_(parts) {}

  std::string description() const override { return settings_.file.string(); }
  bool writeable() const override { return settings_.writeable; }
  std::optional<codec::NodeFormat> format() const override { return settings_.format; }
  std::string stamp() override { return file_stamp(settings_.file); }
  bool has_data() override {
    return settings_.require_exists || settings_.generate || std::filesystem::exists(settings_.file);
  }

  Result<std::vector<model::Node>> load(std::vector<std::string>&) override {
    std::vector<model::Node> nodes;
    if (settings_.include_server_node) nodes.push_back(parts_.server_node);
    if (!std::filesystem::exists(settings_.file)) {
      if (settings_.generate) return generate(std::move(nodes));
      if (!settings_.require_exists) return nodes;
      return fail(ErrorKind::unavailable, "File does not exist: " + settings_.file.string());
    }
    auto text = read_bounded(settings_.file, kMaxDocument);
    if (!text) return fail(text.error());
    auto read = codec::decode_nodes(*text, settings_.format);
    if (!read) return fail(read.error().kind, settings_.file.string() + ": " + read.error().message);
    if (nodes.empty()) return read;
    std::ranges::move(*read, std::back_inserter(nodes));
    return nodes;
  }

  Result<> write(const std::string& content) override { return write_whole(settings_.file, content); }

 private:
  Result<std::vector<model::Node>> generate(std::vector<model::Node> nodes) {
    if (auto written = write_whole(settings_.file, codec::encode_nodes(nodes, settings_.format)); !written) {
      return fail(written.error());
    }
    return nodes;
  }

  Settings settings_;
  const SourceParts& parts_;
};

class DirectorySource final : public ResourceSource {
 public:
  explicit DirectorySource(std::filesystem::path folder) : folder_(std::move(folder)) {}

  std::string description() const override { return folder_.string(); }

  std::string stamp() override {
    std::string stamps = "folder";
    for (const auto& file : files()) stamps += "\n" + file.filename().string() + " " + file_stamp(file);
    return stamps;
  }

  Result<std::vector<model::Node>> load(std::vector<std::string>& problems) override {
    if (!std::filesystem::is_directory(folder_)) {
      return fail(ErrorKind::unavailable, "Not a directory: " + folder_.string());
    }
    std::vector<model::Node> all;
    for (const auto& file : files()) {
      auto text = read_bounded(file, kMaxDocument);
      auto nodes = text ? codec::decode_nodes(*text, *codec::node_format_by_extension(file.filename().string()))
                        : Result<std::vector<model::Node>>(fail(text.error()));
      if (nodes) {
        std::ranges::move(*nodes, std::back_inserter(all));
      } else {
        problems.push_back("Error loading file: " + file.string() + ": " + nodes.error().message);
      }
    }
    return all;
  }

 private:
  std::vector<std::filesystem::path> files() const {  // by name
    std::vector<std::filesystem::path> found;
    std::error_code broken;
    for (const auto& entry : std::filesystem::directory_iterator(folder_, broken)) {
      const auto name = entry.path().filename().string();
      if (!name.starts_with('.') && codec::node_format_by_extension(name)) found.push_back(entry.path());
    }
    std::ranges::sort(found);
    return found;
  }

  std::filesystem::path folder_;
};

// Our own: a document in the database, so that every member of a cluster reads and writes the same one.
class StoredSource final : public ResourceSource {
 public:
  StoredSource(std::string project, std::string path, codec::NodeFormat format, bool writeable,
               const SourceParts& parts)
      : project_(std::move(project)), path_(std::move(path)), format_(format), writeable_(writeable), parts_(parts) {}

  std::string description() const override { return "stored: " + path_; }
  bool writeable() const override { return writeable_; }
  std::optional<codec::NodeFormat> format() const override { return format_; }

  // The content itself is short enough to be read again: it is the only thing that all databases tell alike.
  std::string stamp() override {
    const auto content = parts_.documents.read(project_, path_);
    return content ? std::to_string(content->size()) + ":" + std::to_string(std::hash<std::string>()(*content))
                   : "absent";
  }
  bool has_data() override { return parts_.documents.read(project_, path_).has_value(); }

  Result<std::vector<model::Node>> load(std::vector<std::string>&) override {
    const auto content = parts_.documents.read(project_, path_);
    if (!content) return std::vector<model::Node>();
    auto nodes = codec::decode_nodes(*content, format_);
    if (!nodes) return fail(nodes.error().kind, description() + ": " + nodes.error().message);
    return nodes;
  }

  Result<> write(const std::string& content) override {
    parts_.documents.write(project_, path_, content);
    return {};
  }

 private:
  std::string project_, path_;
  codec::NodeFormat format_;
  bool writeable_;
  const SourceParts& parts_;
};

Result<codec::NodeFormat> format_of(const SourceConfig& config, const std::string& file) {
  const auto named = config_format(config);
  if (!named) return fail(named.error());
  if (*named) return **named;
  const auto by_name = codec::node_format_by_extension(file);
  if (by_name) return *by_name;
  return fail(ErrorKind::invalid, "the format of " + file +
                                      " is not clear from its name; set 'format' to resourcexml, resourceyaml or "
                                      "resourcejson");
}

}  // namespace

Result<std::unique_ptr<ResourceSource>> make_file_source(const SourceConfig& config, const SourceParts& parts) {
  const auto file = needed(config, "file");
  if (!file) return fail(file.error());
  const auto format = format_of(config, *file);
  if (!format) return fail(format.error());
  return std::make_unique<FileSource>(
      FileSource::Settings{*file, *format, config_truth(config, "generateFileAutomatically"),
                           config_truth(config, "includeServerNode"), config_truth(config, "requireFileExists"),
                           config_truth(config, "writeable")},
      parts);
}

Result<std::unique_ptr<ResourceSource>> make_directory_source(const SourceConfig& config, const SourceParts&) {
  const auto folder = needed(config, "directory");
  if (!folder) return fail(folder.error());
  if (std::filesystem::is_regular_file(*folder)) {
    return fail(ErrorKind::invalid, "path specified is not a directory: " + *folder);
  }
  return std::make_unique<DirectorySource>(*folder);
}

Result<std::unique_ptr<ResourceSource>> make_stored_source(const std::string& project, const SourceConfig& config,
                                                           const SourceParts& parts) {
  auto path = config_text(config, "path");
  if (path.empty()) path = "etc/resources.yaml";
  const auto format = format_of(config, path);
  if (!format) return fail(format.error());
  const bool writeable = config_text(config, "writeable").empty() || config_truth(config, "writeable");
  return std::make_unique<StoredSource>(project, path, *format, writeable, parts);
}

}  // namespace qd::node
