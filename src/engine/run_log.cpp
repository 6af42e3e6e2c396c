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

void RunLog::line(const LogPlace& place, log::Level level, std::string_view message, const log::Meta& more) {
  if (!log::passes(level, options_.threshold) || !within_limit(place, message.size())) return;
  if (!more.empty()) {
    auto meta = more;
    meta.insert(place.meta.begin(), place.meta.end());
    writer_->append({clock_.now(), level, log::event_type::log, masker_.apply(message), std::move(meta)});
  } else if (masker_.empty()) {
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

}  // namespace qd::engine
