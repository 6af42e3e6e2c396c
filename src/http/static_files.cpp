#include "http/static_files.hpp"

#include "base/json.hpp"
#include "base/text.hpp"
#include "http/compression.hpp"

namespace qd::http {
namespace {

// The slice that `name` of `entry` tells: [offset, size]. Empty when there is none.
Result<std::string_view> slice(std::string_view bytes, const JsonObject& entry, const char* name) {
  const Json* given = find(entry, name);
  if (given == nullptr) return std::string_view();
  const auto* pair = given->if_array();
  if (pair == nullptr || pair->size() != 2 || !(*pair)[0].is_int64() || !(*pair)[1].is_int64()) {
    return fail(ErrorKind::invalid, std::string(name) + " must be [offset, size]");
  }
  const auto offset = (*pair)[0].as_int64(), size = (*pair)[1].as_int64();
  const auto total = static_cast<std::int64_t>(bytes.size());
  if (offset < 0 || size < 0 || offset > total || size > total - offset) {
    return fail(ErrorKind::invalid, std::string(name) + " lies outside of the bundle");
  }
  return bytes.substr(static_cast<std::size_t>(offset), static_cast<std::size_t>(size));
}

bool knows(const Request& request, const std::string& tag) {
  for (std::string known : base::split_trimmed(request.header_or("If-None-Match", ""), ',')) {
    if (known.starts_with("W/")) known.erase(0, 2);
    if (known == tag || known == "*") return true;
  }
  return false;
}

}  // namespace

Result<StaticFiles> StaticFiles::read(std::string_view bundle) {
  StaticFiles files;
  if (bundle.empty()) return files;
  const std::size_t end = bundle.find('\n');
  if (end == std::string_view::npos) return fail(ErrorKind::invalid, "the bundle has no index");
  const auto index = parse_json(bundle.substr(0, end));
  if (!index) return fail(ErrorKind::invalid, "the bundle's index: " + index.error().message);
  const Json* list = find(*index, "files");
  if (list == nullptr || !list->is_array()) return fail(ErrorKind::invalid, "the bundle's index lists no files");
  const std::string_view bytes = bundle.substr(end + 1);
  for (const Json& one : list->as_array()) {
    if (!one.is_object()) return fail(ErrorKind::invalid, "the bundle's index holds something that is no file");
    const JsonObject& entry = one.as_object();
    const std::string path = text_or(entry, "path");
    File file{
        text_or(entry, "type"), '"' + text_or(entry, "tag") + '"', truth_or(entry, "immutable", false), {}, {}, {}};
    for (const auto& [name, form] : {std::pair{"plain", &file.plain}, {"gzip", &file.gzip}, {"br", &file.br}}) {
      const auto found = slice(bytes, entry, name);
      if (!found) return fail(ErrorKind::invalid, "the bundle's " + path + ": " + found.error().message);
      *form = *found;
    }
    files.files_.emplace(path, std::move(file));
  }
  return files;
}

std::string_view StaticFiles::text(std::string_view path) const {
  const auto found = files_.find(path);
  return found == files_.end() ? std::string_view() : found->second.plain;
}

std::optional<Response> StaticFiles::answer(const Request& request, std::string_view path) const {
  const auto found = files_.find(path);
  if (found == files_.end()) return std::nullopt;
  const File& file = found->second;
  Response response;
  response.headers.emplace("Cache-Control", file.immutable ? "public, max-age=31536000, immutable" : "no-cache");
  response.headers.emplace("ETag", file.tag);
  response.headers.emplace("Vary", "Accept-Encoding");
  if (knows(request, file.tag)) {
    response.status = 304;
    return response;
  }
  response.headers.emplace("Content-Type", file.type);
  if (!file.br.empty() && takes_coding(request, "br")) {
    response.headers.emplace("Content-Encoding", "br");
    response.body = file.br;
  } else if (!file.gzip.empty() && takes_coding(request, "gzip")) {
    response.headers.emplace("Content-Encoding", "gzip");
    response.body = file.gzip;
  } else {
    response.body = file.plain;
  }
  return response;
}

}  // namespace qd::http
