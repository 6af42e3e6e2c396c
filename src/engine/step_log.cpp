#include "engine/step_log.hpp"

#include <utility>

namespace qd::engine {

StepLog::StepLog(RunLog& log, LogPlace place, const LogFilters& filters, SharedData& data, std::size_t step,
                 std::string node, StepLog* outer)
    : log_(log), place_(std::move(place)), data_(data), step_(step), node_(std::move(node)), outer_(outer) {
  filters_.reserve(filters.size());
  for (const auto& make : filters) filters_.push_back(make());
}

void StepLog::line(log::Level level, std::string_view message, log::Meta meta) {
  if (filters_.empty() && outer_ == nullptr) return log_.line(place_, level, message, meta);
  pass({level, std::string(message), std::move(meta)}, place_, 0);
}

void StepLog::pass(FilterLine line, const LogPlace& place, std::size_t from) {
  for (std::size_t i = from; i < filters_.size(); ++i) {
    at_ = i;
    filters_[i]->line(line, *this);
  }
  if (outer_ != nullptr) return outer_->pass(std::move(line), place, 0);
  log_.line(place, line.level, line.message, line.meta);
}

void StepLog::finish() {
  for (std::size_t i = 0; i < filters_.size(); ++i) {
    at_ = i;
    filters_[i]->complete(*this);
  }
}

void StepLog::add_line(FilterLine line) {
  const auto here = at_;
  pass(std::move(line), place_, here + 1);
  at_ = here;
}

void StepLog::put_data(const std::string& group, const std::string& key, std::string value) {
  if (!data_.set(step_, node_, group, key, std::move(value))) {
    log_.line(place_, log::Level::warn,
              "The data value " + group + "." + key + " is dropped: 64 MiB are taken already");
  }
}

std::string StepLog::mask_secrets(std::string_view text, std::string_view mask) const {
  return log_.masker().apply(text, mask);
}

StepOutput::StepOutput(StepLog& log)
    : log_(log),
      out_([&log](std::string_view line) { log.line(log::Level::normal, line); }),
      err_([&log](std::string_view line) { log.line(log::Level::error, line); }) {}

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
