#include "node/known_hosts.hpp"

#include <algorithm>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fnmatch.h>
#include <fstream>
#include <memory>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sstream>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

#include "base/text.hpp"
#include "node/spawn.hpp"

namespace qd::node {
namespace {

constexpr std::int64_t kLargestKnownHosts = 16 << 20;

// "|1|salt|hash|": the name's HMAC-SHA1.
bool hashed_matches(std::string_view hashed, const std::string& name) {
  const auto parts = base::split(hashed, '|');
  if (parts.size() < 4 || parts[1] != "1") return false;
  const auto salt = base::base64_decode(parts[2]);
  const auto hash = base::base64_decode(parts[3]);
  if (!salt || !hash) return false;
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  HMAC(EVP_sha1(), salt->data(), static_cast<int>(salt->size()), reinterpret_cast<const unsigned char*>(name.data()),
       name.size(), digest, &size);
  return hash->size() == size && std::memcmp(hash->data(), digest, size) == 0;
}

bool names_match(const std::string& names, const std::string& name) {
  if (names.starts_with('|')) return hashed_matches(names, name);
  bool matched = false;
  for (const auto& pattern : base::split(names, ',')) {
    const bool negated = pattern.starts_with('!');
    const char* plain = pattern.c_str() + (negated ? 1 : 0);
    // '[' is no class here, as in "[host]:22".
    std::string escaped;
    for (const char* letter = plain; *letter != 0; ++letter) {
      if (*letter == '[' || *letter == '\\') escaped += '\\';
      escaped += *letter;
    }
    if (fnmatch(escaped.c_str(), name.c_str(), 0) != 0) continue;
    if (negated) return false;
    matched = true;
  }
  return matched;
}

std::vector<std::string> words_of(std::string_view line) {
  std::istringstream stream{std::string(line)};
  std::vector<std::string> words;
  for (std::string word; words.size() < 4 && stream >> word;) words.push_back(word);
  return words;
}

}  // namespace

std::string known_host_name(const std::string& host, int port) {
  const auto lower = base::lower(host);
  return port == 22 ? lower : "[" + lower + "]:" + std::to_string(port);
}

KnownHostsFile KnownHostsFile::parse(std::string_view text) {
  KnownHostsFile file;
  for (const auto& raw : base::split(text, '\n')) {
    const auto line = base::trim(raw);
    if (line.empty() || line.starts_with('#')) continue;
    auto words = words_of(line);
    const bool revoked = !words.empty() && words[0] == "@revoked";
    if (!words.empty() && words[0].starts_with('@')) {
      if (!revoked) continue;  // @cert-authority: certificates of hosts are not understood
      words.erase(words.begin());
    }
    if (words.size() < 3) continue;
    HostKey key{words[1], words[2]};
    if (revoked || words[0].find_first_of("|*?!") != std::string::npos) {
      file.others_.push_back({words[0], std::move(key), revoked});
    } else {
      for (const auto& name : base::split_trimmed(words[0], ',')) file.plain_[base::lower(name)].push_back(key);
    }
  }
  return file;
}

KnownHostsFile::Known KnownHostsFile::find(const std::string& name) const {
  Known known;
  if (const auto found = plain_.find(name); found != plain_.end()) known.keys = found->second;
  for (const auto& line : others_) {
    if (names_match(line.names, name)) (line.revoked ? known.revoked : known.keys).push_back(line.key);
  }
  return known;
}

std::shared_ptr<const KnownHostsFile> KnownHosts::content(const std::string& file) {
  struct stat info {};
  const bool there = stat(file.c_str(), &info) == 0 && S_ISREG(info.st_mode) && info.st_size <= kLargestKnownHosts;
  const std::int64_t modified = there ? info.st_mtim.tv_sec * 1'000'000'000LL + info.st_mtim.tv_nsec : 0;
  const std::int64_t size = there ? info.st_size : 0;
  auto cached = files_.with([&](auto& files) { return files[file]; });
  if (cached.content && cached.modified == modified && cached.size == size) return cached.content;
  std::string text;
  if (there) {
    std::ifstream stream(file, std::ios::binary);
    std::ostringstream all;
    all << stream.rdbuf();
    text = std::move(all).str();
  }
  cached = {modified, size, std::make_shared<const KnownHostsFile>(KnownHostsFile::parse(text))};
  files_.with([&](auto& files) { files[file] = cached; });
  return cached.content;
}

KnownHostsFile::Known KnownHosts::find(const std::string& file, const std::string& name) {
  return content(file)->find(name);
}

Result<> KnownHosts::add(const std::string& file, const std::string& name, const HostKey& key) {
  std::error_code error;
  std::filesystem::create_directories(std::filesystem::path(file).parent_path(), error);
  const Fd out(open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, S_IRUSR | S_IWUSR));
  const std::string line = name + " " + key.type + " " + key.key + "\n";
  if (!out || write(out.get(), line.data(), line.size()) != static_cast<ssize_t>(line.size())) {
    return fail(ErrorKind::unavailable,
                "The host key of " + name + " was not written to " + file + ": " + std::strerror(errno));
  }
  return {};
}

}  // namespace qd::node
