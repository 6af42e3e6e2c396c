// How logs are stored and kept: what the configuration says about it.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "base/clock.hpp"

namespace qd::service {

struct LogSettings {
  std::string provider;                            // of the log store; "": none
  std::map<std::string, std::string> framework;    // framework.* keys, which hold the provider's settings
  std::map<std::string, std::string> environment;  // of the process
  std::string log_root;                            // logs of this member
  std::string cache_folder;                        // copies of logs of other members
  std::int64_t cache_bytes = 0;
  std::string server_url, server_uuid;  // told to the store with each file

  std::size_t storage_tasks = 10, retrieval_tasks = 5;
  std::int64_t retry_count = 1;  // so many failures make a request count as failed; it is tried on all the same
  Millis retry_delay{60'000};    // grows with each failure
  Millis pending_delay{120'000};
  std::int64_t retrieval_count = 3;
  Millis retrieval_delay{60'000};

  Millis compress_after{0};  // age of a log that is compressed; 0: none is

  Millis checkpoint_interval{30'000}, checkpoint_minimum{30'000};
  std::int64_t checkpoint_size = 0, checkpoint_increment = 0;  // bytes
};

}  // namespace qd::service
