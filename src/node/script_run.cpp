#include "node/script_run.hpp"

#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/logging.hpp"
#include "base/text.hpp"
#include "node/spawn.hpp"

namespace qd::node {
namespace {

constexpr std::size_t kLargestScript = 64u << 20;
constexpr Millis kCleaningAfterAbort{3'000};

tl::unexpected<Error> script_unreadable(const std::string& path) {
  return fail(ErrorKind::unavailable, "Cannot read the script file " + path + ": " + std::strerror(errno), reason::io);
}

Result<std::string> read_script_file(const std::string& path) {
  const Fd file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));  // a FIFO must not hold us
  if (!file) return script_unreadable(path);
  struct stat info {};
  if (fstat(file.get(), &info) != 0) return script_unreadable(path);
  if (!S_ISREG(info.st_mode)) return fail(ErrorKind::invalid, "The script file " + path + " is not a regular file.");
  std::string content;
  char buffer[64 * 1024];
  while (true) {
    const auto size = read(file.get(), buffer, sizeof buffer);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return script_unreadable(path);
    if (size == 0) return content;
    content.append(buffer, static_cast<std::size_t>(size));
    if (content.size() > kLargestScript)
      return fail(ErrorKind::too_large, "The script file " + path + " is larger than 64 MB.");
  }
}

// The same without the job's output and its end: for what is tidied up afterwards.
struct Cleaning {
  Cleaning(const ExecContext& ctx, base::EventLoop& loop) : loop_(loop), context(ctx) {
    context.cancel = source_.token();
    if (!ctx.cancel.cancelled()) return;
    timer_ = loop.after(kCleaningAfterAbort, [source = &source_] { source->cancel("it took too long to tidy up"); });
  }
  ~Cleaning() {
    if (timer_ != 0) loop_.cancel(timer_);
  }
  Cleaning(const Cleaning&) = delete;
  Cleaning& operator=(const Cleaning&) = delete;

 private:
  base::EventLoop& loop_;
  base::CancelSource source_;
  base::EventLoop::TimerId timer_ = 0;

 public:
  ExecContext context;
};

}  // namespace

base::Task<Result<>> load_script_text(base::EventLoop& loop, base::WorkerPool& pool, const model::Node& node,
                                      ScriptRun& script) {
  if (!script.path.empty()) {
    auto reading = base::run_on(pool, loop, [&script] { return read_script_file(script.path); });
    auto content = co_await reading;
    if (!content) co_return fail(content.error());
    script.text = std::move(*content);
    co_return Result<>();
  }
  if (script.text.find('\r') != std::string::npos) script.text = base::replace_all(script.text, "\r\n", "\n");
  if (is_windows(node)) script.text = base::replace_all(script.text, "\n", "\r\n");
  co_return Result<>();
}

base::Task<NodeResult> run_copied_script(base::EventLoop& loop, base::WorkerPool& pool, NodeExecutor& executor,
                                         FileCopier& copier, const ExecContext& ctx, const model::Node& node,
                                         ScriptRun script) {
  auto loading = load_script_text(loop, pool, node, script);
  const auto loaded = co_await std::move(loading);
  if (!loaded) co_return result_of_error(loaded.error());
  auto copying = copier.copy_content(ctx, node, std::move(script.text), {}, script.file_extension);
  const auto path = co_await std::move(copying);
  if (!path) co_return result_of_error(path.error());
  const bool by_commands = !copier.self_sufficient() && !is_windows(node);
  if (by_commands) {
    auto preparing = executor.execute(ctx, node, "chmod +x " + base::shell_quote(*path));
    auto prepared = co_await std::move(preparing);
    if (!prepared.success) co_return prepared;
  }
  auto running = executor.execute(ctx, node, script_command(script, *path));
  auto result = co_await std::move(running);
  Cleaning cleaning(ctx, loop);
  if (by_commands) {
    auto cleaning_up = executor.execute(cleaning.context, node, "rm -f " + base::shell_quote(*path));
    const auto cleaned = co_await std::move(cleaning_up);
    if (!cleaned.success) base::log_warn("node", node.name + ": " + *path + " was left behind: " + cleaned.message);
    co_return result;
  }
  auto removing = copier.remove(cleaning.context, node, *path);
  const auto removed = co_await std::move(removing);
  if (!removed) base::log_warn("node", node.name + ": " + removed.error().message);
  co_return result;
}

}  // namespace qd::node
