#include "node/ssh_copier.hpp"

#include "base/text.hpp"
#include "node/node_settings.hpp"
#include "node/scp.hpp"
#include "node/sftp.hpp"

namespace qd::node {
namespace {

constexpr int kScriptMode = 0700, kFileMode = 0644;
constexpr Millis kTransferPatience{30'000};  // without a byte from the node

}  // namespace

struct SshCopier::Job {
  enum class What { put, remove, make_folder } what = What::put;
  std::string path;
  CopySource source;
  int mode = kFileMode;
  bool fresh = false;
};

namespace {

// Ends a transfer that was cancelled, or during which the node was silent for too long.
class TransferWatch {
 public:
  TransferWatch(std::shared_ptr<SshLink> link, base::CancelToken cancel)
      : link_(std::move(link)), cancel_(std::move(cancel)), waking_(wake_on_cancel(link_, cancel_)) {
    alarm_.emplace(link_, kTransferPatience);
  }
  bool over() {
    if (cancel_.cancelled()) return true;
    if (!alarm_->rung()) return false;
    if (link_->bytes_in() == seen_) return true;
    seen_ = link_->bytes_in();
    alarm_.emplace(link_, kTransferPatience);
    return false;
  }

 private:
  std::shared_ptr<SshLink> link_;
  base::CancelToken cancel_;
  base::CancelRegistration waking_;
  std::optional<SshAlarm> alarm_;
  std::uint64_t seen_ = 0;
};

std::string with_separator(std::string folder, const model::Node& node) {
  const char* separator = is_windows(node) ? "\\" : "/";
  return folder.ends_with(separator) || folder.ends_with("/") ? folder : folder + separator;
}

}  // namespace

std::string script_folder(const ExecContext& ctx, const model::Node& node) {
  const NodeSettings settings(ctx, node);
  const std::string name = "file-copy-destination-dir";
  std::string family = base::lower(base::trim(node.attribute("osFamily")));
  if (family.empty()) family = "unix";
  const std::string* found = node.find_attribute(name);
  for (const char* scope : {"project.", "framework."}) {
    for (const auto& ending : {"." + family, std::string()}) {
      if (found != nullptr || ctx.settings == nullptr) break;
      const auto entry = ctx.settings->find(scope + name + ending);
      if (entry != ctx.settings->end() && !entry->second.empty()) found = &entry->second;
    }
  }
  std::string folder = found == nullptr ? "" : std::string(base::trim(settings.filled(*found)));
  if (folder.empty()) folder = is_windows(node) ? "C:\\WINDOWS\\TEMP\\" : "/tmp/";
  return with_separator(std::move(folder), node);
}

base::Task<Result<>> SshCopier::perform_on_its_loop(SshPool& pool, const SshPlan& plan, Job& job,
                                                    base::CancelToken cancel) {
  co_await pool.loop().enter();
  for (bool fresh = false;; fresh = true) {
    auto leasing = pool.lease(plan.target, cancel, fresh);
    auto leased = co_await std::move(leasing);
    if (!leased) co_return fail(leased.error());
    SshLease lease = std::move(*leased);
    const auto link = lease.link();
    TransferWatch watch(link, cancel);
    const auto over = [&watch] { return watch.over(); };
    SftpClient client(link, over);
    auto starting = client.start();
    const auto start = co_await std::move(starting);
    base::Task<Result<>> doing;
    if (start == SftpClient::Start::failed) {
      const bool broken = ssh_is_connected(link->session()) == 0;
      if (broken) lease.spoil();
      if (lease.reused() && !fresh && !cancel.cancelled()) continue;
      if (cancel.cancelled()) co_return fail(ErrorKind::unavailable, "Interrupted", reason::interrupted);
      co_return fail(ErrorKind::unavailable,
                     "No file transfer with " + plan.target.node.host + ": " + ssh_get_error(link->session()),
                     broken ? reason::connection : reason::io);
    }
    const bool sftp = start == SftpClient::Start::ready;
    switch (job.what) {
      case Job::What::put:
        doing = sftp ? client.put(job.source, pool.workers(), job.path, job.mode, job.fresh)
                     : scp_put(link, over, job.source, pool.workers(), job.path, job.mode);
        break;
      case Job::What::remove:
        doing = sftp ? client.remove(job.path) : run_quietly(link, over, "rm -f -- " + base::shell_quote(job.path));
        break;
      case Job::What::make_folder:
        doing =
            sftp ? client.make_folder(job.path) : run_quietly(link, over, "mkdir -p -- " + base::shell_quote(job.path));
        break;
    }
    auto done = co_await std::move(doing);
    if (!done && cancel.cancelled()) co_return fail(ErrorKind::unavailable, "Interrupted", reason::interrupted);
    if (!done && ssh_is_connected(link->session()) == 0) lease.spoil();
    co_return done;
  }
}

base::Task<Result<>> SshCopier::perform(const ExecContext& ctx, const model::Node& node, Job& job) {
  auto planning = plan_aside(transport_, home_, ctx, node, {});
  const auto plan = co_await std::move(planning);
  if (!plan) co_return fail(plan.error());
  auto performing = perform_on_its_loop(transport_.pool_of(plan->target), *plan, job, ctx.cancel);
  auto done = co_await std::move(performing);
  co_await home_.enter();
  co_return done;
}

base::Task<Result<std::string>> SshCopier::copy_content(const ExecContext& ctx, const model::Node& node,
                                                        std::string content, std::string destination,
                                                        std::string extension) {
  Job job;
  job.fresh = destination.empty();
  job.path = job.fresh ? script_folder(ctx, node) + script_file_name(ctx, node, extension) : std::move(destination);
  job.source = CopySource::text(std::move(content));
  job.mode = kScriptMode;
  auto performing = perform(ctx, node, job);
  const auto done = co_await std::move(performing);
  if (!done) co_return fail(done.error());
  co_return job.path;
}

base::Task<Result<>> SshCopier::remove(const ExecContext& ctx, const model::Node& node, std::string path) {
  Job job;
  job.what = Job::What::remove;
  job.path = std::move(path);
  auto performing = perform(ctx, node, job);
  co_return co_await std::move(performing);
}

base::Task<Result<>> SshCopier::copy_file(const ExecContext& ctx, const model::Node& node, std::string source,
                                          std::string destination) {
  Job job;
  job.path = std::move(destination);
  auto opening = base::run_on(transport_.helpers(), home_, [&] { return CopySource::file(source); });
  auto opened = co_await opening;
  if (!opened) co_return fail(opened.error());
  job.source = std::move(*opened);
  auto performing = perform(ctx, node, job);
  co_return co_await std::move(performing);
}

base::Task<Result<>> SshCopier::make_folder(const ExecContext& ctx, const model::Node& node, std::string path) {
  Job job;
  job.what = Job::What::make_folder;
  job.path = std::move(path);
  auto performing = perform(ctx, node, job);
  co_return co_await std::move(performing);
}

}  // namespace qd::node
