// The working copies of this member, one for each project and integration.
#pragma once

#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "base/guarded.hpp"
#include "scm/repository.hpp"
#include "service/scm_settings.hpp"

namespace qd::service {

// What is known of a job's file, so that nothing is written and read anew with every status.
struct ScmVerdict {
  std::int64_t revision = 0;
  std::string source_uuid;
  std::string file_id;      // of the file that the job would be
  std::string compared_id;  // of another file
  bool same = false;        // does that one say the same?
};

struct ScmCopy {
  // What asking the remote repository in the background came to.
  struct Fetching {
    bool under_way = false;
    std::chrono::steady_clock::time_point tried{};
    std::string flaw;  // of the last time; "": it went well
  };
  base::Guarded<Fetching> fetching;
  std::mutex remote;        // of whoever talks to the remote repository; taken after `mutex`, or without it
  std::timed_mutex mutex;   // everything else is the holder's
  std::string fingerprint;  // of the configuration that the repository was opened with; "": none is open
  std::unique_ptr<scm::Repository> repository;
  std::map<std::string, ScmVerdict> verdicts;       // by job
  std::chrono::steady_clock::time_point fetched{};  // when the last fetch that went well began
};

// Thread-safe. A repository that does not answer holds a thread for as long as it may take; so only some requests at a
// time may use any.
class ScmCopies {
 public:
  std::shared_ptr<ScmCopy> of(const std::string& project, Integration integration) {
    return copies_.with([&](auto& copies) {
      auto& copy = copies[integration_name(integration) + "/" + project];
      if (!copy) copy = std::make_shared<ScmCopy>();
      return copy;
    });
  }

  void forget(const std::string& project) {
    copies_.with([&](auto& copies) {
      for (const auto integration : {Integration::exporting, Integration::importing})
        copies.erase(integration_name(integration) + "/" + project);
    });
  }

  // A place among those who use repositories; false: there is none.
  class Turn {
   public:
    explicit Turn(ScmCopies& copies) : users_(copies.users_), mine_(++users_ <= kMostUsers) {}
    ~Turn() { --users_; }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    explicit operator bool() const { return mine_; }

   private:
    std::atomic<int>& users_;
    const bool mine_;
  };

 private:
  static constexpr int kMostUsers = 8;
  std::atomic<int> users_{0};
  base::Guarded<std::map<std::string, std::shared_ptr<ScmCopy>>> copies_;
};

}  // namespace qd::service
