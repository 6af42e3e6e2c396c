// Log entries as the output answers and event streams carry them.
#pragma once

#include "base/json.hpp"
#include "log/reader.hpp"

namespace qd::api {

// {time, absolute_time, log, level, user, command, stepctx, node, metadata?}; with_state adds `type` and all metadata.
JsonObject entry_json(const log::LogEvent& event, bool with_state, bool with_metadata);

// Entries as JSON text, written one by one so that a long log is never held as values.
class EntryList {
 public:
  // Compacted form: each entry holds only what changed since the one before it; one of which only the text changed is
  // that text alone, before version 59.
  struct Form {
    bool with_state = false;
    bool with_metadata = false;
    bool compacted = false;
    bool bare_text = false;
  };
  explicit EntryList(Form form) : form_(form) {}

  void add(const log::LogEvent& event);
  std::string finish() &&;  // the array

 private:
  Form form_;
  JsonObject previous_;
  bool first_ = true;
  std::string text_ = "[";
};

}  // namespace qd::api
