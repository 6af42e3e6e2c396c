#include "service/log_checkpoints.hpp"

#include <filesystem>
#include <set>

#include "base/logging.hpp"

namespace qd::service {
namespace {

constexpr std::int64_t kSmallPiece = 4 << 20;
constexpr std::size_t kMaxSmall = 32;

std::int64_t end_of(const std::vector<store::LogPiece>& pieces) {
  return pieces.empty() ? 0 : pieces.back().offset + pieces.back().size;
}

}  // namespace

std::vector<store::LogPiece> with_new_piece(const std::vector<store::LogPiece>& pieces, std::int64_t size,
                                            std::vector<store::LogPiece>& replaced) {
  auto now = pieces;
  std::size_t small = 0;
  while (small < now.size() && now[now.size() - 1 - small].size < kSmallPiece) ++small;
  store::LogPiece next{now.empty() ? 1 : now.back().number + 1, end_of(now), size - end_of(now)};
  if (small >= kMaxSmall) {
    const auto from = now.end() - static_cast<std::ptrdiff_t>(small);
    replaced.assign(from, now.end());
    next.offset = from->offset;
    next.size = size - next.offset;
    now.erase(from, now.end());
  }
  now.push_back(next);
  return now;
}

bool LogCheckpoints::is_due(const Watched& watched, std::int64_t size, Moment now) const {
  if (watched.busy || size <= watched.size || size < settings_.checkpoint_size) return false;
  if (size - watched.size < settings_.checkpoint_increment) return false;
  return now - watched.first >= settings_.checkpoint_minimum && now - watched.last >= settings_.checkpoint_interval;
}

std::vector<LogCheckpoints::Due> LogCheckpoints::due() {
  const auto ids = running_();
  const auto now = std::chrono::steady_clock::now();
  std::vector<Due> found;
  const std::lock_guard lock(mutex_);
  const std::set<model::ExecutionId> running(ids.begin(), ids.end());
  std::erase_if(watched_, [&](const auto& entry) { return !entry.second.busy && !running.contains(entry.first); });
  for (const auto id : running) {
    auto& watched = watched_.try_emplace(id, Watched{{}, now, now, 0, false}).first->second;
    if (watched.busy || now - watched.first < settings_.checkpoint_minimum) continue;
    if (watched.path.empty()) {
      const auto execution = executions_.find(id);
      if (!execution || execution->log_path.empty()) continue;
      watched.path = (std::filesystem::path(settings_.log_root) / execution->log_path).string();
    }
    std::error_code error;
    const auto size = static_cast<std::int64_t>(std::filesystem::file_size(watched.path, error));
    if (error || !is_due(watched, size, now)) continue;
    watched.busy = true;
    found.push_back({id, size});
  }
  return found;
}

void LogCheckpoints::put_off(const Due& due) {
  const std::lock_guard lock(mutex_);
  watched_[due.execution].busy = false;
}

void LogCheckpoints::make(const Due& due) {
  std::string path;
  {
    const std::lock_guard lock(mutex_);
    path = watched_[due.execution].path;
  }
  Result<> made;
  try {
    made = put_new(due, path);
  } catch (const std::exception& error) {
    made = fail(ErrorKind::unavailable, error.what());
  }
  if (!made) {
    base::log_warn("logstore", "no checkpoint of execution " + std::to_string(due.execution) +
                                   " was made: " + made.error().message);
  }
  const std::lock_guard lock(mutex_);
  auto& watched = watched_[due.execution];
  watched.busy = false;
  watched.last = std::chrono::steady_clock::now();
  if (made) watched.size = due.size;
}

Result<> LogCheckpoints::put_new(const Due& due, const std::string& path) {
  rows_.begin(due.execution);
  auto row = rows_.find(due.execution);
  if (!row || row->state != store::log_state::running || row->piece_bytes >= due.size) return {};
  const auto target = stores_.of(row->project);
  if (!target) return fail(target.error());
  const auto execution = executions_.find(due.execution);
  if (!execution) return {};
  if (row->key.empty()) {
    const auto key = stores_.key_of(*execution);
    if (!key) return fail(key.error());
    row->key = *key;
    row->provider = stores_.provider();
  }
  const auto before = row->pieces;
  std::vector<store::LogPiece> replaced;
  row->pieces = with_new_piece(before, due.size, replaced);
  row->piece_bytes = due.size;
  row->server_uuid = execution->server_uuid;
  const auto& piece = row->pieces.back();
  auto put = (*target)->put(LogStores::piece_key(row->key, piece.number),
                            logstore::Body::of_file(path, piece.offset, piece.size), stores_.metadata_of(*execution));
  if (!put) return put;
  // It ended meanwhile: its files go to the store as a whole.
  if (!rows_.checkpoint(*row, before)) return (*target)->remove(LogStores::piece_key(row->key, piece.number));
  for (const auto& old : replaced) {
    if (auto removed = (*target)->remove(LogStores::piece_key(row->key, old.number)); !removed) return removed;
  }
  return {};
}

}  // namespace qd::service
