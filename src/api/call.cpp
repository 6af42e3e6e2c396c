#include "api/route.hpp"
#include "base/text.hpp"
#include "service/errors.hpp"

namespace qd::api {
namespace {

constexpr std::size_t kMaxJsonBody = 16u << 20;

// JSON whose sender forgot to say so: curl -d calls everything a form, other clients name no type at all. To read it as
// a form would run a job without the options that stand in it.
bool looks_like_json(const http::Request& request, std::string_view type) {
  if (!type.empty() && type != "application/x-www-form-urlencoded") return false;
  const std::string_view body = base::trim(request.body);
  return body.starts_with('{') || body.starts_with('[');
}

// The member that has a text with a NUL character: no database keeps it, no program takes it as an argument.
std::optional<std::string> member_with_nul(const Json& value, const std::string& name) {
  if (const auto* text = value.if_string()) {
    return text->find('\0') == boost::json::string::npos ? std::nullopt : std::optional(name);
  }
  if (const auto* list = value.if_array()) {
    for (const Json& element : *list) {
      if (auto found = member_with_nul(element, name)) return found;
    }
  }
  if (const auto* object = value.if_object()) {
    for (const auto& member : *object) {
      const std::string key(member.key());
      if (key.find('\0') != std::string::npos) return name;
      if (auto found = member_with_nul(member.value(), name.empty() ? key : name + "." + key)) return found;
    }
  }
  return std::nullopt;
}

}  // namespace

const std::string& Call::param(std::string_view name) const {
  static const std::string kNone;
  const auto found = params.find(name);
  return found == params.end() ? kNone : found->second;
}

std::optional<std::string> Call::query(std::string_view name) const {
  auto value = request.parameter(name);
  if (value && value->empty()) return std::nullopt;
  return value;
}

bool Call::truth(std::string_view name) const {
  const auto value = query(name);
  return value && base::iequals(*value, "true");
}

Result<std::size_t> Call::number(std::string_view name, std::size_t fallback) const {
  const auto value = query(name);
  if (!value) return fallback;
  const auto number = base::parse_int(*value);
  if (!number || *number < 0)
    return service::bad_parameter(std::string(name), *value, "it must be a whole number, 0 or more");
  return static_cast<std::size_t>(*number);
}

bool Call::has_json_body() const {
  const std::string type = request.content_type();
  return type == "application/json" || type == "text/json" || looks_like_json(request, type);
}

Result<Json> Call::json_value() const {
  if (base::trim(request.body).empty()) return Json(JsonObject{});
  JsonLimits limits;
  limits.lenient = true;
  limits.max_bytes = kMaxJsonBody;
  auto value = parse_json(request.body, limits);
  if (!value && value.error().kind == ErrorKind::invalid) {
    return fail(ErrorKind::invalid, "Invalid API Request: " + value.error().message, "api.error.invalid.request");
  }
  if (!value || request.body.find("\\u0000") == std::string::npos) return value;
  if (const auto member = member_with_nul(*value, "")) {
    return fail(ErrorKind::invalid, "The value of parameter \"" + *member + "\" is not valid: it holds a NUL character",
                "api.error.parameter.invalid");
  }
  return value;
}

Result<JsonObject> Call::json_body() const {
  auto value = json_value();
  if (!value) return fail(value.error());
  if (value->is_null()) return JsonObject{};  // what clients send that have nothing to say
  if (!value->is_object()) {
    return fail(ErrorKind::invalid, "Invalid API Request: the JSON body must be an object",
                "api.error.invalid.request");
  }
  return std::move(value->as_object());
}

bool Call::accepts(std::string_view media_type) const {
  const std::string accept = request.header_or("Accept", "");
  const std::size_t wanted = accept.find(media_type);
  if (wanted == std::string::npos) return false;
  return wanted < accept.find("application/json");
}

}  // namespace qd::api
