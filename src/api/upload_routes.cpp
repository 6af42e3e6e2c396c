// Files for job options.
#include "api/answers.hpp"
#include "api/route.hpp"
#include "service/errors.hpp"

namespace qd::api {
namespace {

constexpr std::string_view kPartPrefix = "option.";

JsonObject upload_json(const Call& call, const store::Upload& upload) {
  return {{"id", upload.id},
          {"user", upload.user},
          {"fileState", upload.state},
          {"sha", upload.sha256},
          {"jobId", upload.job_uuid},
          {"optionName", upload.option_name},
          {"dateCreated", iso8601(upload.created)},
          {"serverNodeUUID", call.services.system.member().server_uuid},
          {"fileName", upload.file_name.empty() ? Json(nullptr) : Json(upload.file_name)},
          {"size", upload.size},
          {"expirationDate", upload.expires ? Json(iso8601(*upload.expires)) : Json(nullptr)},
          {"execId", upload.execution ? Json(*upload.execution) : Json(nullptr)}};
}

JsonArray uploads_json(const Call& call, const std::vector<store::Upload>& uploads) {
  JsonArray list;
  for (const store::Upload& upload : uploads) list.push_back(upload_json(call, upload));
  return list;
}

http::Response put_files(Call& call) {
  std::vector<service::UploadedFile> files;
  for (const http::Part& part : call.request.parts) {
    if (part.name.starts_with(kPartPrefix))
      files.push_back({part.name.substr(kPartPrefix.size()), part.file_name, part.content});
  }
  if (files.empty()) {
    const std::string option =
        call.param("option").empty() ? call.query("optionName").value_or("") : call.param("option");
    if (option.empty()) return error_answer(service::missing_parameter("optionName").value());
    files.push_back({option, call.query("fileName").value_or(""), call.request.body});
  }
  const auto keys = call.services.uploads.put(call.who, call.param("id"), std::move(files));
  return answer(keys, [](const std::map<std::string, std::string>& by_option) {
    JsonObject options;
    for (const auto& [name, key] : by_option) options[name] = key;
    return json_answer(JsonObject{{"total", by_option.size()}, {"options", std::move(options)}});
  });
}

http::Response list_files(Call& call) {
  const auto offset = call.number("offset", 0);
  const auto max = call.number("max", 20);
  if (!offset) return error_answer(offset.error());
  if (!max) return error_answer(max.error());
  const auto page =
      call.services.uploads.of_job(call.who, call.param("id"), call.query("fileState").value_or("temp"), *offset, *max);
  return answer(page, [&](const service::UploadPage& found) {
    return json_answer(JsonObject{
        {"paging",
         JsonObject{{"offset", *offset}, {"max", *max}, {"total", found.total}, {"count", found.uploads.size()}}},
        {"files", uploads_json(call, found.uploads)}});
  });
}

http::Response get_file(Call& call) {
  const auto upload = call.services.uploads.find(call.who, call.param("key"));
  return answer(upload, [&](const store::Upload& found) { return json_answer(upload_json(call, found)); });
}

http::Response execution_files(Call& call) {
  const auto uploads = call.services.uploads.of_execution(call.who, call.param("id"));
  return answer(uploads, [&](const std::vector<store::Upload>& found) {
    return json_answer(JsonObject{{"files", uploads_json(call, found)}});
  });
}

}  // namespace

const std::vector<Route>& upload_routes() {
  static const std::vector<Route> kRoutes{
      {"POST", "job/{id}/input/file", 19, {"job", "run"}, put_files, {.most_bytes = 200 * kMiB}},
      {"POST", "job/{id}/input/file/{option}", 19, {"job", "run"}, put_files, {.most_bytes = 200 * kMiB}},
      {"GET", "job/{id}/input/files", 19, {"job", "read"}, list_files},
      {"GET", "jobs/file/{key}", 19, {"job", "read"}, get_file},
      {"GET", "execution/{id}/input/files", 19, {"execution", "read"}, execution_files},
  };
  return kRoutes;
}

}  // namespace qd::api
