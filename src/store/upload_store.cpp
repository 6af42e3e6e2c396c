#include "store/upload_store.hpp"

namespace qd::store {
namespace {

#define QD_UPLOAD_COLUMNS                                                                                   \
  "id, project, job_uuid, option_name, file_name, user_name, sha256, size, created_ms, expires_ms, state, " \
  "execution_id"
constexpr const char* insert_upload =
    "INSERT INTO upload (" QD_UPLOAD_COLUMNS ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
constexpr const char* select_upload = "SELECT " QD_UPLOAD_COLUMNS " FROM upload WHERE id = ?";
constexpr const char* select_uploads_of_job =
    "SELECT " QD_UPLOAD_COLUMNS " FROM upload WHERE job_uuid = ? ORDER BY created_ms DESC, id LIMIT ? OFFSET ?";
constexpr const char* select_uploads_in_state =
    "SELECT " QD_UPLOAD_COLUMNS
    " FROM upload WHERE job_uuid = ? AND state = ? ORDER BY created_ms DESC, id LIMIT ? OFFSET ?";
constexpr const char* select_uploads_of_execution =
    "SELECT " QD_UPLOAD_COLUMNS " FROM upload WHERE execution_id = ? ORDER BY created_ms, id";
#undef QD_UPLOAD_COLUMNS
constexpr const char* insert_content = "INSERT INTO upload_content (upload_id, part, content) VALUES (?, ?, ?)";
constexpr const char* select_content = "SELECT content FROM upload_content WHERE upload_id = ? ORDER BY part";
constexpr const char* retain_upload =
    "UPDATE upload SET state = 'retained', execution_id = ? WHERE id = ? AND state = 'temp'";
constexpr const char* mark_expired = "UPDATE upload SET state = 'expired' WHERE state = 'temp' AND expires_ms <= ?";
// After mark_expired: whoever retained a file in between keeps its content.
constexpr const char* drop_content_of_expired =
    "DELETE FROM upload_content WHERE upload_id IN (SELECT id FROM upload WHERE state = 'expired')";

// Below every server's limit for one statement (max_allowed_packet of MySQL 5.7: 4 MiB).
constexpr std::size_t part_size = 1u << 20;
constexpr std::size_t no_limit = 1'000'000;

Value or_null(std::optional<std::int64_t> number) {
  return number ? Value(*number) : Value(nullptr);
}

Upload read_upload(const Row& row) {
  return {.id = row.text(0),
          .project = row.text(1),
          .job_uuid = row.text(2),
          .option_name = row.text(3),
          .file_name = row.text(4),
          .user = row.text(5),
          .sha256 = row.text(6),
          .size = row.integer(7),
          .created = row.integer(8),
          .expires = row.optional_integer(9),
          .state = row.text(10),
          .execution = row.optional_integer(11)};
}

std::vector<Upload> read_uploads(const Rows& rows) {
  std::vector<Upload> uploads;
  uploads.reserve(rows.size());
  for (const auto& row : rows) uploads.push_back(read_upload(row));
  return uploads;
}

}  // namespace

UploadStore::UploadStore(Database& database) : database_(database) {}

void UploadStore::create(const Upload& upload, const std::string& content) {
  database_.transact([&](Session& session) {
    session.execute(insert_upload, {upload.id, upload.project, upload.job_uuid, upload.option_name, upload.file_name,
                                    upload.user, upload.sha256, upload.size, upload.created, or_null(upload.expires),
                                    upload.state, or_null(upload.execution)});
    std::int64_t part = 0;
    for (std::size_t start = 0; part == 0 || start < content.size(); start += part_size) {
      session.execute(insert_content, {upload.id, part++, Blob{content.substr(start, part_size)}});
    }
  });
}

std::optional<Upload> UploadStore::find(const std::string& id) {
  const auto rows = database_.query(select_upload, {id});
  if (rows.empty()) return std::nullopt;
  return read_upload(rows.front());
}

std::optional<std::string> UploadStore::content(const std::string& id) {
  const auto rows = database_.query(select_content, {id});
  if (rows.empty()) return std::nullopt;
  std::string content;
  for (const auto& row : rows) content += row.text(0);
  return content;
}

std::vector<Upload> UploadStore::of_job(const std::string& job_uuid, const std::string& state, std::size_t offset,
                                        std::size_t max) {
  const auto limit = static_cast<std::int64_t>(max == 0 ? no_limit : max);
  const auto skip = static_cast<std::int64_t>(offset);
  return read_uploads(state.empty() ? database_.query(select_uploads_of_job, {job_uuid, limit, skip})
                                    : database_.query(select_uploads_in_state, {job_uuid, state, limit, skip}));
}

std::vector<Upload> UploadStore::of_execution(model::ExecutionId execution) {
  return read_uploads(database_.query(select_uploads_of_execution, {execution}));
}

bool UploadStore::retain(const std::string& id, model::ExecutionId execution) {
  return database_.execute(retain_upload, {execution, id}) > 0;
}

std::int64_t UploadStore::expire(UnixMillis now) {
  std::int64_t expired = 0;
  database_.transact([&](Session& session) {
    expired = session.execute(mark_expired, {now});
    if (expired > 0) session.execute(drop_content_of_expired, {});
  });
  return expired;
}

}  // namespace qd::store
