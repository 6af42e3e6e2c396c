#include "base/logging.hpp"

#include <atomic>
#include <memory>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <vector>

#include "base/clock.hpp"
#include "base/json.hpp"
#include "base/log_fields.hpp"
#include "base/text.hpp"
#include "base/work_context.hpp"

namespace qd::base {
namespace {

constexpr const char* kTextPattern = "%Y-%m-%dT%H:%M:%S.%eZ %^%-5l%$ %v";
constexpr const char* kJsonPattern = "%v";

std::atomic<LogFormat> line_format{LogFormat::text};

std::shared_ptr<spdlog::logger> make_logger(const std::string& file) {
  std::vector<spdlog::sink_ptr> sinks{std::make_shared<spdlog::sinks::stderr_sink_mt>()};
  if (!file.empty()) sinks.push_back(std::make_shared<spdlog::sinks::basic_file_sink_mt>(file));
  auto logger = std::make_shared<spdlog::logger>("quarterdeck", sinks.begin(), sinks.end());
  logger->set_pattern(line_format == LogFormat::json ? kJsonPattern : kTextPattern, spdlog::pattern_time_type::utc);
  logger->flush_on(spdlog::level::info);
  return logger;
}

std::shared_ptr<spdlog::logger>& logger() {
  static std::shared_ptr<spdlog::logger> instance = make_logger("");
  return instance;
}

const char* name_of(spdlog::level::level_enum level) {
  switch (level) {
    case spdlog::level::debug:
      return "debug";
    case spdlog::level::warn:
      return "warn";
    case spdlog::level::err:
      return "error";
    default:
      return "info";
  }
}

// " [request 4f… execution 12]", or "" when the thread works for nothing in particular.
std::string context_text() {
  const auto& work = current_work();
  if (!work) return {};
  std::string text;
  if (!work->request.empty()) text += "request " + work->request;
  if (work->execution != 0) text += (text.empty() ? "" : " ") + ("execution " + std::to_string(work->execution));
  return text.empty() ? text : " [" + text + "]";
}

std::string json_line(spdlog::level::level_enum level, std::string_view part, std::string_view message,
                      const std::vector<LogField>& fields) {
  JsonObject line{{"time", iso8601_millis(SystemClock().now())},
                  {"level", name_of(level)},
                  {"part", part},
                  {"message", repair_utf8(message)}};
  if (const auto& work = current_work()) {
    if (!work->request.empty()) line["request"] = work->request;
    if (work->execution != 0) line["execution"] = work->execution;
    if (!work->trace.trace_id.empty()) {
      line["trace_id"] = work->trace.trace_id;
      line["span_id"] = work->trace.span_id;
    }
  }
  for (const auto& field : fields) {
    std::visit([&](const auto& value) { line[field.name] = value; }, field.value);
  }
  return boost::json::serialize(line);
}

void write(spdlog::level::level_enum level, std::string_view part, std::string_view message,
           const std::vector<LogField>& fields = {}) {
  if (!logger()->should_log(level)) return;
  if (line_format == LogFormat::json) {
    logger()->log(level, "{}", json_line(level, part, message, fields));
  } else {
    logger()->log(level, "{}: {}{}", part, message, context_text());
  }
}

}  // namespace

void init_logging(LogLevel level, const std::string& file) {
  static constexpr spdlog::level::level_enum kLevels[] = {spdlog::level::debug, spdlog::level::info,
                                                          spdlog::level::warn, spdlog::level::err, spdlog::level::off};
  logger() = make_logger(file);
  logger()->set_level(kLevels[static_cast<int>(level)]);
}

void set_log_format(LogFormat wanted) {
  line_format = wanted;
  logger()->set_pattern(wanted == LogFormat::json ? kJsonPattern : kTextPattern, spdlog::pattern_time_type::utc);
}

void log_fields(std::string_view part, std::string_view message, const std::vector<LogField>& fields) {
  write(spdlog::level::info, part, message, fields);
}

void log_debug(std::string_view part, std::string_view message) {
  write(spdlog::level::debug, part, message);
}
void log_info(std::string_view part, std::string_view message) {
  write(spdlog::level::info, part, message);
}
void log_warn(std::string_view part, std::string_view message) {
  write(spdlog::level::warn, part, message);
}
void log_error(std::string_view part, std::string_view message) {
  write(spdlog::level::err, part, message);
}

}  // namespace qd::base
