// Spans as OTLP/HTTP takes them, in its JSON encoding.
// Format: https://opentelemetry.io/docs/specs/otlp/ (ExportTraceServiceRequest)
#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/json.hpp"
#include "base/trace.hpp"

namespace qd::telemetry {

// What all spans of this process have in common: service.name and so on.
using Resource = std::vector<std::pair<std::string, std::string>>;

JsonObject export_request(std::span<const base::SpanData> spans, const Resource& resource);

// Where traces go below a collector's address: "http://host:4318" → "http://host:4318/v1/traces". An address that names
// the path already stays as it is.
std::string traces_url(const std::string& endpoint);

// "key=value,key2=value2" of OTEL_EXPORTER_OTLP_HEADERS; values are percent-encoded. What is no pair is left out.
std::vector<std::pair<std::string, std::string>> parse_headers(const std::string& text);

}  // namespace qd::telemetry
