#include "node/stub_executor.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace qd::node {

namespace {

NodeResult stub_result(const model::Node& node) {
  const auto code = base::parse_int(node.attribute("stub-result-code")).value_or(0);
  const bool success = !base::iequals(node.attribute("stub-exec-success"), "false");
  return result_of_exit(code == 0 && !success ? 1 : static_cast<int>(code));
}

}  // namespace

base::Task<NodeResult> StubExecutor::execute(const ExecContext& ctx, const model::Node& node, std::string command) {
  ctx.output.write(Stream::out, "[stub] execute command on node " + node.name + ": " + command + "\n");
  co_return stub_result(node);
}

base::Task<NodeResult> StubExecutor::execute_script(const ExecContext& ctx, const model::Node& node, ScriptRun script) {
  const auto lines =
      std::ranges::count(script.text, '\n') + (script.text.empty() || script.text.ends_with('\n') ? 0 : 1);
  ctx.output.write(Stream::out, "[stub] execute script [" + std::to_string(lines) + " lines] on node " + node.name +
                                    ": " + base::join(script.args, " ") + "\n");
  co_return stub_result(node);
}

base::Task<Result<std::string>> StubCopier::copy_content(const ExecContext& ctx, const model::Node& node,
                                                         std::string content, std::string destination,
                                                         std::string extension) {
  if (destination.empty()) destination = "/tmp/" + script_file_name(ctx, node, extension);
  ctx.output.write(Stream::out, "[stub] copy " + std::to_string(content.size()) + " bytes to node " + node.name + ": " +
                                    destination + "\n");
  co_return destination;
}

base::Task<Result<>> StubCopier::remove(const ExecContext&, const model::Node&, std::string) {
  co_return Result<>();
}

base::Task<Result<>> StubCopier::copy_file(const ExecContext& ctx, const model::Node& node, std::string source,
                                           std::string destination) {
  ctx.output.write(Stream::out,
                   "[stub] copy local file " + source + " to node " + node.name + ": " + destination + "\n");
  co_return Result<>();
}

}  // namespace qd::node
