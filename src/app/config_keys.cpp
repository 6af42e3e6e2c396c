#include "app/config_keys.hpp"

#include <algorithm>
#include <array>
#include <numeric>

#include "base/text.hpp"

namespace qd::app {
namespace {

struct OtherName {
  std::string_view name, key;
};

// Older spellings, and the launcher's system properties.
constexpr std::array<OtherName, 5> older_names{{
    {"server.http.port", "server.port"},
    {"server.http.host", "server.address"},
    {"server.web.context", "server.servlet.context-path"},
    {"server.contextPath", "server.servlet.context-path"},
    {"server.session.timeout", "server.servlet.session.timeout"},
}};

// Variables of the peer's container and its service profile, and of OpenTelemetry, whose names do not follow from the
// key.
constexpr std::array<OtherName, 31> variable_names{{
    {"OTEL_EXPORTER_OTLP_ENDPOINT", "quarterdeck.traces.endpoint"},
    {"OTEL_EXPORTER_OTLP_HEADERS", "quarterdeck.traces.headers"},
    {"OTEL_SERVICE_NAME", "quarterdeck.traces.service"},
    {"RUNDECK_GRAILS_URL", "grails.serverURL"},
    {"RUNDECK_SERVER_ADDRESS", "server.address"},
    {"RUNDECK_SERVER_CONTEXTPATH", "server.servlet.context-path"},
    {"RUNDECK_SERVER_NAME", "framework.server.name"},
    {"RUNDECK_SERVER_SESSION_TIMEOUT", "server.servlet.session.timeout"},
    {"RUNDECK_GRAILS_UPLOAD_MAXSIZE", "grails.controllers.upload.maxRequestSize"},
    {"RUNDECK_DATABASE_URL", "dataSource.url"},
    {"RUNDECK_DATABASE_USERNAME", "dataSource.username"},
    {"RUNDECK_DATABASE_PASSWORD", "dataSource.password"},
    {"RUNDECK_MAIL_SMTP_HOST", "grails.mail.host"},
    {"RUNDECK_MAIL_SMTP_PORT", "grails.mail.port"},
    {"RUNDECK_MAIL_SMTP_USERNAME", "grails.mail.username"},
    {"RUNDECK_MAIL_SMTP_PASSWORD", "grails.mail.password"},
    {"RUNDECK_MAIL_FROM", "grails.mail.default.from"},
    {"RUNDECK_LOGDIR", "rundeck.server.logDir"},
    {"RDECK_HTTP_PORT", "server.port"},
    {"RDECK_HTTPS_PORT", "server.https.port"},
    {"RDECK_SERVER_DATA", "quarterdeck.data.dir"},
    {"JAAS_LOGIN", "rundeck.jaaslogin"},
    {"LOGIN_MODULE", "loginmodule.name"},
    {"JAAS_CONF", "java.security.auth.login.config"},
    {"RUNDECK_PREAUTH_ENABLED", "rundeck.security.authorization.preauthenticated.enabled"},
    {"RUNDECK_PREAUTH_ATTRIBUTE_NAME", "rundeck.security.authorization.preauthenticated.attributeName"},
    {"RUNDECK_PREAUTH_DELIMITER", "rundeck.security.authorization.preauthenticated.delimiter"},
    {"RUNDECK_PREAUTH_USERNAME_HEADER", "rundeck.security.authorization.preauthenticated.userNameHeader"},
    {"RUNDECK_PREAUTH_ROLES_HEADER", "rundeck.security.authorization.preauthenticated.userRolesHeader"},
    {"RUNDECK_PREAUTH_REDIRECT_LOGOUT", "rundeck.security.authorization.preauthenticated.redirectLogout"},
    {"RUNDECK_PREAUTH_REDIRECT_URL", "rundeck.security.authorization.preauthenticated.redirectUrl"},
}};

// Chapters of the reference, in the order of the table: each begins with a key.
struct Chapter {
  std::string_view first_key, title;
};
constexpr std::array<Chapter, 14> chapters{{
    {"rdeck.base", "Where things lie"},
    {"server.address", "The server and its address"},
    {"framework.server.name", "Who this server is"},
    {"rundeck.server.tags", "The cluster"},
    {"rundeck.feature.calendars.enabled", "Schedules"},
    {"dataSource.url", "The database"},
    {"rundeck.jaaslogin", "Logins, tokens and sessions"},
    {"rundeck.execution.logs.fileStoragePlugin", "Logs of executions and their storage"},
    {"quarterdeck.audit.file", "The audit trail"},
    {"quarterdeck.storage.password", "The storage facility"},
    {"grails.mail.host", "Notifications"},
    {"rundeck.fileUploadService.tempfile.maxsize", "Files and values of options"},
    {"quarterdeck.log.level", "The server's own log, metrics and traces"},
    {"rundeck.gui.title", "The web interface"},
}};

std::string name_row(const OtherName& other) {
  return "| `" + std::string(other.name) + "` | `" + std::string(other.key) + "` |\n";
}

std::string relaxed(std::string_view key) {
  return base::replace_all(base::lower(key), "-", "");
}

std::string variable_of(std::string_view key) {
  return base::replace_all(relaxed(key), ".", "_");
}

template <std::size_t N>
const ConfigKey* by_other_name(const std::array<OtherName, N>& names, std::string_view name) {
  const auto found = std::ranges::find(names, name, &OtherName::name);
  return found == names.end() ? nullptr : find_config_key(found->key);
}

std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0]++;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t above = row[j];
      row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
      diagonal = above;
    }
  }
  return row[b.size()];
}

std::string shown_default(const ConfigKey& key) {
  return key.standard.empty() ? "(none)" : std::string(key.standard);
}

bool has_effect(const ConfigKey& key) {
  return key.kind != ValueKind::ignored;
}

}  // namespace

const ConfigKey* find_config_key(std::string_view key) {
  const auto keys = config_keys();
  if (const auto found = std::ranges::find(keys, key, &ConfigKey::key); found != keys.end()) return &*found;
  if (const auto* older = by_other_name(older_names, key)) return older;
  const std::string wanted = relaxed(key);
  const auto similar = std::ranges::find_if(keys, [&](const ConfigKey& row) { return relaxed(row.key) == wanted; });
  return similar == keys.end() ? nullptr : &*similar;
}

const ConfigKey* find_environment_key(std::string_view name) {
  if (const auto* documented = by_other_name(variable_names, name)) return documented;
  if (std::ranges::any_of(name, [](char c) { return c >= 'a' && c <= 'z'; })) return nullptr;
  std::string wanted = base::lower(name);
  if (wanted.starts_with("qd_")) wanted = "quarterdeck_" + wanted.substr(3);
  const auto keys = config_keys();
  const auto found = std::ranges::find_if(keys, [&](const ConfigKey& row) {
    return has_effect(row) && row.key.find('.') != std::string_view::npos && variable_of(row.key) == wanted;
  });
  return found == keys.end() ? nullptr : &*found;
}

std::string nearest_config_key(std::string_view key) {
  // Longer keys than any of ours need no comparison, and must not cost one.
  if (key.size() > 100) return {};
  const ConfigKey* nearest = nullptr;
  std::size_t shortest = std::max<std::size_t>(2, key.size() / 5) + 1;
  for (const auto& row : config_keys()) {
    if (!has_effect(row)) continue;
    if (const std::size_t d = distance(relaxed(key), relaxed(row.key)); d < shortest) {
      shortest = d;
      nearest = &row;
    }
  }
  return nearest == nullptr ? std::string() : std::string(nearest->key);
}

std::string_view advice_on_key(std::string_view key) {
  if (!key.starts_with("rundeck.config.storage.") || !key.ends_with(".type")) return {};
  if (key.starts_with("rundeck.config.storage.provider.")) return "settings and files of projects are in the database";
  return "settings and files of projects are encrypted with quarterdeck.storage.password. Set it, the same on all "
         "members, run `qd keys rotate` once, and take this converter out";
}

std::string list_config_keys() {
  std::string out;
  for (const auto& row : config_keys()) {
    if (!has_effect(row)) continue;
    out += std::string(row.key) + " = " + shown_default(row) + "\n    " + std::string(row.meaning) + " (" +
           describe_kind(row.kind, row.range, row.choices) + ")\n";
  }
  return out;
}

std::string document_config_keys() {
  std::string out =
      "# Configuration reference\n\n"
      "Every key, made from the server's own table by `./dev docs`; `quarterdeck config` prints the same. How files, "
      "environment and flags\ngo together is in [configuration.md](configuration.md). The environment variable of a "
      "key "
      "is its name in capitals, `_` for `.`.\n";
  for (const auto& row : config_keys()) {
    if (!has_effect(row)) continue;
    if (const auto* chapter = std::ranges::find(chapters, row.key, &Chapter::first_key); chapter != chapters.end())
      out += "\n## " + std::string(chapter->title) + "\n\n| key | value | default | meaning |\n|---|---|---|---|\n";
    out += "| `" + std::string(row.key) + "` | " + describe_kind(row.kind, row.range, row.choices) + " | " +
           (row.standard.empty() ? "" : "`" + std::string(row.standard) + "`") + " | " + std::string(row.meaning) +
           " |\n";
  }
  out +=
      "\n## Known, and without effect\n\nConfigurations of Rundeck have these; they are taken without a note.\n\n"
      "| key | why |\n|---|---|\n";
  for (const auto& row : config_keys()) {
    if (!has_effect(row)) out += "| `" + std::string(row.key) + "` | " + std::string(row.meaning) + " |\n";
  }
  out += "\n## Other names\n\n| name | key |\n|---|---|\n";
  for (const auto& other : older_names) out += name_row(other);
  for (const auto& other : variable_names) out += name_row(other);
  return out;
}

}  // namespace qd::app
