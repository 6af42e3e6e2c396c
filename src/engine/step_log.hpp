// What one step prints, on one node or as a whole: through its log filters into the log of the execution.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/log_filter.hpp"
#include "engine/run_log.hpp"
#include "engine/shared_data.hpp"

namespace qd::engine {

using LogFilters = std::vector<FilterFactory>;

// Used on the loop's thread only. Everything passed by reference outlives it.
class StepLog final : private FilterHost {
 public:
  // `step` counts from 1; `node` is "" for a step that runs once: the scope of what filters capture. `outer` is the log
  // of the job reference that the step is inside of, or null: its filters come after the step's own.
  StepLog(RunLog& log, LogPlace place, const LogFilters& filters, SharedData& data, std::size_t step, std::string node,
          StepLog* outer);

  void line(log::Level level, std::string_view message, log::Meta meta = {});
  // The step is over: filters give what they kept. Call once.
  void finish();

  // Nothing happens to its lines on the way.
  bool transparent() const { return filters_.empty() && outer_ == nullptr; }
  const LogPlace& place() const { return place_; }
  log::LogWriter& writer() { return log_.writer(); }

 private:
  void add_line(FilterLine line) override;
  void put_data(const std::string& group, const std::string& key, std::string value) override;
  std::string mask_secrets(std::string_view text, std::string_view mask) const override;
  void pass(FilterLine line, const LogPlace& place, std::size_t from);

  RunLog& log_;
  LogPlace place_;
  std::vector<std::unique_ptr<LogFilter>> filters_;
  SharedData& data_;
  std::size_t step_;
  std::string node_;
  StepLog* outer_;
  std::size_t at_ = 0;  // the filter that is at work
};

// Takes the output of one command on one node: standard output at NORMAL, standard error at ERROR.
class StepOutput final : public node::OutputSink {
 public:
  explicit StepOutput(StepLog& log);  // `log` outlives it
  void write(node::Stream stream, std::string_view chunk) override;
  bool full() const override;
  void when_ready(std::function<void()> ready) override;
  void finish();  // the command ended: last lines without newline are written

 private:
  StepLog& log_;
  node::LineAssembler out_;
  node::LineAssembler err_;
};

}  // namespace qd::engine
