#include "http/form.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/text.hpp"
#include "http/target.hpp"

namespace qd::http {

namespace {

constexpr std::size_t kMaxParts = 1'000;
constexpr std::size_t kMaxPartHeaderBytes = 8 << 10;
constexpr std::size_t kMaxBoundary = 70;

// Takes `name=value` or `name="value"` off the front of "; a=b; c=\"d\"". Browsers write a quote as %22, others as \".
std::optional<std::pair<std::string, std::string>> take_parameter(std::string_view& text) {
  const auto start = text.find_first_not_of("; \t");
  if (start == std::string_view::npos) return std::nullopt;
  text.remove_prefix(start);
  const auto equals = text.find_first_of("=;");
  std::string name = base::lower(base::trim(text.substr(0, equals)));
  if (equals == std::string_view::npos || text[equals] == ';') {
    text.remove_prefix(std::min(equals, text.size()));
    return std::pair{std::move(name), std::string()};
  }
  text.remove_prefix(equals + 1);
  if (text.empty() || text.front() != '"') {
    const auto end = std::min(text.find(';'), text.size());
    std::string value(base::trim(text.substr(0, end)));
    text.remove_prefix(end);
    return std::pair{std::move(name), std::move(value)};
  }
  std::string value;
  std::size_t i = 1;
  for (; i < text.size() && text[i] != '"'; ++i) {
    if (text[i] == '\\' && i + 1 < text.size() && (text[i + 1] == '"' || text[i + 1] == '\\')) ++i;
    value += text[i];
  }
  text.remove_prefix(std::min(i + 1, text.size()));
  return std::pair{std::move(name), std::move(value)};
}

std::optional<std::string> parameter_of(std::string_view header, std::string_view name) {
  header.remove_prefix(std::min(header.find(';'), header.size()));
  while (auto parameter = take_parameter(header)) {
    if (parameter->first == name) return std::move(parameter->second);
  }
  return std::nullopt;
}

std::string last_component(std::string_view path) {
  const auto slash = path.find_last_of("/\\");
  return std::string(slash == std::string_view::npos ? path : path.substr(slash + 1));
}

Checked<> read_disposition(std::string_view value, Part& part) {
  if (!base::iequals(base::trim(value.substr(0, value.find(';'))), "form-data")) return {};
  if (auto name = parameter_of(value, "name")) part.name = std::move(*name);
  if (auto file = parameter_of(value, "filename")) {
    part.file_name = last_component(base::replace_all(*file, "%22", "\""));
  }
  for (const std::string* text : {&part.name, &part.file_name}) {
    if (!base::valid_utf8(*text) || text->find('\0') != std::string::npos) {
      return refuse(400, "A part of the multipart body has a name that is not valid UTF-8.");
    }
  }
  return {};
}

Checked<Part> read_part(std::string_view text) {
  Part part;
  // A part without any header begins with the empty line itself.
  const auto end = text.substr(0, 2) == "\r\n" ? 0 : text.substr(0, kMaxPartHeaderBytes).find("\r\n\r\n");
  if (end == std::string_view::npos)
    return refuse(400, "A part of the multipart body has no end of its headers within 8 kB.");
  for (std::string_view headers = text.substr(0, end); !headers.empty();) {
    const auto line_end = std::min(headers.find("\r\n"), headers.size());
    const std::string_view line = headers.substr(0, line_end);
    headers.remove_prefix(std::min(line_end + 2, headers.size()));
    const auto colon = std::min(line.find(':'), line.size());
    const std::string_view name = line.substr(0, colon);
    const std::string_view value = base::trim(line.substr(std::min(colon + 1, line.size())));
    if (base::iequals(name, "Content-Type")) part.content_type = value;
    if (!base::iequals(name, "Content-Disposition")) continue;
    if (auto read = read_disposition(value, part); !read) return tl::unexpected(read.error());
  }
  if (part.name.empty()) return refuse(400, "A part of the multipart body has no name.");
  part.content = text.substr(end + (end == 0 ? 2 : 4));
  return part;
}

}  // namespace

Checked<std::vector<Part>> parse_multipart(std::string_view body, std::string_view content_type) {
  const auto boundary = parameter_of(content_type, "boundary");
  if (!boundary || boundary->empty() || boundary->size() > kMaxBoundary) {
    return refuse(400, "The multipart body has no usable boundary in its Content-Type.");
  }
  const std::string delimiter = "\r\n--" + *boundary;
  const auto unterminated = [] { return refuse(400, "The multipart body ends before its last boundary."); };

  std::size_t position = 0;
  if (body.substr(0, delimiter.size() - 2) == std::string_view(delimiter).substr(2)) {
    position = delimiter.size() - 2;
  } else {
    const auto first = body.find(delimiter);
    if (first == std::string_view::npos) return unterminated();
    position = first + delimiter.size();
  }
  std::vector<Part> parts;
  while (body.substr(position, 2) != "--") {
    const auto line_end = body.find_first_not_of(" \t", position);
    if (line_end == std::string_view::npos || body.substr(line_end, 2) != "\r\n") {
      return refuse(400, "The multipart body has junk after a boundary.");
    }
    if (parts.size() == kMaxParts) return refuse(400, "The multipart body has more than 1000 parts.");
    const auto start = line_end + 2;
    // The CR LF that ends the boundary's line may also begin the next boundary: an empty part has no content at all.
    const auto end = body.find(delimiter, line_end);
    if (end == std::string_view::npos) return unterminated();
    auto part = read_part(end < start ? std::string_view() : body.substr(start, end - start));
    if (!part) return tl::unexpected(part.error());
    parts.push_back(std::move(*part));
    position = end + delimiter.size();
  }
  return parts;
}

Checked<> read_form(Request& request) {
  if (request.body.empty()) return {};
  const std::string type = request.content_type();
  if (type == "application/x-www-form-urlencoded") {
    auto form = parse_urlencoded(request.body, "The form");
    if (!form) return tl::unexpected(form.error());
    request.form = std::move(*form);
  } else if (type == "multipart/form-data") {
    auto parts = parse_multipart(request.body, request.header_or("Content-Type", ""));
    if (!parts) return tl::unexpected(parts.error());
    request.parts = std::move(*parts);
    request.body = std::string();
  }
  return {};
}

}  // namespace qd::http
