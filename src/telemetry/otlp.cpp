#include "telemetry/otlp.hpp"

#include "base/text.hpp"

namespace qd::telemetry {
namespace {

constexpr int kStatusError = 2;
constexpr const char* kTracesPath = "/v1/traces";

JsonObject attribute(std::string_view name, JsonObject value) {
  return {{"key", name}, {"value", std::move(value)}};
}

// Whole numbers are strings in JSON of Protocol Buffers.
JsonObject value_json(const std::variant<std::string, std::int64_t>& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return {{"stringValue", base::repair_utf8(*text)}};
  return {{"intValue", std::to_string(std::get<std::int64_t>(value))}};
}

JsonObject span_json(const base::SpanData& span) {
  JsonArray attributes;
  for (const auto& [name, value] : span.attributes) attributes.push_back(attribute(name, value_json(value)));
  JsonObject json{{"traceId", span.context.trace_id},
                  {"spanId", span.context.span_id},
                  {"name", span.name},
                  {"kind", static_cast<int>(span.kind)},
                  {"startTimeUnixNano", std::to_string(span.began)},
                  {"endTimeUnixNano", std::to_string(span.ended)},
                  {"attributes", std::move(attributes)}};
  if (!span.parent.empty()) json["parentSpanId"] = span.parent;
  if (span.failure) json["status"] = JsonObject{{"code", kStatusError}, {"message", base::repair_utf8(*span.failure)}};
  return json;
}

}  // namespace

JsonObject export_request(std::span<const base::SpanData> spans, const Resource& resource) {
  JsonArray attributes, list;
  for (const auto& [name, value] : resource) attributes.push_back(attribute(name, {{"stringValue", value}}));
  for (const auto& span : spans) list.push_back(span_json(span));
  JsonArray scopes{JsonObject{{"scope", JsonObject{{"name", "quarterdeck"}}}, {"spans", std::move(list)}}};
  JsonArray resources{
      JsonObject{{"resource", JsonObject{{"attributes", std::move(attributes)}}}, {"scopeSpans", std::move(scopes)}}};
  return {{"resourceSpans", std::move(resources)}};
}

std::string traces_url(const std::string& endpoint) {
  std::string url = endpoint;
  while (url.ends_with('/')) url.pop_back();
  return url.ends_with(kTracesPath) ? url : url + kTracesPath;
}

std::vector<std::pair<std::string, std::string>> parse_headers(const std::string& text) {
  std::vector<std::pair<std::string, std::string>> headers;
  for (const auto& pair : base::split_trimmed(text, ',')) {
    const auto equals = pair.find('=');
    if (equals == 0 || equals == std::string::npos) continue;
    headers.emplace_back(base::trim(pair.substr(0, equals)), base::percent_decode(base::trim(pair.substr(equals + 1))));
  }
  return headers;
}

}  // namespace qd::telemetry
