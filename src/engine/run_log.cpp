#include "engine/run_log.hpp"

#include <utility>

namespace qd::engine {

namespace {
constexpr std::size_t kEventFrame = 24;  // time and separators of one event in the file
}  // namespace

RunLog::RunLog(std::unique_ptr<log::LogWriter> writer, const Clock& clock, Options options)
    : writer_(std::move(writer)), clock_(clock), options_(std::move(options)), counter_(options_.limit) {}

bool RunLog::within_limit(const LogPlace& place, std::size_t size) {
  if (options_.limit.kind == log::LimitSpec::Kind::none) return true;
  if (limit_announced_ && options_.limit.kind != log::LimitSpec::Kind::lines_per_node) return false;
  const auto bytes = static_cast<std::int64_t>(size + place.encoded.text().size() + kEventFrame);
  if (counter_.add(place.node, bytes)) return true;
  if (!std::exchange(limit_announced_, true)) {
    const auto message = "Log output limit exceeded: " + counter_.description() +
                         ", action: " + (options_.truncate ? "truncate" : "halt");
    writer_->append(clock_.now(), log::Level::error, place.encoded, message);
    if (!options_.truncate && options_.on_limit) options_.on_limit();
  }
  return false;
}

void RunLog::line(const LogPlace& place, log::Level level, std::string_view message) {
  if (!log::passes(level, options_.threshold) || !within_limit(place, message.size())) return;
  if (masker_.empty()) {
    writer_->append(clock_.now(), level, place.encoded, message);
  } else {
    writer_->append(clock_.now(), level, place.encoded, masker_.apply(message));
  }
}

void RunLog::event(const LogPlace& place, const char* type, std::string_view message, const log::Meta& more) {
  log::LogEvent made;
  made.time = clock_.now();
  made.level = log::Level::verbose;
  made.type = type;
  made.message = masker_.apply(message);
  made.meta = more;
  made.meta.insert(place.meta.begin(), place.meta.end());
  writer_->append(made);
}

StepOutput::StepOutput(RunLog& log, const LogPlace& place)
    : log_(log),
      out_([&log, &place](std::string_view line) { log.line(place, log::Level::normal, line); }),
      err_([&log, &place](std::string_view line) { log.line(place, log::Level::error, line); }) {}

void StepOutput::write(node::Stream stream, std::string_view chunk) {
  (stream == node::Stream::out ? out_ : err_).write(chunk);
}

bool StepOutput::full() const {
  return log_.writer().full();
}

void StepOutput::when_ready(std::function<void()> ready) {
  log_.writer().when_ready(std::move(ready));
}

void StepOutput::finish() {
  out_.finish();
  err_.finish();
}

}  // namespace qd::engine
