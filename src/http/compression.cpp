#include "http/compression.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <zlib.h>

#include "base/text.hpp"
#include "http/response_head.hpp"

namespace qd::http {
namespace {

// The cheapest level: lists in JSON shrink to a tenth with it, and better ones take several times as long for a little.
constexpr int kLevel = 1;
constexpr int kGzipWindow = 15 + 16;
constexpr int kMemoryLevel = 8;

bool is_text(std::string_view type) {
  static constexpr std::array<std::string_view, 6> kKinds{"application/json",       "application/xml",
                                                          "application/yaml",       "application/x-yaml",
                                                          "application/javascript", "image/svg+xml"};
  const std::string kind = base::lower(base::trim(type.substr(0, type.find(';'))));
  return kind.starts_with("text/") || kind.ends_with("+json") || kind.ends_with("+xml") ||
         std::find(kKinds.begin(), kKinds.end(), kind) != kKinds.end();
}

bool may_shrink(const Response& response) {
  if (response.stream || !status_has_body(response.status) || response.status == 206) return false;
  if (response.body.size() < kLeastCompressed || response.body.size() > kMostCompressed) return false;
  for (const char* name : {"Content-Encoding", "Content-Range", "ETag"})
    if (response.headers.contains(std::string_view(name))) return false;
  const auto type = response.headers.find(std::string_view("Content-Type"));
  return type != response.headers.end() && is_text(type->second);
}

struct Deflater {
  z_stream stream{};
  const bool ready = deflateInit2(&stream, kLevel, Z_DEFLATED, kGzipWindow, kMemoryLevel, Z_DEFAULT_STRATEGY) == Z_OK;
  Deflater() = default;
  Deflater(const Deflater&) = delete;
  Deflater& operator=(const Deflater&) = delete;
  ~Deflater() { deflateEnd(&stream); }
};

// Nothing when it would save less than a tenth.
std::optional<std::string> gzip(std::string_view plain) {
  Deflater deflater;
  if (!deflater.ready) return std::nullopt;
  z_stream& stream = deflater.stream;
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(plain.data()));
  stream.avail_in = static_cast<uInt>(plain.size());
  const std::size_t most = plain.size() - plain.size() / 10;
  std::string packed;
  int state = Z_OK;
  while (state == Z_OK && packed.size() < most) {
    const std::size_t have = stream.total_out;
    packed.resize(std::min(most, std::max(packed.size() * 2, plain.size() / 8 + 256)));
    stream.next_out = reinterpret_cast<Bytef*>(packed.data() + have);
    stream.avail_out = static_cast<uInt>(packed.size() - have);
    state = deflate(&stream, Z_FINISH);
  }
  if (state != Z_STREAM_END) return std::nullopt;
  packed.resize(stream.total_out);
  packed.shrink_to_fit();
  return packed;
}

}  // namespace

bool takes_coding(const Request& request, std::string_view coding) {
  for (const std::string& part : base::split_trimmed(request.header_or("Accept-Encoding", ""), ',')) {
    const auto pieces = base::split_trimmed(part, ';');
    if (pieces.empty() || !base::iequals(pieces[0], coding)) continue;
    if (pieces.size() == 1) return true;
    const std::string weight = base::lower(base::replace_all(pieces[1], " ", ""));
    return weight.find_first_not_of("q=0.") != std::string::npos;
  }
  return false;
}

void compress(const Request& request, Response& response) {
  if (!may_shrink(response)) return;
  response.headers.emplace("Vary", "Accept-Encoding");
  if (!takes_coding(request, "gzip") || request.header_or("Sec-Fetch-Site", "") == "cross-site") return;
  auto packed = gzip(response.body);
  if (!packed) return;
  response.body = std::move(*packed);
  response.headers.emplace("Content-Encoding", "gzip");
}

}  // namespace qd::http
