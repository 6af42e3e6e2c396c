// Any text is a cron expression or an error; what is taken fires at times that go forth and back alike.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "model/cron.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace qd::model;
  static const TimeZone zones[] = {TimeZone::utc(), TimeZone::find("Europe/Berlin").value_or(TimeZone::utc()),
                                   TimeZone::find("Australia/Lord_Howe").value_or(TimeZone::utc())};
  if (size > 2048) return 0;
  const auto cron = Cron::parse(std::string_view(reinterpret_cast<const char*>(data), size));
  if (!cron) return 0;
  if (*Cron::parse(cron->text()) != *cron) __builtin_trap();
  for (const TimeZone& zone : zones) {
    qd::UnixMillis at = 1'774'700'000'000;  // a day before Berlin's clocks change
    for (int i = 0; i < 50; ++i) {
      const auto next = cron->next(at, zone);
      if (!next) break;
      if (*next <= at || cron->next(*next - 1, zone) != next || cron->previous(*next + 1, zone) != next)
        __builtin_trap();
      at = *next;
    }
  }
  return 0;
}
