// The sources `local` (this server) and `stub` (nodes made up, for tests of load and of filters).
#include <algorithm>
#include <random>
#include <thread>

#include "base/properties.hpp"
#include "base/text.hpp"
#include "node/resource_source.hpp"

namespace qd::node {
namespace {

constexpr std::int64_t kMostStubs = 1'000'000;
constexpr std::int64_t kLongestDelay = 60;

class LocalSource final : public ResourceSource {
 public:
  explicit LocalSource(model::Node node) : node_(std::move(node)) {}
  std::string stamp() override { return "fixed"; }
  Result<std::vector<model::Node>> load(std::vector<std::string>&) override { return std::vector{node_}; }

 private:
  model::Node node_;
};

class StubSource final : public ResourceSource {
 public:
  struct Settings {
    std::string prefix, suffix, host, user;
    std::size_t count = 0;
    std::set<std::string> tags;
    std::map<std::string, std::string> attributes;
    std::int64_t least_delay = 0, most_delay = 0;  // seconds
  };
  explicit StubSource(Settings settings) : settings_(std::move(settings)) {}

  bool remote() const override { return settings_.most_delay > 0; }
  std::string stamp() override { return settings_.most_delay > 0 ? "" : "fixed"; }

  Result<std::vector<model::Node>> load(std::vector<std::string>&) override {
    wait();
    std::vector<model::Node> nodes(settings_.count);
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      model::Node& node = nodes[i];
      node.name = settings_.prefix + "-" + std::to_string(i) + settings_.suffix;
      node.attributes = settings_.attributes;
      node.attributes.try_emplace("hostname", settings_.host);
      node.attributes.try_emplace("username", settings_.user);
      node.attributes.try_emplace("node-executor", "stub");
      node.attributes.try_emplace("file-copier", "stub");
      node.tags = settings_.tags;
    }
    return nodes;
  }

 private:
  void wait() const {
    if (settings_.most_delay <= 0) return;
    std::random_device random;
    std::uniform_int_distribution<std::int64_t> between(settings_.least_delay * 1000, settings_.most_delay * 1000);
    std::this_thread::sleep_for(std::chrono::milliseconds(between(random)));
  }

  Settings settings_;
};

// "5" or "0-10"
Result<> read_delay(const std::string& text, StubSource::Settings& settings) {
  if (text.empty()) return {};
  const auto parts = base::split(text, '-');
  const auto least = base::parse_int(parts.front());
  const auto most = parts.size() > 1 ? base::parse_int(parts[1]) : least;
  if (parts.size() > 2 || !least || !most || *least < 0 || *most < *least || *most > kLongestDelay) {
    return fail(ErrorKind::invalid, "delay \"" + text + "\" must be seconds (at most 60) or a range of them: 0-10");
  }
  settings.least_delay = *least;
  settings.most_delay = *most;
  return {};
}

}  // namespace

Result<std::unique_ptr<ResourceSource>> make_local_source(const SourceConfig& config, const SourceParts& parts) {
  model::Node node = parts.server_node;
  for (const char* key : {"description", "hostname", "osFamily", "osName", "osArch", "osVersion"}) {
    if (const auto value = config_text(config, key); !value.empty()) node.attributes[key] = value;
  }
  const auto more = base::parse_properties(config_text(config, "attributes"));
  if (!more) return fail(ErrorKind::invalid, "Cannot parse 'attributes' as properties: " + more.error().message);
  for (const auto& property : *more) {
    if (property.key == "tags") {
      node.tags = codec::parse_tags(property.value);
    } else {
      node.attributes[property.key] = property.value;
    }
  }
  return std::make_unique<LocalSource>(std::move(node));
}

Result<std::unique_ptr<ResourceSource>> make_stub_source(const SourceConfig& config) {
  StubSource::Settings settings;
  const auto given = config.find("prefix");
  const std::string prefix = given == config.end() ? "" : given->second;
  settings.prefix = given == config.end() ? "node" : prefix;
  settings.suffix = config_text(config, "suffix");
  settings.host = prefix + "host" + settings.suffix;
  settings.user = prefix + "user" + settings.suffix;
  const auto count_text = config_text(config, "count");
  const auto count = base::parse_int(count_text.empty() ? "1" : count_text);
  if (!count || *count < 0 || *count > kMostStubs) {
    return fail(ErrorKind::invalid, "count \"" + count_text + "\" must be a number of nodes, at most 1000000");
  }
  settings.count = static_cast<std::size_t>(*count);
  settings.tags = codec::parse_tags(config_text(config, "tags"));
  for (const auto& pair : base::split(config_text(config, "attrs"), ',')) {
    const auto equals = pair.find('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == pair.size()) continue;
    settings.attributes[std::string(base::trim(pair.substr(0, equals)))] = pair.substr(equals + 1);
  }
  if (auto delay = read_delay(config_text(config, "delay"), settings); !delay) return fail(delay.error());
  return std::make_unique<StubSource>(std::move(settings));
}

}  // namespace qd::node
