#include <openssl/evp.h>

#include "base/text.hpp"
#include "notify/planner.hpp"

namespace qd::notify {

namespace {

std::string sha256(const std::string& text) {
  std::string digest(EVP_MAX_MD_SIZE, '\0');
  unsigned size = 0;
  EVP_Digest(text.data(), text.size(), reinterpret_cast<unsigned char*>(digest.data()), &size, EVP_sha256(), nullptr);
  digest.resize(size);
  return base::hex(digest);
}

std::string xml_body(const PlanInput& input) {
  const auto& execution = input.event.execution;
  codec::XmlElement root;
  root.name = "notification";
  root.set("trigger", input.event.trigger);
  root.set("status", codec::status_text(execution));
  root.set("executionId", std::to_string(execution.id));
  auto& list = root.add("executions");
  list.set("count", "1");
  list.children.push_back(codec::execution_element(execution, input.facts.document));
  return codec::write_xml(root);
}

std::string json_body(const PlanInput& input) {
  const auto& execution = input.event.execution;
  return boost::json::serialize(JsonObject{{"trigger", input.event.trigger},
                                           {"status", codec::status_text(execution)},
                                           {"executionId", execution.id},
                                           {"execution", codec::execution_document(execution, input.facts.document)}});
}

// For people to read: without credentials and without what follows the path, which may hold secrets too.
std::string shown(const std::string& url) {
  const auto scheme = url.find("://");
  if (scheme == std::string::npos) return url;
  const auto host = scheme + 3;
  const auto path = std::min(url.find_first_of("/?#", host), url.size());
  const auto at = url.rfind('@', path);
  const auto begin = at == std::string::npos || at < host ? host : at + 1;
  const auto end = std::min(url.find_first_of("?#", host), url.size());
  return url.substr(0, host) + url.substr(begin, end - begin);
}

JsonArray headers_of(const PlanInput& input, const std::string& url, bool json, bool with_body) {
  const auto id = std::to_string(input.event.execution.id);
  JsonArray headers;
  const auto add = [&](const char* name, const std::string& value) { headers.push_back(JsonArray{name, value}); };
  if (with_body) add("Content-Type", json ? "application/json; charset=UTF-8" : "text/xml; charset=UTF-8");
  add("X-RunDeck-Notification-Trigger", input.event.trigger);
  add("X-RunDeck-Notification-Execution-ID", id);
  add("X-RunDeck-Notification-Execution-Status", codec::status_text(input.event.execution));
  const auto& key = input.config.webhook_key;
  if (!key.empty()) add("X-RunDeck-Notification-SHA256-Digest", sha256(url + input.event.trigger + id + key));
  return headers;
}

}  // namespace

std::string expand_webhook_url(const std::string& url, const model::DataContext& context) {
  std::string out;
  std::size_t at = 0;
  while (at < url.size()) {
    const auto open = std::min(url.find("${", at), url.size());
    out.append(url, at, open - at);
    const auto close = open == url.size() ? std::string::npos : url.find('}', open);
    if (close == std::string::npos) {
      out.append(url, open, std::string::npos);
      break;
    }
    const auto name = url.substr(open + 2, close - open - 2);
    const auto value = context.resolve(name);
    if (value) {
      out += open == 0 ? *value : base::percent_encode(*value);
    } else if (!name.starts_with("option.")) {
      out.append(url, open, close + 1 - open);
    }
    at = close + 1;
  }
  return out;
}

std::vector<store::Delivery> plan_webhooks(const PlanInput& input, const JsonObject& settings) {
  const bool json = base::iequals(text_or(settings, "format"), "json");
  const bool get = base::iequals(text_or(settings, "httpMethod"), "get");
  const std::string body = get ? "" : json ? json_body(input) : xml_body(input);
  std::vector<store::Delivery> deliveries;
  for (const auto& written : base::split_trimmed(text_or(settings, "urls"), ',')) {
    const auto url = expand_webhook_url(written, input.context);
    store::Delivery delivery;
    delivery.target = shown(url);
    delivery.content = boost::json::serialize(JsonObject{{"url", url},
                                                         {"method", get ? "GET" : "POST"},
                                                         {"headers", headers_of(input, url, json, !get)},
                                                         {"body", body}});
    if (!url.starts_with("http://") && !url.starts_with("https://")) {
      delivery.state = "failed";
      delivery.outcome = "'" + delivery.target + "' is no http or https URL";
    }
    deliveries.push_back(std::move(delivery));
  }
  return deliveries;
}

}  // namespace qd::notify
