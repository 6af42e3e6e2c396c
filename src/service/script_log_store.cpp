#include "service/script_log_store.hpp"

#include <filesystem>

#include "base/id.hpp"
#include "base/text.hpp"
#include "logstore/file_bytes.hpp"
#include "logstore/path_template.hpp"

namespace qd::service {
namespace {

namespace fs = std::filesystem;

constexpr Millis kTransferLimit{30 * 60'000};
constexpr Millis kQuestionLimit{60'000};
constexpr std::size_t kMaxSaid = 64 << 10;
constexpr std::string_view kOfExecution = "rundeck.";

// "project/p/12.rdlog.partial.3" → "rdlog.partial.3"
std::string file_type_of(const std::string& key) {
  for (const char* type : {".rdlog", ".state.json"}) {
    const auto at = key.rfind(type);
    if (at != std::string::npos) return key.substr(at + 1);
  }
  return {};
}

std::string last_line(const std::string& text) {
  const auto lines = base::split_trimmed(text, '\n');
  return lines.empty() ? std::string() : lines.back();
}

// A file that is gone when this is.
class Temporary {
 public:
  explicit Temporary(const std::string& folder) : path_(folder + "/logstore." + base::new_uuid()) {}
  ~Temporary() {
    std::error_code ignored;
    fs::remove(path_, ignored);
  }
  Temporary(const Temporary&) = delete;
  Temporary& operator=(const Temporary&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

class ScriptLogStore final : public logstore::LogStore {
 public:
  ScriptLogStore(const plugin::ScriptParts& scripts, ScriptStorePlace place)
      : scripts_(scripts), place_(std::move(place)) {}

  Result<plugin::ScriptCall> prepare(const std::string& action, const std::string& key) const {
    if (auto checked = logstore::check_key(key); !checked) return fail(checked.error());
    plugin::ScriptCall call;
    call.plugin = scripts_.registry.find_now(plugin::service::file_storage, place_.provider);
    if (call.plugin == nullptr) {
      return fail(ErrorKind::unavailable, "there is no log store plugin '" + place_.provider +
                                              "' on this member; there are: " +
                                              base::join(scripts_.registry.names(plugin::service::file_storage), ", "));
    }
    auto settings = plugin::resolve_settings(call.plugin->provider, {{}, &place_.properties, nullptr, {}});
    if (!settings) return fail(settings.error());
    call.settings = std::move(*settings);
    call.project = place_.project;
    call.context.set_group("storage", {{"action", action}, {"key", key}, {"filetype", file_type_of(key)}});
    return call;
  }

  Result<> put(const std::string& key, const logstore::Body& body, const logstore::Metadata& metadata,
               const logstore::Progress& progress) override {
    auto call = prepare("store", key);
    if (!call) return fail(call.error());
    const Temporary piece(place_.temp_folder);
    auto path = body.path;
    const auto now = path.empty() ? std::int64_t{0} : file_size(path);
    if (path.empty() || body.offset != 0 || body.size != now) {
      path = piece.path();
      if (auto written = logstore::write_body(body, path, progress); !written) return written;
    }
    auto storage = call->context.group("storage");
    storage["file"] = path;
    storage["size"] = std::to_string(body.size);
    call->context.set_group("storage", std::move(storage));
    plugin::Texts execution;
    for (const auto& [name, value] : metadata) {
      const auto plain = name.starts_with(kOfExecution) ? name.substr(kOfExecution.size()) : name;
      execution[plain] = value;
    }
    call->context.set_group("execution", std::move(execution));
    const auto said = run(*call, kTransferLimit, progress);
    if (!said) return fail(said.error());
    return {};
  }

  Result<bool> get(const std::string& key, const std::string& path, const logstore::Progress& progress) override {
    auto there = is_there(key);
    if (!there || !*there) return there;
    auto call = prepare("retrieve", key);
    if (!call) return fail(call.error());
    auto storage = call->context.group("storage");
    storage["file"] = path;
    call->context.set_group("storage", std::move(storage));
    if (const auto said = run(*call, kTransferLimit, progress); !said) return fail(said.error());
    if (file_size(path) >= 0) return true;
    return failure("retrieve", key, "its script ended well and wrote no file");
  }

  Result<std::optional<logstore::Stored>> find(const std::string& key) override {
    const auto there = is_there(key);
    if (!there) return fail(there.error());
    return *there ? std::optional<logstore::Stored>(logstore::Stored{}) : std::nullopt;
  }

  Result<> remove(const std::string& key) override {
    const auto call = prepare("delete", key);
    if (!call) return fail(call.error());
    if (const auto said = run(*call, kQuestionLimit, {}); !said) return fail(said.error());
    return {};
  }

 private:
  static std::int64_t file_size(const std::string& path) {
    std::error_code error;
    const auto size = fs::file_size(path, error);
    return error ? -1 : static_cast<std::int64_t>(size);
  }

  tl::unexpected<Error> failure(const std::string& action, const std::string& key, const std::string& why) const {
    return fail(ErrorKind::unavailable, "Log store " + place_.provider + ": " + action + " " + key + ": " + why);
  }

  Result<std::string> run(const plugin::ScriptCall& call, Millis limit, const logstore::Progress& progress) const {
    const auto stopped = [&] { return progress && !progress(0); };
    const auto end = plugin::run_blocking(scripts_, call, limit, kMaxSaid, stopped);
    if (end.process.succeeded()) return end.out;
    const auto& storage = call.context.group("storage");
    return failure(storage.at("action"), storage.at("key"), plugin::describe_end(end));
  }

  Result<bool> is_there(const std::string& key) const {
    const auto call = prepare("available", key);
    if (!call) return fail(call.error());
    const auto said = run(*call, kQuestionLimit, {});
    if (!said) return fail(said.error());
    const auto answer = base::parse_bool(last_line(*said));
    if (answer) return *answer;
    return failure("available", key, "its script printed neither true nor false");
  }

  const plugin::ScriptParts& scripts_;
  const ScriptStorePlace place_;
};

}  // namespace

Result<std::shared_ptr<logstore::LogStore>> open_script_store(const plugin::ScriptParts& scripts,
                                                              ScriptStorePlace place) {
  auto store = std::make_shared<ScriptLogStore>(scripts, std::move(place));
  if (const auto ready = store->prepare("available", "probe.rdlog"); !ready) return fail(ready.error());
  return std::shared_ptr<logstore::LogStore>(std::move(store));
}

}  // namespace qd::service
