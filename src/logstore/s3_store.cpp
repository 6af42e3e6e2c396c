#include "logstore/s3_store.hpp"

#include <algorithm>
#include <pugixml.hpp>

#include "base/text.hpp"
#include "logstore/file_bytes.hpp"
#include "logstore/path_template.hpp"
#include "logstore/resumable_download.hpp"

namespace qd::logstore {
namespace {

constexpr std::int64_t kMostParts = 9'999;  // S3 takes 10,000
constexpr std::string_view kMetaPrefix = "x-amz-meta-";

tl::unexpected<Error> stopped(const std::string& key) {
  return fail(ErrorKind::unavailable, "S3: the transfer of " + key + " was stopped");
}

tl::unexpected<Error> odd_answer(const std::string& key, const std::string& what) {
  return fail(ErrorKind::unavailable, "S3 " + key + ": " + what);
}

}  // namespace

std::vector<std::pair<std::string, std::string>> S3Store::new_file_headers(const Metadata& metadata) const {
  auto headers = metadata_headers(client_.settings(), metadata);
  headers.emplace_back("content-type", "application/octet-stream");
  const auto& settings = client_.settings();
  if (!settings.encryption.empty()) headers.emplace_back("x-amz-server-side-encryption", settings.encryption);
  if (!settings.kms_key.empty()) headers.emplace_back("x-amz-server-side-encryption-aws-kms-key-id", settings.kms_key);
  return headers;
}

Result<> S3Store::put(const std::string& key, const Body& body, const Metadata& metadata, const Progress& progress) {
  if (auto checked = check_key(key); !checked) return checked;
  if (body.size > 2 * static_cast<std::int64_t>(client_.settings().part_bytes))
    return put_in_parts(key, body, metadata, progress);
  return put_whole(key, body, metadata);
}

Result<> S3Store::put_whole(const std::string& key, const Body& body, const Metadata& metadata) {
  auto bytes = read_body(body, 0, static_cast<std::size_t>(body.size));
  if (!bytes) return fail(bytes.error());
  const auto answer = client_.send({"PUT", key, {}, new_file_headers(metadata), std::move(*bytes), {}});
  if (!answer) return fail(answer.error());
  if (answer->status == 404) return odd_answer(key, "the server knows no such bucket");
  return {};
}

Result<std::string> S3Store::begin_parts(const std::string& key, const Metadata& metadata) {
  const auto answer = client_.send({"POST", key, {{"uploads", ""}}, new_file_headers(metadata), {}, {}});
  if (!answer) return fail(answer.error());
  pugi::xml_document document;
  document.load_buffer(answer->body.data(), answer->body.size());
  std::string upload = document.child("InitiateMultipartUploadResult").child("UploadId").text().get();
  if (upload.empty()) return odd_answer(key, "the server began no upload in parts");
  return upload;
}

Result<> S3Store::put_in_parts(const std::string& key, const Body& body, const Metadata& metadata,
                               const Progress& progress) {
  const auto upload = begin_parts(key, metadata);
  if (!upload) return fail(upload.error());
  auto list = put_parts(key, *upload, body, progress);
  Result<> done;
  if (list) {
    done = finish_parts(key, *upload, std::move(*list));
  } else {
    done = fail(list.error());
  }
  if (!done) (void)client_.send({"DELETE", key, {{"uploadId", *upload}}, {}, {}, {}});
  return done;
}

Result<std::string> S3Store::put_parts(const std::string& key, const std::string& upload, const Body& body,
                                       const Progress& progress) {
  const auto part_bytes =
      std::max(static_cast<std::int64_t>(client_.settings().part_bytes), (body.size + kMostParts - 1) / kMostParts);
  std::string list;
  int number = 0;
  for (std::int64_t done = 0; done < body.size;) {
    if (progress && !progress(done)) return stopped(key);
    const auto size = std::min(part_bytes, body.size - done);
    auto bytes = read_body(body, done, static_cast<std::size_t>(size));
    if (!bytes) return fail(bytes.error());
    ++number;
    const auto answer = client_.send({"PUT",
                                      key,
                                      {{"partNumber", std::to_string(number)}, {"uploadId", upload}},
                                      {{"content-type", "application/octet-stream"}},
                                      std::move(*bytes),
                                      {}});
    if (!answer) return fail(answer.error());
    const auto tag = answer->header("etag");
    if (answer->status == 404 || tag.empty()) return odd_answer(key, "the server lost the upload in parts");
    list += "<Part><PartNumber>" + std::to_string(number) + "</PartNumber><ETag>" + base::html_escape(tag) +
            "</ETag></Part>";
    done += size;
  }
  return list;
}

Result<> S3Store::finish_parts(const std::string& key, const std::string& upload, std::string list) {
  const auto answer = client_.send({"POST",
                                    key,
                                    {{"uploadId", upload}},
                                    {{"content-type", "application/xml"}},
                                    "<CompleteMultipartUpload>" + std::move(list) + "</CompleteMultipartUpload>",
                                    {}});
  if (!answer) return fail(answer.error());
  // This one answer may be 200 and an error all the same.
  pugi::xml_document document;
  document.load_buffer(answer->body.data(), answer->body.size());
  if (answer->status == 404 || document.child("Error"))
    return odd_answer(key,
                      std::string("the parts were not joined: ") + document.child("Error").child("Code").text().get());
  return {};
}

Result<bool> S3Store::get(const std::string& key, const std::string& path, const Progress& progress) {
  if (auto checked = check_key(key); !checked) return fail(checked.error());
  ResumableDownload download("S3", path, progress);
  S3Request request;
  request.key = key;
  request.on_data = [&](int status, std::string_view bytes) { return download.take(status, bytes); };
  const auto answer =
      client_.send(std::move(request), [&](S3Request& next) { return download.resume(next.headers, "range"); });
  if (!download.problem()) return fail(download.problem().error());
  if (!answer) return fail(answer.error());
  if (answer->status == 404) return false;
  if (auto finished = download.finish(); !finished) return fail(finished.error());
  return true;
}

Result<std::optional<Stored>> S3Store::find(const std::string& key) {
  if (auto checked = check_key(key); !checked) return fail(checked.error());
  const auto answer = client_.send({"HEAD", key, {}, {}, {}, {}});
  if (!answer) return fail(answer.error());
  if (answer->status == 404) return std::optional<Stored>();
  Stored stored;
  stored.size = base::parse_int(answer->header("content-length")).value_or(0);
  for (const auto& [name, value] : answer->headers) {
    if (name.starts_with(kMetaPrefix)) stored.metadata[name.substr(kMetaPrefix.size())] = value;
  }
  return std::optional<Stored>(std::move(stored));
}

Result<> S3Store::remove(const std::string& key) {
  if (auto checked = check_key(key); !checked) return checked;
  const auto answer = client_.send({"DELETE", key, {}, {}, {}, {}});
  if (!answer) return fail(answer.error());
  return {};
}

}  // namespace qd::logstore
