#include "engine/script_source.hpp"

#include <filesystem>
#include <fstream>

#include "base/text.hpp"
#include "http/client.hpp"
#include "model/expand.hpp"

namespace qd::engine {

namespace {

constexpr std::size_t kMaxScript = 64u << 20;

Result<std::string> read_script_file(const std::string& path) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  if (error) return fail(ErrorKind::not_found, "The script file '" + path + "' cannot be read: " + error.message());
  if (size > kMaxScript) return fail(ErrorKind::too_large, "The script file '" + path + "' is larger than 64 MiB");
  std::ifstream file(path, std::ios::binary);
  std::string text(size, '\0');
  if (!file || !file.read(text.data(), static_cast<std::streamsize>(size))) {
    return fail(ErrorKind::not_found, "The script file '" + path + "' cannot be read");
  }
  return text;
}

// Values that go into a URL must not change its shape.
model::DataContext encoded(const model::DataContext& context) {
  model::DataContext result;
  for (const char* name : {"option", "job", "node", "globals", "execution"}) {
    auto group = context.group(name);
    for (auto& [key, value] : group) value = base::percent_encode(value);
    result.set_group(name, std::move(group));
  }
  return result;
}

Result<std::string> fetch_script(const std::string& written, const model::DataContext& context) {
  http::ClientRequest request;
  request.url = model::expand_text(written, encoded(context));
  request.max_bytes = kMaxScript;
  auto response = http::fetch(request);
  if (!response) return fail(response.error());
  if (response->status / 100 != 2) {
    return fail(ErrorKind::unavailable, "The script could not be fetched from '" + written + "': HTTP status " +
                                            std::to_string(response->status));
  }
  return std::move(response->body);
}

}  // namespace

Result<std::string> load_script(const model::ScriptStep& step, const model::DataContext& context) {
  if (step.source == model::ScriptStep::Source::text) return model::expand_tokens(step.script, context);
  auto text = step.source == model::ScriptStep::Source::file
                  ? read_script_file(model::expand_text(step.script, context))
                  : fetch_script(step.script, context);
  if (!text || !step.expand_tokens.value_or(false)) return text;
  return model::expand_tokens(*text, context);
}

}  // namespace qd::engine
