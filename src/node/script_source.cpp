// The source `script`: runs a program and reads the nodes from its output.
#include <filesystem>
#include <future>

#include "base/text.hpp"
#include "model/arg_string.hpp"
#include "node/last_good.hpp"
#include "node/process.hpp"
#include "node/resource_source.hpp"

namespace qd::node {
namespace {

constexpr std::size_t kMaxOutput = 64u << 20;
constexpr std::int64_t kDefaultTimeoutSeconds = 60;
constexpr std::int64_t kLongestTimeoutSeconds = 3600;
constexpr std::size_t kShownErrors = 500;  // bytes of standard error in a message

struct ScriptSettings {
  std::string project, file, interpreter, args;
  bool args_quoted = false;
  codec::NodeFormat format = codec::NodeFormat::xml;
  Millis timeout{0};
};

// interpreter file args…, with args_quoted the file and its arguments as one word.
std::vector<std::string> command_line(const ScriptSettings& settings) {
  std::vector<std::string> words;
  for (const auto& word : base::split_trimmed(settings.interpreter, ' ')) words.push_back(word);
  std::vector<std::string> args;
  for (const auto& arg : model::split_args(settings.args)) {
    args.push_back(base::replace_all(arg, "${context.project}", settings.project));
  }
  if (settings.args_quoted && !settings.interpreter.empty() && !args.empty()) {
    words.push_back(settings.file + " " + base::join(args, " "));
    return words;
  }
  words.push_back(settings.file);
  words.insert(words.end(), args.begin(), args.end());
  return words;
}

struct ScriptOutcome {
  ProcessResult result;
  CollectOutput output{kMaxOutput};
};

base::Task<void> run_script(base::EventLoop& loop, base::WorkerPool& pool, ProcessSpec spec, Millis limit,
                            std::shared_ptr<ScriptOutcome> outcome, std::shared_ptr<std::promise<void>> done) {
  co_await loop.enter();
  base::CancelSource cancel;
  const auto timer = loop.after(limit, [&cancel] { cancel.cancel("it took too long"); });
  auto run = run_process(loop, pool, spec, outcome->output, cancel.token());
  auto result = co_await std::move(run);
  loop.cancel(timer);
  outcome->result = std::move(result);
  done->set_value();
}

class ScriptSource final : public ResourceSource {
 public:
  ScriptSource(ScriptSettings settings, LastGood last_good, const SourceParts& parts)
      : settings_(std::move(settings)), last_good_(std::move(last_good)), parts_(parts) {}

  bool remote() const override { return true; }

  Result<std::vector<model::Node>> load(std::vector<std::string>& problems) override {
    auto nodes = run();
    if (nodes) {
      last_good_.save(*nodes);
      fresh_ = true;
      return nodes;
    }
    std::vector<model::Node> kept;
    const std::string message = "failed to execute: " + settings_.file + ": " + nodes.error().message;
    if (fresh_ || !last_good_.load(kept)) return fail(nodes.error().kind, message);
    problems.push_back(message + " The nodes are those of its last good run.");
    return kept;
  }

 private:
  Result<std::vector<model::Node>> run() {
    if (!std::filesystem::is_regular_file(settings_.file)) {
      return fail(ErrorKind::invalid, "file does not exist or is not a file: " + settings_.file);
    }
    ProcessSpec spec;
    spec.argv = command_line(settings_);
    spec.environment =
        merged_environment({{"RD_CONTEXT_PROJECT", settings_.project}, {"RD_RUNDECK_PROJECT", settings_.project}});
    const auto outcome = std::make_shared<ScriptOutcome>();
    const auto done = std::make_shared<std::promise<void>>();
    auto ended = done->get_future();
    base::spawn(run_script(*parts_.loop, *parts_.pool, std::move(spec), settings_.timeout, outcome, done));
    // The loop ends the process in time; it is waited for longer only when the whole server stops.
    if (ended.wait_for(settings_.timeout + std::chrono::seconds(15)) != std::future_status::ready) {
      return fail(ErrorKind::unavailable, "the script did not end.");
    }
    return nodes_of(*outcome);
  }

  Result<std::vector<model::Node>> nodes_of(const ScriptOutcome& outcome) const {
    const ProcessResult& result = outcome.result;
    if (result.end == ProcessResult::End::not_started) {
      return fail(ErrorKind::unavailable, "Script execution could not start: " + result.error);
    }
    if (result.cancelled) {
      return fail(ErrorKind::unavailable, "the script was ended, it took longer than " +
                                              std::to_string(settings_.timeout.count() / 1000) +
                                              " seconds (set 'timeout' to allow more).");
    }
    if (!result.succeeded()) {
      const std::string errors(base::trim(outcome.output.err));
      const std::string what = result.end == ProcessResult::End::signalled ? "signal " + std::to_string(result.signal)
                                                                           : std::to_string(result.exit_code);
      return fail(ErrorKind::unavailable,
                  "Script execution failed with result: " + what + "." +
                      (errors.empty() ? "" : " It said: " + base::repair_utf8(errors.substr(0, kShownErrors))));
    }
    if (outcome.output.cut) return fail(ErrorKind::too_large, "Script output is larger than 64 MiB.");
    if (base::trim(outcome.output.out).empty()) return fail(ErrorKind::invalid, "Script output was empty.");
    return codec::decode_nodes(outcome.output.out, settings_.format);
  }

  ScriptSettings settings_;
  LastGood last_good_;
  const SourceParts& parts_;
  bool fresh_ = false;
};

}  // namespace

Result<std::unique_ptr<ResourceSource>> make_script_source(const std::string& project, const SourceConfig& config,
                                                           const SourceParts& parts) {
  ScriptSettings settings;
  settings.project = project;
  const auto file = needed(config, "file");
  if (!file) return fail(file.error());
  settings.file = std::filesystem::absolute(*file).string();
  const auto format = config_format(config);
  if (!format) return fail(format.error());
  if (!*format) return fail(ErrorKind::invalid, "format is required");
  settings.format = **format;
  settings.interpreter = config_text(config, "interpreter");
  settings.args = config_text(config, "args");
  settings.args_quoted = config_truth(config, "argsQuoted");
  const auto timeout_text = config_text(config, "timeout");
  const auto timeout = timeout_text.empty() ? kDefaultTimeoutSeconds : base::parse_int(timeout_text).value_or(0);
  if (timeout <= 0 || timeout > kLongestTimeoutSeconds) {
    return fail(ErrorKind::invalid, "timeout is invalid: " + timeout_text + "; it must be 1 to 3600 seconds");
  }
  settings.timeout = Millis(timeout * 1000);
  std::string key = "script";
  for (const auto& [name, value] : config) key += " " + name + "=" + value;
  return std::make_unique<ScriptSource>(std::move(settings), LastGood(parts.cache_directory, project, key), parts);
}

}  // namespace qd::node
