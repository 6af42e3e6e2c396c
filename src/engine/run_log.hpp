// The log of one execution as the engine writes it: steps' begins and ends, output of commands, messages of its own.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "engine/masker.hpp"
#include "log/event.hpp"
#include "log/limit.hpp"
#include "log/writer.hpp"
#include "node/output.hpp"

namespace qd::engine {

// Where in the workflow a line comes from.
struct LogPlace {
  LogPlace() = default;
  explicit LogPlace(log::Meta entries) : meta(std::move(entries)), encoded(meta), node(node_of(meta)) {}

  log::Meta meta;
  log::EncodedMeta encoded;
  std::string node;

 private:
  static std::string node_of(const log::Meta& meta) {
    const auto found = meta.find("node");
    return found == meta.end() ? std::string() : found->second;
  }
};

// Used on the loop's thread only.
class RunLog {
 public:
  struct Options {
    log::Level threshold = log::Level::normal;
    log::LimitSpec limit;
    bool truncate = false;           // beyond the limit drop the output; else `on_limit` is called, once
    std::function<void()> on_limit;  // must not destroy the log
  };

  RunLog(std::unique_ptr<log::LogWriter> writer, const Clock& clock, Options options);

  Masker& masker() { return masker_; }
  const Masker& masker() const { return masker_; }
  log::LogWriter& writer() { return *writer_; }
  std::int64_t bytes() const { return writer_->bytes(); }

  // A line; dropped when its level is below the threshold or the limit is exceeded.
  // `more` is metadata beyond the place.
  void line(const LogPlace& place, log::Level level, std::string_view message, const log::Meta& more = {});
  // "stepbegin" and the like: kept whatever the threshold.
  void event(const LogPlace& place, const char* type, std::string_view message = {}, const log::Meta& more = {});

 private:
  bool within_limit(const LogPlace& place, std::size_t size);

  std::unique_ptr<log::LogWriter> writer_;
  const Clock& clock_;
  Options options_;
  Masker masker_;
  log::LimitCounter counter_;
  bool limit_announced_ = false;
};

}  // namespace qd::engine
