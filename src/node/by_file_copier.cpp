#include "node/by_file_copier.hpp"

namespace qd::node {

ByFileCopier::ByFileCopier(base::EventLoop& loop, base::WorkerPool& pool, LocalConfig config)
    : folder_(config.temp_directory), files_(loop, pool, std::move(config)) {}

base::Task<Result<std::string>> ByFileCopier::copy_content(const ExecContext& ctx, const model::Node& node,
                                                           std::string content, std::string destination,
                                                           std::string extension) {
  const auto local = folder_ + "/" + script_file_name(ctx, node, extension);
  auto writing = files_.copy_content(ctx, node, std::move(content), local, {});
  const auto written = co_await std::move(writing);
  if (!written) co_return fail(written.error());
  auto copying = copy(ctx, node, local, std::move(destination));
  auto copied = co_await std::move(copying);
  auto removing = files_.remove(ctx, node, local);
  co_await std::move(removing);
  co_return copied;
}

base::Task<Result<>> ByFileCopier::remove(const ExecContext&, const model::Node&, std::string) {
  co_return Result<>();
}

base::Task<Result<>> ByFileCopier::copy_file(const ExecContext& ctx, const model::Node& node, std::string source,
                                             std::string destination) {
  auto copying = copy(ctx, node, std::move(source), std::move(destination));
  const auto copied = co_await std::move(copying);
  if (!copied) co_return fail(copied.error());
  co_return Result<>();
}

}  // namespace qd::node
