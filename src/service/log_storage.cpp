#include "service/log_storage.hpp"

#include <algorithm>
#include <filesystem>

#include "base/id.hpp"
#include "base/logging.hpp"
#include "base/metrics.hpp"
#include "base/text.hpp"
#include "log/packed_log.hpp"
#include "log/reader.hpp"
#include "store/member_store.hpp"

namespace qd::service {
namespace {

const base::CounterFamily attempts_to_store{"quarterdeck_log_storage_attempts_total",
                                            "Attempts of this member to store the files of an execution",
                                            "outcome",
                                            {"stored", "failed"}};
const base::CounterFamily bytes_stored{"quarterdeck_log_storage_stored_bytes_total",
                                       "Bytes of logs that this member stored"};

constexpr Millis kStorageTick{500};
constexpr Millis kPauseAfterFailure{2'000};
constexpr std::chrono::seconds kBetweenMissed{15};
constexpr std::chrono::seconds kBetweenOthers{3};
constexpr std::chrono::seconds kBetweenDeleted{5};
constexpr std::size_t kDeletedAtOnce = 500;
constexpr std::chrono::seconds kBetweenPackings{60};
constexpr Millis kClaim{120'000};
constexpr std::chrono::seconds kRenewClaim{20};
constexpr Millis kLongestStoragePause{3'600'000};
constexpr std::int64_t kMissedAtOnce = 1'000;
constexpr std::size_t kOthersAtOnce = 200;
constexpr UnixMillis kOverdue = 300'000;  // a living owner that did not store for so long is helped
constexpr const char* kSince = "logstore.since";
constexpr std::size_t kEndedLimit = 10'000;  // more are found by looking for what was missed

Millis pause_after(Millis first, std::int64_t failures) {
  auto pause = std::max(first, Millis{1'000});
  for (std::int64_t i = 0; i < failures && pause < kLongestStoragePause; ++i) pause *= 2;
  return std::min(pause, kLongestStoragePause);
}

// The plain file of a log; of a compressed one for as long as this lives.
class PlainLog {
 public:
  PlainLog() = default;
  ~PlainLog() {
    std::error_code ignored;
    if (made_) std::filesystem::remove(path_, ignored);
  }
  PlainLog(const PlainLog&) = delete;
  PlainLog& operator=(const PlainLog&) = delete;

  bool prepare(const std::string& path, const std::string& folder) {
    path_ = path;
    if (log_file_size(path) >= 0) return true;
    path_ = folder + "/unpacked." + base::new_uuid();
    std::error_code ignored;
    std::filesystem::create_directories(folder, ignored);
    made_ = true;
    return log::unpack_log(path, path_).has_value();
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
  bool made_ = false;
};

}  // namespace

LogStorage::LogStorage(store::Database& database, store::ExecutionStore& executions, LogStores& stores,
                       const model::OwnIncarnation& self, const LogSettings& settings, log::LogHub& hub,
                       std::function<std::vector<model::ExecutionId>()> running,
                       std::function<bool(const std::string&)> gone)
    : database_(database),
      executions_(executions),
      stores_(stores),
      self_(self),
      settings_(settings),
      hub_(hub),
      gone_(std::move(gone)),
      rows_(database),
      checkpoints_(executions, rows_, stores, settings, std::move(running)),
      packing_(settings, [this] { return thread_.stopping(); }),
      pool_("logstore", settings.storage_tasks, settings.storage_tasks * 4),
      thread_("log storage", [this] { return look(); }) {}

LogStorage::~LogStorage() {
  stop();
}

void LogStorage::start() {
  thread_.start();
  if (!stores_.enabled()) return;
  subscription_ = hub_.subscribe_ends([this](const log::HubEvent& event) {
    {
      const std::lock_guard lock(mutex_);
      if (ended_.size() < kEndedLimit) ended_.insert(event.execution);
    }
    thread_.poke();
  });
}

void LogStorage::stop() noexcept {
  subscription_ = {};
  thread_.stop();
  pool_.stop();
}

Millis LogStorage::look() {
  const auto now = std::chrono::steady_clock::now();
  if (now < failed_until_) return std::chrono::ceil<Millis>(failed_until_ - now);
  try {
    tick();
    failing_ = false;
    return kStorageTick;
  } catch (const std::exception& error) {
    if (!failing_) base::log_warn("logstore", std::string("log storage waits: ") + error.what());
    failing_ = true;
    failed_until_ = std::chrono::steady_clock::now() + kPauseAfterFailure;
    return kPauseAfterFailure;
  }
}

void LogStorage::tick() {
  if (since_ == 0 && stores_.enabled()) {
    store::SettingStore marks(database_);
    if (!marks.get(kSince)) marks.put(kSince, std::to_string(database_.now()));
    since_ = std::max<UnixMillis>(1, base::parse_int(*marks.get(kSince)).value_or(1));
  }
  const auto now = std::chrono::steady_clock::now();
  if (now >= next_deleted_) remove_deleted();
  if (settings_.compress_after.count() > 0 && now >= next_packing_) {
    next_packing_ = now + kBetweenPackings;
    if (!pool_.try_post([this] { packing_.pack_old(); })) next_packing_ = now;
  }
  if (!stores_.enabled()) return;
  enqueue_ended();
  if (now >= next_missed_) look_for_missed();
  take_due(rows_.due_of(self_.uuid(), settings_.storage_tasks * 2), true);
  if (now >= next_others_) {
    next_others_ = now + kBetweenOthers;
    const auto others = rows_.due_of_others(self_.uuid(), others_after_, kOthersAtOnce);
    others_after_ = others.size() < kOthersAtOnce ? 0 : others.back().execution;
    take_due(others, false);
  }
  for (const auto& due : checkpoints_.due()) {
    if (!pool_.try_post([this, due] { checkpoints_.make(due); })) checkpoints_.put_off(due);
  }
}

void LogStorage::enqueue_ended() {
  std::set<model::ExecutionId> ended;
  {
    const std::lock_guard lock(mutex_);
    ended.swap(ended_);
  }
  for (auto next = ended.begin(); next != ended.end(); next = ended.erase(next)) {
    try {
      rows_.enqueue(*next);
    } catch (...) {
      const std::lock_guard lock(mutex_);
      ended_.insert(next, ended.end());
      throw;
    }
  }
}

void LogStorage::look_for_missed() {
  const auto found = rows_.enqueue_missed(since_, kMissedAtOnce);
  next_missed_ = std::chrono::steady_clock::now() + kBetweenMissed;
  if (found > 0)
    base::log_info("logstore", std::to_string(found) + " executions that ended unnoticed are queued for the log store");
}

std::set<std::string> LogStorage::living_members() {
  std::set<std::string> living;
  for (const auto& member : store::MemberStore(database_).list()) {
    const bool alive = member.state == model::Member::State::live || member.state == model::Member::State::leaving;
    if (alive && !gone_(member.id.uuid)) living.insert(member.id.uuid);
  }
  return living;
}

bool LogStorage::reachable(const store::LogStorageRow& row, const std::set<std::string>& living) {
  const bool owner_lives = living.contains(row.server_uuid);
  if (owner_lives && database_.now() - row.due < kOverdue) return false;
  if (row.state == store::log_state::removing) return true;
  const auto execution = executions_.find(row.execution);
  return !execution || log::stat_log(file_of(*execution)).exists;
}

void LogStorage::take_due(const std::vector<store::LogStorageRow>& rows, bool own) {
  if (rows.empty()) return;
  const auto living = own ? std::set<std::string>() : living_members();
  for (const auto& row : rows) {
    {
      const std::lock_guard lock(mutex_);
      if (at_work_.size() >= settings_.storage_tasks) return;
      if (at_work_.contains(row.execution)) continue;
    }
    if (!own && !reachable(row, living)) continue;
    const bool orphan = !own && !living.contains(row.server_uuid);
    if (!rows_.claim(row.execution, self_.uuid(), kClaim, orphan ? row.server_uuid : std::string())) continue;
    {
      const std::lock_guard lock(mutex_);
      at_work_.insert(row.execution);
    }
    pool_.post([this, row] {
      work_on(row);
      {
        const std::lock_guard lock(mutex_);
        at_work_.erase(row.execution);
      }
      thread_.poke();
    });
  }
}

void LogStorage::work_on(store::LogStorageRow row) {
  try {
    if (row.state == store::log_state::removing) {
      remove_files(row);
    } else {
      store_files(row);
    }
  } catch (const std::exception& error) {
    // The claim ends by itself, and somebody takes it again.
    base::log_warn("logstore", "execution " + std::to_string(row.execution) + ": " + error.what());
  }
}

std::string LogStorage::file_of(const model::Execution& execution) const {
  return (std::filesystem::path(settings_.log_root) / execution.log_path).string();
}

logstore::Progress LogStorage::progress_of(model::ExecutionId execution) {
  return [this, execution, renewed = std::chrono::steady_clock::now()](std::int64_t) mutable {
    if (thread_.stopping()) return false;
    const auto now = std::chrono::steady_clock::now();
    if (now - renewed < kRenewClaim) return true;
    renewed = now;
    return rows_.touch(execution, self_.uuid());
  };
}

void LogStorage::give_back(const store::LogStorageRow& row, const std::string& types, const std::string& problem) {
  const auto pause = pause_after(settings_.retry_delay, row.attempts);
  base::log_warn("logstore", "the log of execution " + std::to_string(row.execution) + " is not stored yet (attempt " +
                                 std::to_string(row.attempts + 1) + ", the next in " +
                                 std::to_string(pause.count() / 1000) + " s): " + problem);
  rows_.failed(row.execution, self_.uuid(), types, problem, pause);
  attempts_to_store.with("failed").add();
}

Result<std::int64_t> LogStorage::store_type(const store::LogStorageRow& row, const model::Execution& execution,
                                            const std::string& type, logstore::LogStore& target) {
  logstore::Body body;
  PlainLog unpacked;
  if (type == log_type::output) {
    auto path = file_of(execution);
    if (!unpacked.prepare(path, settings_.cache_folder))
      return fail(ErrorKind::not_found, "The file " + path + " is not here.");
    path = unpacked.path();
    body = logstore::Body::of_file(path, 0, log_file_size(path));
  } else {
    body = logstore::Body::of_text(executions_.state(execution.id).value_or("{}"));
  }
  const auto size = body.size;
  auto put =
      target.put(LogStores::file_key(row.key, type), body, stores_.metadata_of(execution), progress_of(execution.id));
  if (!put) return fail(put.error());
  return size;
}

void LogStorage::store_files(store::LogStorageRow& row) {
  const auto execution = executions_.find(row.execution);
  if (!execution) return rows_.remove(row.execution);
  const auto target = stores_.of(row.project);
  if (!target) return give_back(row, row.types, target.error().message);
  if (row.key.empty()) {
    const auto key = stores_.key_of(*execution);
    if (!key) return give_back(row, row.types, key.error().message);
    row.key = *key;
  }
  row.provider = stores_.provider();
  std::vector<std::string> left;
  std::int64_t bytes = row.stored_bytes;
  std::string problem;
  for (const auto& type : base::split_trimmed(row.types, ',')) {
    if (!problem.empty()) {  // what the store did not take now it will not take a second later
      left.push_back(type);
      continue;
    }
    const auto stored = store_type(row, *execution, type, **target);
    if (!stored) {
      left.push_back(type);
      problem = stored.error().message;
    } else if (type == log_type::output) {
      bytes = *stored;
    }
  }
  if (!left.empty()) {
    if (thread_.stopping()) return;
    return give_back(row, base::join(left, ","), problem);
  }
  rows_.stored(row, self_.uuid(), bytes);
  attempts_to_store.with("stored").add();
  bytes_stored.add(static_cast<double>(bytes));
  base::log_debug("logstore", "execution " + std::to_string(row.execution) + " is stored as " + row.key);
  if (row.pieces.empty()) return;
  if (auto removed = remove_pieces(row, **target); removed) {
    rows_.forget_pieces(row.execution);
  } else {
    base::log_warn("logstore", "a checkpoint stays behind: " + removed.error().message);
  }
}

Result<> LogStorage::remove_pieces(const store::LogStorageRow& row, logstore::LogStore& target) {
  if (row.pieces.empty()) return {};
  for (const auto& piece : row.pieces) {
    if (auto removed = target.remove(LogStores::piece_key(row.key, piece.number)); !removed) return removed;
  }
  // One more may have been put by a member that died before it could say so.
  return target.remove(LogStores::piece_key(row.key, row.pieces.back().number + 1));
}

void LogStorage::remove_files(const store::LogStorageRow& row) {
  if (!row.key.empty()) {
    const auto target = stores_.of(row.project);
    if (!target) return give_back(row, row.types, target.error().message);
    auto removed = remove_pieces(row, **target);
    for (const char* type : {log_type::output, log_type::state}) {
      if (removed) removed = (*target)->remove(LogStores::file_key(row.key, type));
    }
    if (!removed) return give_back(row, row.types, removed.error().message);
  }
  rows_.removed(row.execution, self_.uuid());
}

void LogStorage::deleted(const model::Execution& execution) {
  if (stores_.enabled()) rows_.remove(execution.id);
  const bool elsewhere =
      !execution.log_path.empty() && !execution.server_uuid.empty() && execution.server_uuid != self_.uuid();
  if (elsewhere) rows_.remove_elsewhere(execution.id, execution.server_uuid, execution.log_path);
  thread_.poke();
}

void LogStorage::remove_deleted() {
  next_deleted_ = std::chrono::steady_clock::now() + kBetweenDeleted;
  for (const auto& log : rows_.to_remove(self_.uuid(), kDeletedAtOnce)) {
    log::remove_log((std::filesystem::path(settings_.log_root) / log.log_path).string());
    rows_.removed_file(log.execution);
  }
}

LogStorageFacts LogStorage::facts() {
  LogStorageFacts facts;
  facts.provider = stores_.provider();
  if (!stores_.enabled()) return facts;
  facts.retry_count = settings_.retry_count;
  facts.counts = rows_.counts(std::max<std::int64_t>(settings_.retry_count, 1));
  facts.missing = rows_.missing(self_.uuid());
  return facts;
}

std::vector<IncompleteLog> LogStorage::incomplete(std::size_t offset, std::size_t max) {
  std::vector<IncompleteLog> found;
  for (auto& row : rows_.incomplete(offset, max)) {
    const auto execution = executions_.find(row.execution);
    const bool here = execution && log::stat_log(file_of(*execution)).exists;
    found.push_back({std::move(row), here});
  }
  return found;
}

void LogStorage::resume() {
  rows_.resume();
  thread_.poke();
}

}  // namespace qd::service
