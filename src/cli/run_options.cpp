#include "cli/run_options.hpp"

#include <ctime>

#include "base/text.hpp"

namespace qd::cli {
namespace {

constexpr std::int64_t kMaxCount = 1'000'000;

std::int64_t seconds_in(char unit) {
  switch (unit) {
    case 's':
      return 1;
    case 'm':
      return 60;
    case 'h':
      return 3600;
    case 'd':
      return 86400;
    case 'w':
      return 7 * 86400;
    default:
      return 0;
  }
}

bool quoted_already(const std::string& word, char quote) {
  return word.size() > 1 && word.front() == quote && word.back() == quote;
}

UnixMillis add_months(UnixMillis time, std::int64_t months) {
  std::time_t seconds = static_cast<std::time_t>(time / 1000);
  std::tm local{};
  localtime_r(&seconds, &local);
  const int day = local.tm_mday;
  const std::int64_t month = local.tm_mon + months;
  local.tm_year += static_cast<int>(month / 12);
  local.tm_mon = static_cast<int>(month % 12);
  local.tm_isdst = -1;
  std::tm wanted = local;
  seconds = mktime(&wanted);
  if (wanted.tm_mday != day) {  // the 31st of a shorter month: its last day
    local.tm_mon += 1;
    local.tm_mday = 0;
    seconds = mktime(&local);
  }
  return static_cast<UnixMillis>(seconds) * 1000 + time % 1000;
}

}  // namespace

Result<JobArguments> parse_job_arguments(const std::vector<std::string>& words, bool raw) {
  JobArguments parsed;
  for (std::size_t i = 0; i < words.size(); i += 2) {
    std::string name = words[i];
    if (name.size() < 2 || name.front() != '-') {
      return fail(ErrorKind::invalid, "Options of the job are written -name value, but there is \"" + name + "\".");
    }
    name.erase(0, 1);
    if (i + 1 == words.size()) {
      return fail(ErrorKind::invalid, "Option -" + name + " of the job has no value: write -" + name + " VALUE.");
    }
    const std::string& value = words[i + 1];
    const bool marked = name.back() == '@';
    if (marked) name.pop_back();
    const bool file = marked || (!raw && value.starts_with('@'));
    parsed.values.erase(name);
    parsed.files.erase(name);
    if (file) {
      parsed.files[name] = marked ? value : value.substr(1);
    } else {
      parsed.values[name] = value;
    }
  }
  return parsed;
}

Result<UnixMillis> parse_delay(const std::string& text, UnixMillis now) {
  const auto bad = [&] {
    return fail(ErrorKind::invalid,
                "\"" + text + "\" is no delay: write numbers with a unit of s, m, h, d, w, M, Y, e.g. 2h30m.");
  };
  std::int64_t seconds = 0;
  std::int64_t months = 0;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t unit = text.find_first_not_of("0123456789", at);
    if (unit == std::string::npos || unit == at) return bad();
    const auto count = base::parse_int(text.substr(at, unit - at));
    const char letter = text[unit];
    const bool calendar = letter == 'M' || letter == 'Y';
    if (!count || *count > kMaxCount || (!calendar && seconds_in(letter) == 0)) return bad();
    if (calendar) months += *count * (letter == 'Y' ? 12 : 1);
    seconds += *count * seconds_in(letter);
    at = std::min(text.find_first_not_of(" \t", unit + 1), text.size());
  }
  if (text.empty() || months > 12 * 1000) return bad();
  const UnixMillis time = now + seconds * 1000;
  return months == 0 ? time : add_months(time, months);
}

Result<UnixMillis> parse_start_time(const std::string& text) {
  const auto time = parse_iso8601(text);
  if (time && text.find('T') != std::string::npos) return *time;
  return fail(ErrorKind::invalid, "\"" + text + "\" is no time in ISO 8601, e.g. 2026-11-22T20:45:36+0100.");
}

std::string join_quoted(const std::vector<std::string>& words) {
  std::vector<std::string> quoted;
  for (const std::string& word : words) {
    const bool plain = !word.empty() && word.find_first_of(" \t\n\"'") == std::string::npos;
    const bool keep = plain || quoted_already(word, '"') || quoted_already(word, '\'');
    quoted.push_back(keep ? word : "\"" + base::replace_all(word, "\"", "\"\"") + "\"");
  }
  return base::join(quoted, " ");
}

}  // namespace qd::cli
