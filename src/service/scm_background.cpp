// Scm: what goes on without anybody waiting for it.
#include <filesystem>

#include "base/logging.hpp"
#include "base/text.hpp"
#include "service/scm.hpp"

namespace qd::service {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds kFetchedLately{5};  // then pages ask for no other fetch
constexpr Millis kSweepPause{3'600'000};

}  // namespace

Scm::~Scm() {
  stop();
}

void Scm::start() {
  sweeper_.start();
}

void Scm::stop() noexcept {
  stopping_ = true;
  sweeper_.stop();
  background_.stop();
}

Result<> Scm::fetch_later(const auth::Identity& who, const std::string& project, const ScmSettings& settings,
                          Integration integration, const std::shared_ptr<ScmCopy>& copy) {
  const auto lately = std::chrono::steady_clock::now() - kFetchedLately;
  const bool fresh = copy->fetched >= lately;
  std::string flaw;
  const bool mine = copy->fetching.with([&](ScmCopy::Fetching& fetching) {
    flaw = fetching.flaw;
    if (fresh || fetching.under_way || fetching.tried >= lately) return false;
    fetching.under_way = true;
    return true;
  });
  if (mine) {
    const bool taken = background_.try_post([this, who, project, settings, integration, copy] {
      const auto tried = std::chrono::steady_clock::now();
      Result<> done;
      try {
        done = fetch_now(who, project, settings, integration, *copy);
      } catch (const std::exception& error) {
        done = fail(ErrorKind::unavailable, error.what());
      }
      copy->fetching.with([&](ScmCopy::Fetching& fetching) {
        fetching = {false, tried, done ? "" : done.error().message};
      });
    });
    if (!taken) copy->fetching.with([](ScmCopy::Fetching& fetching) { fetching.under_way = false; });
  }
  if (flaw.empty()) return {};
  return fail(ErrorKind::unavailable, flaw);
}

// The copy is free for others while a fetch lasts; only where there is none yet, they wait until it is made.
Result<> Scm::fetch_now(const auth::Identity& who, const std::string& project, const ScmSettings& settings,
                        Integration integration, ScmCopy& copy) {
  if (stopping_) return {};
  const auto given = login(who, project, settings);
  if (!given) return fail(given.error());
  scm::Repository repository(background_host_, place_of(project, integration, settings), settings.fetch_limit);
  const auto now = std::chrono::steady_clock::now();
  bool there = true;
  {
    const std::lock_guard alone(copy.remote);
    there = repository.exists();
    if (there) {
      if (auto fetched = repository.fetch(*given); !fetched) return fetched;
    }
  }
  const std::lock_guard lock(copy.mutex);
  if (!there) {
    const std::lock_guard alone(copy.remote);
    copy.fingerprint.clear();
    return repository.open(*given);
  }
  if (copy.repository) copy.repository->fetched_elsewhere();
  copy.fetched = now;
  return {};
}

Millis Scm::sweep() noexcept {
  try {
    std::error_code error;
    for (fs::directory_iterator next(host_.folder, error), end; !error && next != end; next.increment(error)) {
      if (!next->is_directory(error)) continue;
      const auto project = base::percent_decode(next->path().filename().string());
      if (!parts_.projects.find(project)) drop_copies(project);
    }
  } catch (const std::exception& error) {
    base::log_warn("scm", std::string("copies of repositories are not looked through: ") + error.what());
  }
  return kSweepPause;
}

void Scm::drop_copies(const std::string& project) {
  const auto folder = host_.folder + "/" + base::percent_encode(project);
  std::error_code error;
  for (const auto integration : {Integration::exporting, Integration::importing}) {
    const auto copy = copies_.of(project, integration);
    const std::lock_guard lock(copy->mutex);
    const std::lock_guard alone(copy->remote);
    if (parts_.projects.find(project)) return;  // a new one of its name
    copy->fingerprint.clear();
    copy->repository.reset();
    fs::remove_all(fs::path(folder) / integration_name(integration), error);
  }
  fs::remove(folder, error);
  copies_.forget(project);
  base::log_info("scm", "the repositories of project \"" + project + "\" went with it");
}

}  // namespace qd::service
