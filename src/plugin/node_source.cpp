#include "plugin/node_source.hpp"

#include "base/text.hpp"

namespace qd::plugin {

namespace {

constexpr Millis kNodesLimit{60'000};
constexpr std::size_t kMaxNodes = 64u << 20;

// Nobody's name stands behind the nodes of a project, in which keys could be read.
Result<std::string> nobodys_secret(const std::string& path) {
  return fail(ErrorKind::unauthorized, "sources of nodes cannot read " + path + " from the key storage");
}

class PluginSource final : public node::ResourceSource {
 public:
  PluginSource(const NodeSourceParts& parts, std::string type, std::string project, node::SourceConfig config)
      : parts_(parts), type_(std::move(type)), project_(std::move(project)), config_(std::move(config)) {}

  bool remote() const override { return true; }

  Result<std::vector<model::Node>> load(std::vector<std::string>&) override {
    auto& registry = parts_.scripts.registry;
    const auto now = registry.find_now(service::node_source, type_);
    if (now == nullptr) {
      return fail(ErrorKind::invalid, "the resource model source type \"" + type_ + "\" is not known; use " +
                                          std::string(node::source_types) + ", or one of these plugins: " +
                                          base::join(registry.names(service::node_source), ", "));
    }
    const auto properties = parts_.properties(project_);
    auto settings = resolve_settings(now->provider, {config_, &properties, nullptr, nobodys_secret});
    if (!settings) return fail(settings.error());
    ScriptCall call;
    call.plugin = now;
    call.project = project_;
    call.settings = std::move(*settings);
    call.context.set_group("context", {{"project", project_}});
    const auto end = run_blocking(parts_.scripts, call, kNodesLimit, kMaxNodes);
    if (!end.process.succeeded()) return fail(ErrorKind::unavailable, "its script failed: " + describe_end(end));
    if (end.cut) return fail(ErrorKind::too_large, "its output is larger than 64 MiB.");
    return codec::decode_nodes(end.out, *codec::node_format_by_name(now->provider.resource_format));
  }

 private:
  const NodeSourceParts& parts_;
  const std::string type_;
  const std::string project_;
  const node::SourceConfig config_;
};

}  // namespace

std::unique_ptr<node::ResourceSource> make_node_source(const NodeSourceParts& parts, const std::string& type,
                                                       const std::string& project, const node::SourceConfig& config) {
  return std::make_unique<PluginSource>(parts, type, project, config);
}

}  // namespace qd::plugin
