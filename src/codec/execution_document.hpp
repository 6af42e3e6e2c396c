// An execution as the API and notifications show it: JSON, and the XML of API versions before 40 (which notifications
// go on to use). Source: "Execution Info" and "Listing Running Executions" of the peer's API documentation.
#pragma once

#include <optional>
#include <string>

#include "base/clock.hpp"
#include "base/json.hpp"
#include "codec/xml_text.hpp"
#include "model/execution.hpp"

namespace qd::codec {

// What a document tells beyond the execution itself.
struct ExecutionFacts {
  std::string server_url;  // "http://host:4440", without a slash at the end
  std::string api_url;     // "http://host:4440/api/59"
  std::string job_description;
  std::optional<UnixMillis> average_duration;  // of its job
  std::optional<std::string> retry_status;     // of the execution that repeated this one
};

// The status in the API's words: custom ones are "other".
std::string status_text(const model::Execution& execution);

// Absolute URLs.
std::string execution_page(const ExecutionFacts& facts, const model::Execution& execution);
std::string job_page(const ExecutionFacts& facts, const std::string& project, const std::string& job_uuid);

JsonObject execution_document(const model::Execution& execution, const ExecutionFacts& facts);
// <execution id="…">…</execution>
XmlElement execution_element(const model::Execution& execution, const ExecutionFacts& facts);

}  // namespace qd::codec
