#include "base/logging.hpp"

#include <memory>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <vector>

namespace qd::base {
namespace {

constexpr const char* kPattern = "%Y-%m-%dT%H:%M:%S.%eZ %^%-5l%$ %v";

std::shared_ptr<spdlog::logger> make_logger(const std::string& file) {
  std::vector<spdlog::sink_ptr> sinks{std::make_shared<spdlog::sinks::stderr_sink_mt>()};
  if (!file.empty()) sinks.push_back(std::make_shared<spdlog::sinks::basic_file_sink_mt>(file));
  auto logger = std::make_shared<spdlog::logger>("quarterdeck", sinks.begin(), sinks.end());
  logger->set_pattern(kPattern, spdlog::pattern_time_type::utc);
  logger->flush_on(spdlog::level::info);
  return logger;
}

std::shared_ptr<spdlog::logger>& logger() {
  static std::shared_ptr<spdlog::logger> instance = make_logger("");
  return instance;
}

void write(spdlog::level::level_enum level, std::string_view part, std::string_view message) {
  logger()->log(level, "{}: {}", part, message);
}

}  // namespace

void init_logging(LogLevel level, const std::string& file) {
  static constexpr spdlog::level::level_enum kLevels[] = {spdlog::level::debug, spdlog::level::info,
                                                          spdlog::level::warn, spdlog::level::err, spdlog::level::off};
  logger() = make_logger(file);
  logger()->set_level(kLevels[static_cast<int>(level)]);
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
