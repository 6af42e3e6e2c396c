#include "service/log_copies.hpp"

#include <algorithm>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <sys/stat.h>
#include <vector>

#include "base/id.hpp"
#include "base/logging.hpp"
#include "base/text.hpp"
#include "log/packed_log.hpp"

namespace qd::service {
namespace {

namespace fs = std::filesystem;

constexpr Millis kCopyTick{100};
constexpr Millis kPoll{400};               // between two looks at a log that grows
constexpr Millis kPollRest{2'000};         // … at one that may come
constexpr std::chrono::seconds kKeep{40};  // longer than the heartbeat of watchers
constexpr std::chrono::seconds kBetweenPrunes{60};
constexpr std::size_t kMaxEntries = 10'000;
constexpr std::int64_t kPullBytes = 1 << 20;
constexpr int kPullsAtOnce = 64;
constexpr Millis kLongestCopyPause{3'600'000};
constexpr Millis kSoon{250};

Result<> append_to(const std::string& path, std::string_view bytes) {
  std::ofstream out(path, std::ios::binary | std::ios::app);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  out.flush();
  if (out) return {};
  return fail(ErrorKind::unavailable, "cannot write " + path);
}

std::int64_t number_in(const MemberAnswer& answer, const char* header) {
  const auto found = answer.headers.find(header);
  return found == answer.headers.end() ? 0 : base::parse_int(found->second).value_or(0);
}

}  // namespace

LogCopies::LogCopies(store::Database& database, store::ExecutionStore& executions, LogStores& stores,
                     MemberRequests& members, const model::OwnIncarnation& self, const LogSettings& settings,
                     log::LogHub& hub)
    : database_(database),
      executions_(executions),
      rows_(database),
      stores_(stores),
      members_(members),
      self_(self),
      settings_(settings),
      hub_(hub),
      pool_("logcopies", settings.retrieval_tasks, kMaxEntries),
      thread_("log copies", [this] { return look_around(); }) {}

LogCopies::~LogCopies() {
  stop();
}

void LogCopies::start() {
  if (!stores_.enabled() && !members_.possible()) return;
  std::error_code error;
  fs::create_directories(settings_.cache_folder, error);
  if (error) base::log_error("logstore", "cannot make the folder " + settings_.cache_folder + ": " + error.message());
  thread_.start();
}

void LogCopies::stop() noexcept {
  thread_.stop();
  pool_.stop();
}

std::string LogCopies::whole_path(model::ExecutionId id) const {
  return settings_.cache_folder + "/" + std::to_string(id) + ".rdlog";
}

std::string LogCopies::part_path(model::ExecutionId id) const {
  return whole_path(id) + ".part";
}

LogCopy LogCopies::of(const model::Execution& execution) {
  const auto path = whole_path(execution.id);
  if (log_file_size(path) >= 0) {
    utimensat(AT_FDCWD, path.c_str(), nullptr, 0);  // used: it is pruned last
    return {LogCopy::State::whole, path, {}, {}};
  }
  if (!thread_.running()) return {LogCopy::State::missing, {}, {}, {}};
  const std::lock_guard lock(mutex_);
  if (entries_.size() >= kMaxEntries && !entries_.contains(execution.id))
    return {LogCopy::State::fetching, {}, {}, kPollRest};
  auto& entry = entries_[execution.id];
  entry.copy.retry_after = std::max(entry.copy.retry_after, kSoon);
  entry.wanted = std::chrono::steady_clock::now();
  if (!entry.busy && entry.wanted >= entry.next) begin(execution.id, entry);
  return entry.copy;
}

void LogCopies::drop(model::ExecutionId execution) {
  log::remove_log(whole_path(execution));
  std::error_code ignored;
  fs::remove(part_path(execution), ignored);
  const std::lock_guard lock(mutex_);
  const auto entry = entries_.find(execution);
  if (entry != entries_.end() && !entry->second.busy) entries_.erase(entry);
}

void LogCopies::begin(model::ExecutionId id, Entry& entry) {
  entry.busy = pool_.try_post([this, id] { work(id); });
}

Millis LogCopies::look_around() {
  start_due();
  if (prune_soon_.exchange(false) || std::chrono::steady_clock::now() >= next_prune_) {
    next_prune_ = std::chrono::steady_clock::now() + kBetweenPrunes;
    prune();
  }
  return kCopyTick;
}

void LogCopies::start_due() {
  const auto now = std::chrono::steady_clock::now();
  const std::lock_guard lock(mutex_);
  for (auto next = entries_.begin(); next != entries_.end();) {
    auto& [id, entry] = *next;
    if (entry.busy) {
      ++next;
    } else if (now - entry.wanted > kKeep) {
      next = entries_.erase(next);
    } else {
      if (now >= entry.next) begin(id, entry);
      ++next;
    }
  }
}

void LogCopies::work(model::ExecutionId id) {
  Look found;
  try {
    const auto execution = executions_.find(id);
    found = execution ? look(*execution) : Look{{LogCopy::State::missing, {}, {}, {}}, kPollRest, false, false};
  } catch (const std::exception& error) {
    found = failure(error.what());
  }
  bool changed = false;
  {
    const std::lock_guard lock(mutex_);
    auto& entry = entries_[id];
    changed = entry.copy.state != found.copy.state;
    entry.failures = found.failed ? entry.failures + 1 : 0;
    if (entry.failures > settings_.retrieval_count) found.pause = std::min(found.pause * 4, kLongestCopyPause);
    entry.copy = found.copy;
    entry.copy.retry_after = std::max(found.pause, kSoon);
    entry.next = std::chrono::steady_clock::now() + found.pause;
    entry.busy = false;
  }
  if (found.failed) base::log_warn("logstore", "execution " + std::to_string(id) + ": " + found.copy.message);
  publish(id, found, changed);
}

void LogCopies::publish(model::ExecutionId id, const Look& look, bool changed) {
  using State = LogCopy::State;
  const auto state = look.copy.state;
  const bool settled = state == State::whole || state == State::partial || state == State::missing;
  if (settled && changed) {
    hub_.publish({log::HubEvent::Kind::completed, id, std::max<std::int64_t>(0, log_file_size(look.copy.path))});
  } else if (look.grew) {
    hub_.publish({log::HubEvent::Kind::output, id, log_file_size(look.copy.path)});
  }
  if (state == State::growing && state_changed(id)) hub_.publish({log::HubEvent::Kind::state, id, 0});
}

bool LogCopies::state_changed(model::ExecutionId id) {
  try {
    const auto state = std::hash<std::string>()(executions_.state(id).value_or(""));
    const std::lock_guard lock(mutex_);
    const auto entry = entries_.find(id);
    return entry != entries_.end() && std::exchange(entry->second.state_seen, state) != state;
  } catch (const std::exception&) {
    return false;
  }
}

LogCopies::Look LogCopies::look(const model::Execution& execution) {
  const bool ended = model::is_final(execution.status);
  const auto row = stores_.enabled() ? rows_.find(execution.id) : std::nullopt;
  if (ended && row && row->state == store::log_state::stored) return fetch(execution, *row);
  if (execution.server_uuid != self_.uuid() && members_.possible()) {
    if (auto pulled = pull(execution)) return std::move(*pulled);
  }
  return take_checkpoint(execution, row);
}

LogCopies::Look LogCopies::failure(std::string message) const {
  Look failed;
  failed.copy.state = LogCopy::State::failed;
  failed.copy.message = std::move(message);
  failed.pause = settings_.retrieval_delay;
  failed.failed = true;
  return failed;
}

LogCopies::Look LogCopies::fetch(const model::Execution& execution, const store::LogStorageRow& row) {
  const auto source = stores_.of(execution.project);
  if (!source) return failure(source.error().message);
  const auto temporary = whole_path(execution.id) + "." + base::new_uuid();
  const auto key = LogStores::file_key(row.key, log_type::output);
  const auto got = (*source)->get(key, temporary, [this](std::int64_t) { return !thread_.stopping(); });
  std::error_code error;
  if (got && *got) fs::rename(temporary, whole_path(execution.id), error);
  if (!got || !*got || error) {
    std::error_code ignored;
    fs::remove(temporary, ignored);
    if (!got) return failure(got.error().message);
    return failure(error ? "cannot keep the copy: " + error.message() : "The log store has no file " + key + ".");
  }
  fs::remove(part_path(execution.id), error);
  prune_soon_ = true;
  return {{LogCopy::State::whole, whole_path(execution.id), {}, {}}, kLongestCopyPause, false, true};
}

std::optional<LogCopies::Look> LogCopies::pull(const model::Execution& execution) {
  const auto path = part_path(execution.id);
  Look found;
  found.copy = {LogCopy::State::growing, path, {}, {}};
  found.pause = kPoll;
  for (int count = 0; count < kPullsAtOnce && !thread_.stopping(); ++count) {
    const auto have = std::max<std::int64_t>(0, log_file_size(path));
    const auto answer = members_.ask(execution.server_uuid, "/member/log/" + std::to_string(execution.id) +
                                                                "?offset=" + std::to_string(have) +
                                                                "&max=" + std::to_string(kPullBytes));
    if (!answer)
      base::log_debug("logstore", "execution " + std::to_string(execution.id) + ": " + answer.error().message);
    if (!answer || (answer->status != 200 && answer->status != 404)) return std::nullopt;
    if (answer->status == 404) {
      if (model::is_final(execution.status)) return std::nullopt;
      found.copy = {LogCopy::State::waiting, {}, {}, {}};
      return found;
    }
    if (!answer->body.empty()) {
      if (auto appended = append_to(path, answer->body); !appended) return failure(appended.error().message);
      found.grew = true;
    }
    const auto size = number_in(*answer, "x-quarterdeck-log-size");
    const auto now = have + static_cast<std::int64_t>(answer->body.size());
    if (now < size) continue;
    if (number_in(*answer, "x-quarterdeck-log-ended") == 0 || now > size) return found;
    std::error_code error;
    fs::rename(path, whole_path(execution.id), error);
    if (error) return failure("cannot keep the copy " + path + ": " + error.message());
    return Look{{LogCopy::State::whole, whole_path(execution.id), {}, {}}, kLongestCopyPause, false, true};
  }
  found.pause = Millis{0};  // there is more
  return found;
}

Result<bool> LogCopies::append_piece(const model::Execution& execution, const store::LogStorageRow& row,
                                     const store::LogPiece& piece) {
  const auto path = part_path(execution.id);
  const auto have = std::max<std::int64_t>(0, log_file_size(path));
  if (piece.offset + piece.size <= have) return true;
  const auto source = stores_.of(execution.project);
  if (!source) return fail(source.error());
  const auto temporary = path + "." + base::new_uuid();
  auto got = (*source)->get(LogStores::piece_key(row.key, piece.number), temporary,
                            [this](std::int64_t) { return !thread_.stopping(); });
  if (got && *got) {
    std::ifstream in(temporary, std::ios::binary);
    in.seekg(have - piece.offset);
    std::string bytes(256 << 10, '\0');
    while (in && got) {
      in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
      const auto appended = append_to(path, std::string_view(bytes).substr(0, static_cast<std::size_t>(in.gcount())));
      if (!appended) got = fail(appended.error());
    }
  }
  std::error_code ignored;
  fs::remove(temporary, ignored);
  return got;
}

LogCopies::Look LogCopies::take_checkpoint(const model::Execution& execution,
                                           const std::optional<store::LogStorageRow>& row) {
  const auto path = part_path(execution.id);
  const auto before = log_file_size(path);
  if (row) {
    for (const auto& piece : row->pieces) {
      const auto appended = append_piece(execution, *row, piece);
      if (!appended) return failure(appended.error().message);
      if (!*appended) break;  // pieces were joined meanwhile: the next look finds the new one
    }
  }
  const auto size = log_file_size(path);
  const bool ended = model::is_final(execution.status) && !owner_may_come(execution);
  if (size <= 0) return without_file(execution, row && row->state == store::log_state::queued);
  Look found;
  found.copy = {ended ? LogCopy::State::partial : LogCopy::State::growing, path, {}, {}};
  found.pause = kPollRest;
  found.grew = size > before;
  if (ended) {
    found.copy.message = "The member that ran this execution (" + execution.server_uuid +
                         ") cannot be reached. This is its output up to the last checkpoint, " + std::to_string(size) +
                         " bytes; the rest is gone unless that member returns.";
  }
  return found;
}

// It did not answer just now, but it lives, and had little time since the end.
bool LogCopies::owner_may_come(const model::Execution& execution) {
  if (database_.now() - execution.ended.value_or(0) > settings_.pending_delay.count()) return false;
  return execution.server_uuid != self_.uuid() && members_.possible() && members_.runs(execution.server_uuid);
}

LogCopies::Look LogCopies::without_file(const model::Execution& execution, bool queued) const {
  Look found;
  found.pause = kPollRest;
  if (!model::is_final(execution.status)) {
    found.copy.state = LogCopy::State::waiting;
    return found;
  }
  const auto age = database_.now() - execution.ended.value_or(0);
  const bool young = stores_.enabled() && age < settings_.pending_delay.count();
  found.copy.state = young ? LogCopy::State::pending_remote : LogCopy::State::missing;
  if (queued && !young)
    found.copy.message = "It is still on the member " + execution.server_uuid + ", which cannot be reached.";
  return found;
}

void LogCopies::prune() {
  struct File {
    fs::file_time_type used;
    std::int64_t size;
    fs::path path;
  };
  std::vector<File> files;
  std::int64_t total = 0;
  std::error_code error;
  for (fs::directory_iterator next(settings_.cache_folder, error), end; !error && next != end; next.increment(error)) {
    std::error_code ignored;
    const auto size = static_cast<std::int64_t>(next->file_size(ignored));
    if (ignored) continue;
    files.push_back({next->last_write_time(ignored), size, next->path()});
    total += size;
  }
  std::sort(files.begin(), files.end(), [](const File& a, const File& b) { return a.used < b.used; });
  for (const auto& file : files) {
    if (total <= settings_.cache_bytes) return;
    const auto id = base::parse_int(base::split(file.path.filename().string(), '.').front());
    {
      const std::lock_guard lock(mutex_);
      if (id && entries_.contains(*id)) continue;  // somebody reads it
    }
    std::error_code ignored;
    if (fs::remove(file.path, ignored)) total -= file.size;
  }
}

}  // namespace qd::service
