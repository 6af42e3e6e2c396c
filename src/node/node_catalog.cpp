#include "node/node_catalog.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>

#include "base/guarded.hpp"
#include "base/logging.hpp"
#include "base/text.hpp"
#include "base/worker_pool.hpp"
#include "node/project_sources.hpp"

namespace qd::node {
namespace {

using Now = std::chrono::steady_clock;
using NodeList = std::shared_ptr<const std::vector<model::Node>>;

constexpr std::size_t kLocalThreads = 2, kRemoteThreads = 8, kMostReadings = 10'000;
constexpr Millis kLookAgain{100};     // local sources are not looked at more often
constexpr Millis kAgedExtra{60'000};  // beyond the time to keep: nodes that executions do not take for fresh

// A source and what its last reading left. But for `reading` and `source`, guarded by its project's mutex.
struct SourceState {
  std::size_t index = 0;
  PluginConfig plugin;
  std::string identity;
  std::shared_ptr<ResourceSource> source;  // null: the configuration is wrong, `errors` says why
  std::mutex reading;                      // one reading or writing at a time
  NodeList nodes = std::make_shared<std::vector<model::Node>>();
  std::string errors, stamp;
  bool empty = false;
  bool busy = false, ever = false;
  Now::time_point looked{}, loaded{};
};

struct ProjectState {
  std::mutex mutex;
  std::condition_variable changed;
  std::string fingerprint;
  bool configured = false;
  NodeRules rules;
  std::vector<std::shared_ptr<SourceState>> sources;
  std::vector<std::shared_ptr<const NodeEnhancer>> enhancers;
  model::Nodes merged;
  std::uint64_t changes = 0, merged_at = 0;
  std::mutex merging;
};

using Project = std::shared_ptr<ProjectState>;
using Source = std::shared_ptr<SourceState>;

struct Reading {
  NodeList nodes;  // null: those of before stay
  std::string errors, stamp;
  bool empty = false;
};

Reading read(SourceState& state, const std::string& known_stamp, bool ever) {
  Reading reading;
  try {
    reading.stamp = state.source->stamp();
    reading.empty = state.source->writeable() && !state.source->has_data();
    if (ever && !reading.stamp.empty() && reading.stamp == known_stamp) return reading;
    std::vector<std::string> problems;
    auto nodes = state.source->load(problems);
    reading.errors = nodes ? base::join(problems, "; ") : nodes.error().message;
    if (nodes) reading.nodes = std::make_shared<const std::vector<model::Node>>(std::move(*nodes));
  } catch (const std::exception& broken) {
    reading.errors = broken.what();
  }
  return reading;
}

// Nothing was read, because nothing had changed.
bool unchanged(const Reading& reading) {
  return !reading.nodes && reading.errors.empty();
}

}  // namespace

struct NodeCatalog::Impl {
  explicit Impl(SourceParts source_parts) : parts(std::move(source_parts)) {}

  Project project(const std::string& name) {
    return projects.with([&](auto& all) {
      auto& state = all[name];
      if (!state) {
        state = std::make_shared<ProjectState>();
        state->merged = server_only();
      }
      return state;
    });
  }

  model::Nodes server_only() const { return std::make_shared<model::NodeSet>(std::vector{parts.server_node}); }

  // With the project's lock held. Sources whose own configuration is the same keep what they read.
  void configure(const std::string& name, ProjectState& state, const ProjectConfig& config) {
    auto fingerprint = node_rules_fingerprint(config);
    if (state.configured && fingerprint == state.fingerprint) return;
    state.fingerprint = std::move(fingerprint);
    state.configured = true;
    state.rules = read_node_rules(config);
    state.enhancers = make_enhancers(name, state.rules);
    auto before = std::move(state.sources);
    state.sources.clear();
    for (const PluginConfig& plugin : state.rules.sources) {
      const auto identity = plugin.identity();
      const auto index = state.sources.size() + 1;
      const auto known = std::ranges::find_if(before, [&](const Source& source) {
        return source && source->index == index && source->identity == identity;
      });
      state.sources.push_back(known == before.end() ? open(name, plugin, index) : *known);
    }
    ++state.changes;
  }

  Source open(const std::string& project, const PluginConfig& plugin, std::size_t index) const {
    auto state = std::make_shared<SourceState>();
    state->index = index;
    state->plugin = plugin;
    state->identity = plugin.identity();
    auto made = make_source(plugin.type, project, plugin.config, parts);
    if (made) {
      state->source = std::move(*made);
    } else {
      state->errors = made.error().message;
      state->ever = true;
    }
    return state;
  }

  static bool due(const ProjectState& project, const SourceState& source, Now::time_point now) {
    if (!source.source || source.busy) return false;
    if (!source.ever) return true;
    const bool remote = source.source->remote();
    const Millis pause = !remote ? kLookAgain : project.rules.cached ? project.rules.keep : Millis{0};
    return now - source.looked >= pause;
  }

  // With the lock held: begins the readings that are due.
  void begin_readings(const Project& project, Now::time_point now) {
    for (const Source& source : project->sources) {
      if (!due(*project, *source, now)) continue;
      source->busy = true;
      auto& pool = source->source->remote() ? remote_pool : local_pool;
      if (!pool.try_post([this, project, source] { reread(project, source, false); })) source->busy = false;
    }
  }

  static bool worth_waiting(const ProjectState& project, const SourceState& source, const Patience& patience,
                            Now::time_point now) {
    if (!source.busy) return false;
    if (!source.source->remote()) return true;
    if (!source.ever) return project.rules.wait_first || patience.fresh;
    if (!project.rules.cached) return true;
    return patience.fresh && now - source.loaded > project.rules.keep + kAgedExtra;
  }

  // Reads a source, on a pool's thread or a writer's, and publishes what changed.
  void reread(const Project& project, const Source& source, bool anyway) {
    const std::lock_guard one_at_a_time(source->reading);
    std::string stamp;
    bool ever = false;
    {
      const std::lock_guard lock(project->mutex);
      stamp = source->stamp;
      ever = source->ever && !anyway;
    }
    auto reading = read(*source, stamp, ever);
    const bool same = reading.nodes && ever && *reading.nodes == *source->nodes;
    {
      const std::lock_guard lock(project->mutex);
      source->looked = Now::now();
      source->empty = reading.empty;
      if (!unchanged(reading)) {
        if (!reading.errors.empty() && reading.errors != source->errors) {
          base::log_warn(
              "nodes", "source " + std::to_string(source->index) + " (" + source->plugin.type + "): " + reading.errors);
        }
        if (reading.nodes) source->loaded = source->looked;
        if (reading.nodes && !same) {
          source->nodes = std::move(reading.nodes);
          ++project->changes;
        }
        source->errors = std::move(reading.errors);
        source->stamp = std::move(reading.stamp);
      }
    }
    merge(*project);
    const std::lock_guard lock(project->mutex);
    source->ever = true;
    source->busy = false;
    project->changed.notify_all();
  }

  // Puts the sources' nodes together, off the lock, unless somebody has done it already.
  void merge(ProjectState& project) {
    const std::lock_guard one_at_a_time(project.merging);
    std::vector<NodeList> lists;
    std::vector<std::shared_ptr<const NodeEnhancer>> enhancers;
    bool merge_attributes = true;
    std::uint64_t change = 0;
    {
      const std::lock_guard lock(project.mutex);
      change = project.changes;
      if (change == project.merged_at) return;
      merge_attributes = project.rules.merge_attributes;
      enhancers = project.enhancers;
      for (const Source& source : project.sources) lists.push_back(source->nodes);
    }
    model::NodeMerger merger(merge_attributes);
    std::size_t most = 1;
    for (const NodeList& list : lists) most += list->size();
    merger.reserve(most);
    merger.add({parts.server_node});
    for (const NodeList& list : lists) merger.add(*list);
    auto nodes = merger.take();
    for (const auto& enhancer : enhancers) {
      for (model::Node& node : nodes) enhancer->enhance(node);
    }
    auto merged = std::make_shared<model::NodeSet>(std::move(nodes));
    const std::lock_guard lock(project.mutex);
    project.merged = std::move(merged);
    project.merged_at = change;
  }

  // Looks at everything that is due and waits as long as it is worth it. Returns with the lock held.
  std::unique_lock<std::mutex> refreshed(const std::string& name, const Project& project, const ProjectConfig& config,
                                         const Patience& patience) {
    const auto start = Now::now();
    std::unique_lock lock(project->mutex);
    configure(name, *project, config);
    begin_readings(project, start);
    const auto settled = [&] {
      return std::ranges::none_of(
          project->sources, [&](const Source& source) { return worth_waiting(*project, *source, patience, start); });
    };
    project->changed.wait_until(lock, start + patience.limit, settled);
    if (project->merged_at != project->changes) {
      lock.unlock();
      merge(*project);
      lock.lock();
    }
    return lock;
  }

  static SourceView view(const SourceState& source) {
    SourceView view;
    view.index = source.index;
    view.type = source.plugin.type;
    view.errors = source.errors;
    view.nodes = source.nodes;
    if (source.source) {
      view.writeable = source.source->writeable();
      view.format = source.source->format();
      view.description = source.source->description();
      view.empty = source.empty;
    }
    return view;
  }

  SourceParts parts;
  base::Guarded<std::map<std::string, Project>> projects;
  base::WorkerPool local_pool{"nodes-local", kLocalThreads, kMostReadings};
  base::WorkerPool remote_pool{"nodes-remote", kRemoteThreads, kMostReadings};
};

NodeCatalog::NodeCatalog(SourceParts parts) : impl_(std::make_unique<Impl>(std::move(parts))) {}

NodeCatalog::~NodeCatalog() {
  stop();
}

void NodeCatalog::stop() noexcept {
  impl_->local_pool.stop();
  impl_->remote_pool.stop();
}

model::Nodes NodeCatalog::nodes(const std::string& project, const ProjectConfig& config, Patience patience) {
  const auto state = impl_->project(project);
  const auto lock = impl_->refreshed(project, state, config, patience);
  return state->merged;
}

std::vector<SourceView> NodeCatalog::sources(const std::string& project, const ProjectConfig& config,
                                             Patience patience) {
  const auto state = impl_->project(project);
  const auto lock = impl_->refreshed(project, state, config, patience);
  std::vector<SourceView> views;
  for (const Source& source : state->sources) views.push_back(Impl::view(*source));
  return views;
}

Result<SourceView> NodeCatalog::write(const std::string& project, const ProjectConfig& config, std::size_t index,
                                      const std::string& content) {
  const auto state = impl_->project(project);
  Source source;
  {
    const std::lock_guard lock(state->mutex);
    impl_->configure(project, *state, config);
    if (index == 0 || index > state->sources.size()) {
      return fail(ErrorKind::not_found, "source index does not exist: " + std::to_string(index));
    }
    source = state->sources[index - 1];
  }
  if (!source->source || !source->source->writeable()) {
    return fail(ErrorKind::invalid, "source " + std::to_string(index) + " cannot be written");
  }
  {
    const std::lock_guard one_at_a_time(source->reading);
    if (auto written = source->source->write(content); !written) return fail(written.error());
  }
  impl_->reread(state, source, true);
  const std::lock_guard lock(state->mutex);
  return Impl::view(*source);
}

void NodeCatalog::forget(const std::string& project) {
  impl_->projects.with([&](auto& all) { all.erase(project); });
}

void NodeCatalog::warm(const std::string& project, const ProjectConfig& config) {
  const auto state = impl_->project(project);
  const std::lock_guard lock(state->mutex);
  impl_->configure(project, *state, config);
  impl_->begin_readings(state, Now::now());
}

}  // namespace qd::node
