#include "vault/key_ring.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <sys/stat.h>
#include <unistd.h>

#include "base/logging.hpp"
#include "base/text.hpp"
#include "vault/cipher.hpp"

namespace qd::vault {
namespace {

constexpr std::size_t kRingSalt = 16;
constexpr std::size_t kLargestKeyFile = 64u << 10;
constexpr const char* kFromPassword = "password";
constexpr const char* kFromFile = "file";

std::string id_of(std::string_view key) {
  return base::hex(hmac_sha256(key, "quarterdeck key id").substr(0, 8));
}

bool is_key_line(std::string_view line) {
  return line.size() == 2 * kAesKey && line.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
}

Result<std::string> new_key_file(const std::filesystem::path& path) {
  std::error_code ignored;
  std::filesystem::create_directories(path.parent_path(), ignored);
  std::string text =
      "# Master key of the key storage, 32 bytes in hexadecimal digits. Without it nothing that is stored can be read: "
      "keep a copy\n"
      "# elsewhere. A key in a line before the first one becomes the key with `qd keys rotate`.\n" +
      base::hex(random_bytes(kAesKey)) + "\n";
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) return fail(ErrorKind::unavailable, "Cannot write " + path.string() + ": " + std::strerror(errno));
  const bool good = write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && fsync(file) == 0;
  if (close(file) != 0 || !good) {
    unlink(path.c_str());
    return fail(ErrorKind::unavailable, "Cannot write " + path.string() + ": " + std::strerror(errno));
  }
  base::log_info("vault", "made the master key file " + path.string() + "; keep a copy of it elsewhere");
  return text;
}

Result<std::string> read_key_file(const std::filesystem::path& path) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) {
    return fail(errno == ENOENT ? ErrorKind::not_found : ErrorKind::unavailable,
                "Cannot read " + path.string() + ": " + std::strerror(errno));
  }
  if ((status.st_mode & 077) != 0) {
    base::log_warn("vault", path.string() + " can be read by others; chmod 600 " + path.string());
  }
  std::ifstream file(path, std::ios::binary);
  std::string text(kLargestKeyFile, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad() || (!file && !file.eof())) return fail(ErrorKind::unavailable, "Cannot read " + path.string());
  text.resize(static_cast<std::size_t>(file.gcount()));
  return text;
}

Result<std::vector<Key>> parse_key_file(const std::string& text, const std::filesystem::path& path) {
  std::vector<Key> keys;
  int number = 0;
  for (const auto& raw : base::split(text, '\n')) {
    ++number;
    const auto line = base::trim(raw);
    if (line.empty() || line.starts_with('#')) continue;
    if (!is_key_line(line)) {
      return fail(ErrorKind::invalid,
                  path.string() + ":" + std::to_string(number) + ": a key is 64 hexadecimal digits");
    }
    auto bytes = from_hex(line);
    keys.push_back({id_of(bytes), bytes});
  }
  if (keys.empty()) return fail(ErrorKind::invalid, path.string() + ": there is no key in it");
  return keys;
}

}  // namespace

Result<std::unique_ptr<KeyRing>> KeyRing::open(const RingConfig& config, store::SealKeyStore store,
                                               const Clock& clock) {
  auto text = read_key_file(config.key_file);
  const bool missing = !text && text.error().kind == ErrorKind::not_found;
  if (missing && config.password.empty()) text = new_key_file(config.key_file);
  std::vector<Key> keys;
  if (text) {
    auto parsed = parse_key_file(*text, config.key_file);
    wipe(*text);
    if (!parsed) return fail(parsed.error());
    keys = std::move(*parsed);
  } else if (!missing || config.password.empty()) {
    return fail(text.error());
  }
  return std::unique_ptr<KeyRing>(new KeyRing(config, std::move(keys), store, clock));
}

KeyRing::KeyRing(const RingConfig& config, std::vector<Key> file_keys, store::SealKeyStore store, const Clock& clock)
    : password_(config.password),
      old_password_(config.old_password),
      key_file_(config.key_file),
      file_keys_(std::move(file_keys)),
      store_(store),
      clock_(clock),
      new_salt_(random_bytes(kRingSalt)) {}

KeyRing::~KeyRing() {
  wipe(password_);
  wipe(old_password_);
  for (auto& key : file_keys_) wipe(key.bytes);
  known_.with([](auto& known) {
    for (auto& [id, key] : known) {
      if (key) wipe(key->bytes);
    }
  });
}

std::string KeyRing::secret_name() const {
  return password_.empty() ? "the first key of " + key_file_.string() : "quarterdeck.storage.password";
}

std::optional<Key> KeyRing::derive(const store::SealKey& row) {
  if (row.source == kFromFile) {
    for (const auto& key : file_keys_) {
      if (key.id == row.id) return key;
    }
    return std::nullopt;
  }
  for (const auto* password : {&password_, &old_password_}) {
    if (password->empty()) continue;
    auto bytes = scrypt_key(*password, from_hex(row.salt));
    if (id_of(bytes) == row.id) return Key{row.id, bytes};
  }
  return std::nullopt;
}

Result<Key> KeyRing::find(const std::string& id) {
  const auto known = known_.with([&](const auto& keys) {
    const auto found = keys.find(id);
    return found == keys.end() ? std::nullopt : std::optional(found->second);
  });
  std::optional<Key> key;
  if (known) {
    key = *known;
  } else {
    const auto row = store_.find(id);
    if (row) key = derive(*row);
    if (row) known_.with([&](auto& keys) { keys[id] = key; });
  }
  if (key) return *key;
  return fail(ErrorKind::unavailable,
              "This member does not have the key " + id +
                  " that the storage is sealed with. Give it the same quarterdeck.storage.password as the member that "
                  "made it (or quarterdeck.storage.oldPassword, when it was changed), or a copy of that member's " +
                  key_file_.filename().string() + ", and start it again.");
}

Result<Key> KeyRing::current() {
  const auto row = store_.current();
  if (row) return find(row->id);
  auto first = wanted();
  if (!first) return first;
  const bool made = store_.make_current({first->id, password_.empty() ? kFromFile : kFromPassword,
                                         password_.empty() ? "" : base::hex(new_salt_), clock_.now()},
                                        "");
  if (made) {
    base::log_info("vault", "the storage is sealed with key " + first->id + ", of " + secret_name());
    return first;
  }
  const auto theirs = store_.current();
  if (!theirs) return fail(ErrorKind::unavailable, "The storage has no current key; try again");
  return find(theirs->id);
}

// The key of the secret that the configuration puts first: one that is registered already, or a new one.
Result<Key> KeyRing::wanted() {
  if (password_.empty()) return file_keys_.front();
  for (const auto& row : store_.all()) {
    if (row.source != kFromPassword) continue;
    auto bytes = scrypt_key(password_, from_hex(row.salt));
    if (id_of(bytes) == row.id) return Key{row.id, bytes};
  }
  auto bytes = scrypt_key(password_, new_salt_);
  return Key{id_of(bytes), bytes};
}

Result<bool> KeyRing::rotate() {
  const auto now = current();
  if (!now) return fail(now.error());
  const auto next = wanted();
  if (!next) return fail(next.error());
  if (next->id == now->id) return false;
  const bool made = store_.make_current({next->id, password_.empty() ? kFromFile : kFromPassword,
                                         password_.empty() ? "" : base::hex(new_salt_), clock_.now()},
                                        now->id);
  if (!made) return fail(ErrorKind::conflict, "Another member changed the key at this moment; look, and try again");
  base::log_info("vault", "the storage is sealed with key " + next->id + " from now on, of " + secret_name());
  return true;
}

Result<> KeyRing::check() {
  const auto row = store_.current();
  if (!row) return {};
  const auto key = find(row->id);
  if (!key) return fail(key.error());
  return {};
}

}  // namespace qd::vault
