// Any text is either refused or survives writing and reading again.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/properties.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto entries = qd::base::parse_properties({reinterpret_cast<const char*>(data), size});
  if (!entries) return 0;
  std::map<std::string, std::string> written;
  for (const qd::base::Property& entry : *entries) written[entry.key] = entry.value;
  const auto again = qd::base::parse_properties(qd::base::write_properties(written));
  if (!again) std::abort();
  std::map<std::string, std::string> read;
  for (const qd::base::Property& entry : *again) read[entry.key] = entry.value;
  if (read != written) std::abort();
  return 0;
}
