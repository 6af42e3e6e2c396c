#include "node/last_good.hpp"

#include <functional>

#include "base/logging.hpp"
#include "codec/node_codec.hpp"
#include "node/resource_file.hpp"

namespace qd::node {
namespace {

constexpr std::size_t kMaxCopy = 256u << 20;

// FNV-1a: a name for a file, the same in every build.
std::string name_of(const std::string& key) {
  std::uint64_t hash = 14695981039346656037u;
  for (const char c : key) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
  return std::to_string(hash) + ".json";
}

}  // namespace

LastGood::LastGood(const std::string& directory, const std::string& project, const std::string& key) {
  if (!directory.empty()) file_ = std::filesystem::path(directory) / project / name_of(key);
}

bool LastGood::load(std::vector<model::Node>& nodes) const {
  if (file_.empty() || !std::filesystem::exists(file_)) return false;
  const auto text = read_bounded(file_, kMaxCopy);
  if (!text) return false;
  auto read = codec::decode_nodes(*text, codec::NodeFormat::json, {.max_bytes = kMaxCopy});
  if (!read) return false;
  nodes = std::move(*read);
  return true;
}

void LastGood::save(const std::vector<model::Node>& nodes) const {
  if (file_.empty()) return;
  if (auto saved = write_whole(file_, codec::encode_nodes(nodes, codec::NodeFormat::json)); !saved) {
    base::log_warn("nodes", "the copy of a source's nodes could not be kept: " + saved.error().message);
  }
}

}  // namespace qd::node
