// Log filters: what a step prints passes them before it reaches the log.
//
// Provider names and settings are the peer's: key-value-data, key-value-data-multilines, json-mapper, mask-passwords,
// highlight-output, quiet-output, render-datatype. Source: docs/manual/log-filters of the peer's documentation.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "base/result.hpp"
#include "log/event.hpp"
#include "model/job.hpp"

namespace qd::engine {

// A line on its way into the log.
struct FilterLine {
  log::Level level = log::Level::normal;
  std::string message;
  log::Meta meta;  // beyond the place in the workflow
};

// What a filter may do besides changing its line.
class FilterHost {
 public:
  virtual ~FilterHost() = default;
  virtual void add_line(FilterLine line) = 0;  // passes the filters that follow
  virtual void put_data(const std::string& group, const std::string& key, std::string value) = 0;
  virtual std::string mask_secrets(std::string_view text, std::string_view mask) const = 0;
};

// Of one step on one node. Not thread-safe.
class LogFilter {
 public:
  virtual ~LogFilter() = default;
  virtual void line(FilterLine& line, FilterHost& host) = 0;
  virtual void complete(FilterHost&) {}  // the step ended
};

using FilterFactory = std::function<std::unique_ptr<LogFilter>()>;

// Regular expressions are compiled here, once. Errors: no such filter, bad settings.
Result<FilterFactory> log_filter(const std::string& type, const JsonObject& config);

// The filters of a list as jobs hold it: [{"type", "config"}]. An absent list is empty.
Result<std::vector<FilterFactory>> log_filters(const JsonObject& plugins);

// Those that `framework.globalfilter.N.…` and `project.globalfilter.N.…` set for every step, the framework's first.
Result<std::vector<FilterFactory>> global_log_filters(const std::map<std::string, std::string>& settings);

// The kinds, for log_filter().
Result<FilterFactory> key_value_filter(const JsonObject& config);
Result<FilterFactory> multiline_filter(const JsonObject& config);
Result<FilterFactory> json_mapper_filter(const JsonObject& config);
Result<FilterFactory> mask_filter(const JsonObject& config);
Result<FilterFactory> highlight_filter(const JsonObject& config);
Result<FilterFactory> quiet_filter(const JsonObject& config);
Result<FilterFactory> render_filter(const JsonObject& config);

}  // namespace qd::engine
