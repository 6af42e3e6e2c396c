#include "cli/context.hpp"

#include <cctype>

#include "base/text.hpp"

namespace qd::cli {
namespace {

bool project_name_ok(const std::string& name) {
  if (name.empty() || name.front() == '.') return false;
  for (const char c : name) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0 &&
        std::string_view("-_.+").find(c) == std::string_view::npos) {
      return false;
    }
  }
  return true;
}

}  // namespace

Result<std::string> Context::project() const {
  const std::string name = args.text("project", settings.project);
  if (name.empty()) return fail(ErrorKind::invalid, "Which project? Use -p NAME, or set RD_PROJECT.");
  if (project_name_ok(name)) return name;
  return fail(ErrorKind::invalid, "\"" + name +
                                      "\" is no name of a project: letters, digits and . _ - + are allowed, "
                                      "and the first is not a dot.");
}

Result<std::string> Context::id(std::string_view key, std::string_view example) const {
  if (args.has(key) && !args.text(key).empty()) return args.text(key);
  const auto operands = args.operands();
  if (operands.size() == 1 && !operands.front().empty()) return operands.front();
  return fail(ErrorKind::invalid, "Say which one, e.g.: " + std::string(example));
}

Result<> Context::confirm(const std::string& question) const {
  if (args.has("confirm")) return {};
  if (!can_ask) {
    return fail(ErrorKind::invalid, "Nothing was done: nobody can be asked \"" + question + "\" here. Use --confirm.");
  }
  out.prompt(question + " (y/N) ");
  std::string answer;
  std::getline(in, answer);
  const std::string given = base::lower(base::trim(answer));
  if (given == "y" || given == "yes") return {};
  return fail(ErrorKind::invalid, "Not confirmed: nothing was done.");
}

}  // namespace qd::cli
