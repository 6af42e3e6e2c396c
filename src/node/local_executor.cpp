#include "node/local_executor.hpp"

#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include "base/id.hpp"
#include "base/logging.hpp"
#include "base/text.hpp"
#include "node/script_run.hpp"
#include "node/spawn.hpp"

namespace qd::node {
namespace {

tl::unexpected<Error> file_failure(const std::string& what, const std::string& path) {
  return fail(ErrorKind::unavailable, what + " " + path + ": " + std::system_category().message(errno));
}

std::string temporary_path(const std::string& folder, const std::string& execution, std::string_view extension) {
  if (extension.starts_with('.')) extension.remove_prefix(1);
  std::string path = folder + "/";
  if (!execution.empty()) path += execution + "-";
  path += base::random_token(12) + "-dispatch-script";
  return path + "." + std::string(extension.empty() ? "sh" : extension);
}

Result<> write_all(int file, std::string_view content, const std::string& path) {
  while (!content.empty()) {
    const auto written = write(file, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return file_failure("Cannot write", path);
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Result<> write_executable(const std::string& path, std::string_view content, bool must_be_new) {
  {
    const int mode = O_WRONLY | O_CREAT | O_CLOEXEC | (must_be_new ? O_EXCL | O_NOFOLLOW : O_TRUNC);
    const Fd file(open(path.c_str(), mode, S_IRWXU));
    if (!file) return file_failure("Cannot create", path);
    if (fchmod(file.get(), S_IRWXU) != 0) return file_failure("Cannot make executable", path);
    if (auto written = write_all(file.get(), content, path); !written) {
      unlink(path.c_str());
      return written;
    }
  }
  wait_for_spawns_under_way();
  return {};
}

NodeResult node_result(const ProcessResult& process, const base::CancelToken& cancel) {
  if (process.cancelled) return result_of_cancel(cancel);
  switch (process.end) {
    case ProcessResult::End::exited:
      return result_of_exit(process.exit_code);
    case ProcessResult::End::signalled:
      return result_of_exit(128 + process.signal);
    case ProcessResult::End::not_started:
      break;
  }
  return NodeResult::failure(reason::io, process.error);
}

}  // namespace

LocalFileCopier::LocalFileCopier(base::EventLoop& loop, base::WorkerPool& pool, LocalConfig config)
    : loop_(loop), pool_(pool), config_(std::move(config)) {}

base::Task<Result<std::string>> LocalFileCopier::copy_content(const ExecContext& ctx, const model::Node&,
                                                              std::string content, std::string destination,
                                                              std::string extension) {
  const bool temporary = destination.empty();
  const std::string path =
      temporary ? temporary_path(config_.temp_directory, ctx.execution_id, extension) : std::move(destination);
  auto written = co_await base::run_on(pool_, loop_, [&] { return write_executable(path, content, temporary); });
  if (!written) co_return fail(written.error());
  co_return path;
}

base::Task<Result<>> LocalFileCopier::remove(const ExecContext&, const model::Node&, std::string path) {
  co_return co_await base::run_on(pool_, loop_, [&path]() -> Result<> {
    if (unlink(path.c_str()) != 0 && errno != ENOENT) return file_failure("Cannot remove", path);
    return {};
  });
}

base::Task<Result<>> LocalFileCopier::copy_file(const ExecContext&, const model::Node&, std::string source,
                                                std::string destination) {
  co_return co_await base::run_on(pool_, loop_, [&]() -> Result<> {
    std::error_code error;
    std::filesystem::copy_file(source, destination, std::filesystem::copy_options::overwrite_existing, error);
    if (error)
      return fail(ErrorKind::unavailable, "Cannot copy " + source + " to " + destination + ": " + error.message());
    return {};
  });
}

base::Task<Result<>> LocalFileCopier::make_folder(const ExecContext&, const model::Node&, std::string path) {
  co_return co_await base::run_on(pool_, loop_, [&]() -> Result<> {
    std::error_code error;
    std::filesystem::create_directories(path, error);
    if (error) return fail(ErrorKind::unavailable, "Cannot make the folder " + path + ": " + error.message());
    return {};
  });
}

LocalExecutor::LocalExecutor(base::EventLoop& loop, base::WorkerPool& pool, LocalConfig config)
    : loop_(loop), pool_(pool), config_(std::move(config)), copier_(loop, pool, config_) {}

base::Task<NodeResult> LocalExecutor::execute(const ExecContext& ctx, const model::Node&, std::string command) {
  ProcessSpec spec;
  spec.environment = merged_environment(config_.environment, ctx.environment);
  if (ctx.hides_command) {
    // Everybody may read the words of a process, its environment only the same user.
    spec.environment.push_back("QD_HIDDEN_COMMAND=" + command);
    spec.argv = {"/bin/sh", "-c", "qd_hidden=$QD_HIDDEN_COMMAND; unset QD_HIDDEN_COMMAND; eval \"$qd_hidden\""};
  } else {
    spec.argv = {"/bin/sh", "-c", std::move(command)};
  }
  spec.working_directory = ctx.working_directory;
  spec.grace = config_.grace;
  spec.drain = config_.drain;
  const auto process = co_await run_process(loop_, pool_, spec, ctx.output, ctx.cancel);
  co_return node_result(process, ctx.cancel);
}

base::Task<NodeResult> LocalExecutor::execute_script(const ExecContext& ctx, const model::Node& node,
                                                     ScriptRun script) {
  auto loading = load_script_text(loop_, pool_, node, script);
  const auto loaded = co_await std::move(loading);
  if (!loaded) co_return result_of_error(loaded.error());
  auto copied = co_await copier_.copy_content(ctx, node, std::move(script.text), {}, script.file_extension);
  if (!copied) co_return NodeResult::failure(reason::io, copied.error().message);
  auto result = co_await execute(ctx, node, script_command(script, *copied));
  const auto removed = co_await copier_.remove(ctx, node, *copied);
  if (!removed) base::log_warn("node", removed.error().message);
  co_return result;
}

}  // namespace qd::node
