#include "codec/job_fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return qd::codec::fuzz_jobs(data, size, qd::codec::JobFormat::xml);
}
