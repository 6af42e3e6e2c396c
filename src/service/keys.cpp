#include "service/keys.hpp"

#include "base/logging.hpp"
#include "service/access.hpp"
#include "vault/key_types.hpp"
#include "vault/path.hpp"

namespace qd::service {
namespace {

constexpr const char* kRoot = "keys";

bool may(const auth::Identity& who, const std::string& path, const std::string& action) {
  return allowed(who, storage_decision(path, action));
}

tl::unexpected<Error> missing(const std::string& path) {
  return fail(ErrorKind::not_found, "resource not found: /" + path);
}

Result<std::string> key_path(const std::string& text) {
  auto path = vault::clean_path(text);
  if (path && !vault::is_within(*path, kRoot)) {
    return fail(ErrorKind::invalid, "The path \"" + *path + "\" is not below keys/", "api.error.invalid.request");
  }
  return path;
}

// "P" of keys/project/P/…
std::string project_of(const std::string& path) {
  constexpr std::string_view prefix = "keys/project/";
  if (!path.starts_with(prefix)) return {};
  return path.substr(prefix.size(), path.find('/', prefix.size()) - prefix.size());
}

AuditFact fact(const char* action, const std::string& path) {
  return {action, audit::kKey, path, project_of(path)};
}

Result<> check_key(const UploadedKey& key) {
  if (!vault::is_key_content_type(key.content_type)) {
    return fail(ErrorKind::unsupported_format,
                "The content type \"" + key.content_type +
                    "\" is no kind of key: application/octet-stream is a "
                    "private key, application/pgp-keys a public one, application/x-rundeck-data-password a password");
  }
  if (key.content.empty()) return fail(ErrorKind::invalid, "The request has no content", "api.error.invalid.request");
  if (key.content.size() > vault::kLargestKey) {
    return fail(ErrorKind::too_large, "The content has " + std::to_string(key.content.size()) +
                                          " bytes; a key has at most " + std::to_string(vault::kLargestKey));
  }
  return {};
}

}  // namespace

Result<std::string> Keys::readable(const auth::Identity& who, const std::string& text) {
  auto path = key_path(text);
  if (path && !may(who, *path, "read")) return missing(*path);
  return path;
}

Result<std::string> Keys::writable(const auth::Identity& who, const std::string& text, const std::string& action) {
  auto path = key_path(text);
  if (!path) return path;
  if (*path == kRoot) return fail(ErrorKind::invalid, "keys is a folder", "api.error.invalid.request");
  if (may(who, *path, action)) return path;
  if (action != "create" && !may(who, *path, "read")) return missing(*path);
  return unauthorized(action, "Path", *path);
}

Result<KeyView> Keys::look(const auth::Identity& who, const std::string& text) {
  const auto path = readable(who, text);
  if (!path) return fail(path.error());
  auto entry = storage_.look(*path);
  if (!entry) return fail(entry.error());
  if (!*entry && *path == kRoot) *entry = vault::Entry{*path, true, {}};
  if (!*entry) return missing(*path);
  KeyView view{std::move(**entry), {}};
  if (!view.entry.folder) {
    vault::add_key_meta(view.entry.meta);
    return view;
  }
  auto inside = storage_.list(*path);
  if (!inside) return fail(inside.error());
  for (auto& one : *inside) {
    if (!may(who, one.path, "read")) continue;
    if (!one.folder) vault::add_key_meta(one.meta);
    view.resources.push_back(std::move(one));
  }
  return view;
}

Result<vault::Item> Keys::content(const auth::Identity& who, const std::string& text) {
  const auto path = readable(who, text);
  if (!path) return fail(path.error());
  const auto entry = storage_.look(*path);
  if (!entry) return fail(entry.error());
  if (!*entry || (*entry)->folder) return missing(*path);
  if (vault::is_masked((*entry)->meta)) return fail(ErrorKind::unauthorized, "unauthorized");
  auto item = storage_.read(*path);
  if (!item) return fail(item.error());
  if (!*item) return missing(*path);
  // It may have been replaced since.
  if (vault::is_masked((*item)->meta)) return fail(ErrorKind::unauthorized, "unauthorized");
  return std::move(**item);
}

Result<vault::Item> Keys::item_of(const auth::Identity& who, std::string path, UploadedKey key) {
  if (auto fine = check_key(key); !fine) return fail(fine.error());
  vault::Item item{.path = std::move(path), .content = std::move(key.content)};
  item.meta = {{vault::meta::kContentType, std::move(key.content_type)},
               {vault::meta::kCreatedBy, who.user},
               {vault::meta::kModifiedBy, who.user}};
  vault::add_key_meta(item.meta);
  return item;
}

Result<vault::Entry> Keys::create(const auth::Identity& who, const std::string& text, UploadedKey key) {
  const auto path = writable(who, text, "create");
  if (!path) return fail(path.error());
  auto item = item_of(who, *path, std::move(key));
  if (!item) return fail(item.error());
  const auto there = storage_.look(*path);
  if (!there) return fail(there.error());
  if (*there) {
    const std::string what = (*there)->folder ? "directory" : "resource";
    return fail(ErrorKind::conflict, what + " already exists: /" + *path);
  }
  auto entry = storage_.create(std::move(*item));
  if (entry) audit_.record(who, fact(audit::kCreate, *path));
  return entry;
}

Result<vault::Entry> Keys::update(const auth::Identity& who, const std::string& text, UploadedKey key) {
  const auto path = writable(who, text, "update");
  if (!path) return fail(path.error());
  auto item = item_of(who, *path, std::move(key));
  if (!item) return fail(item.error());
  auto entry = storage_.replace(std::move(*item));
  if (!entry && entry.error().kind == ErrorKind::not_found) return missing(*path);
  if (entry) audit_.record(who, fact(audit::kUpdate, *path));
  return entry;
}

Result<> Keys::remove(const auth::Identity& who, const std::string& text) {
  const auto path = writable(who, text, "delete");
  if (!path) return fail(path.error());
  const auto removed = storage_.remove(*path);
  if (!removed) return fail(removed.error());
  if (!*removed) return missing(*path);
  audit_.record(who, fact(audit::kDelete, *path));
  return {};
}

Result<vault::ResealReport> Keys::rotate(const auth::Identity& who) {
  if (auto right = require(who, {"system", "admin", ""}, "System", "storage"); !right) return fail(right.error());
  const auto rotated = ring_.rotate();
  if (!rotated) return fail(rotated.error());
  auto report = storage_.reseal();
  if (!report) return report;
  for (const auto& project : projects_.list()) {
    const auto done = projects_.reseal(project.name);
    report->checked += done.checked;
    report->changed += done.changed;
  }
  const auto tokens = webhooks_.reseal();
  report->checked += tokens.checked;
  report->changed += tokens.changed;
  base::log_info("vault", who.user + " sealed the storage anew: " + std::to_string(report->changed) + " of " +
                              std::to_string(report->checked) + " items, " + std::to_string(report->failures.size()) +
                              " failures");
  audit_.record(who, {audit::kUpdate, audit::kSystem, "storage keys", "",
                      std::to_string(report->changed) + " items sealed anew"});
  return report;
}

Result<std::string> Keys::read_secret(const std::string& text, const vault::SecretUser& reader) {
  const auto path = key_path(text);
  if (!path) return path;
  auth::Identity who;
  who.user = reader.user;
  who.roles = reader.roles;
  access_.admit(who);
  if (!may(who, *path, "read")) {
    return fail(ErrorKind::unauthorized, reader.user + " may not read " + *path);
  }
  auto item = storage_.read(*path);
  if (!item) return fail(item.error());
  if (!*item) return fail(ErrorKind::not_found, "there is no key " + *path);
  return std::move((*item)->content);
}

}  // namespace qd::service
