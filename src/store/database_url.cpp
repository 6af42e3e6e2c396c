#include "store/database_url.hpp"

#include "base/text.hpp"

namespace qd::store {
namespace {

constexpr const char* supported_urls =
    "Supported are jdbc:postgresql://host:port/database, jdbc:mariadb://host:port/database, "
    "jdbc:mysql://host:port/database, jdbc:h2:… (the embedded database) and sqlite:/path/to/file.db.";

tl::unexpected<Error> bad_url(const std::string& url, const std::string& what) {
  return fail(ErrorKind::invalid, "Database URL \"" + url.substr(0, url.find('?')) + "\" " + what);
}

bool take_prefix(std::string_view& text, std::string_view prefix) {
  if (!base::iequals(text.substr(0, prefix.size()), prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

std::optional<int> read_port(std::string_view text) {
  const auto port = base::parse_int(text);
  if (!port || *port < 1 || *port > 65535) return std::nullopt;
  return static_cast<int>(*port);
}

// "host", "host:port", "[::1]", "[::1]:port".
std::optional<DatabaseTarget::Host> read_host(std::string_view text, int default_port) {
  const auto name_end = text.starts_with('[') ? text.find(']') : text.find(':');
  if (text.starts_with('[')) {
    if (name_end == std::string_view::npos) return std::nullopt;
    const auto rest = text.substr(name_end + 1);
    const auto port = rest.empty() ? default_port : rest.starts_with(':') ? read_port(rest.substr(1)) : std::nullopt;
    if (!port) return std::nullopt;
    return DatabaseTarget::Host{std::string(text.substr(1, name_end - 1)), *port};
  }
  if (name_end == std::string_view::npos) {
    return DatabaseTarget::Host{text.empty() ? "localhost" : std::string(text), default_port};
  }
  const auto port = read_port(text.substr(name_end + 1));
  if (!port) return std::nullopt;
  return DatabaseTarget::Host{name_end == 0 ? "localhost" : std::string(text.substr(0, name_end)), *port};
}

void read_parameters(std::string_view query, DatabaseTarget& target) {
  for (const auto& pair : base::split(query, '&')) {
    if (pair.empty()) continue;
    const auto equals = pair.find('=');
    const auto value = equals == std::string::npos ? std::string() : base::percent_decode(pair.substr(equals + 1));
    target.parameters[base::lower(pair.substr(0, equals))] = value;
  }
}

// What stands after "postgresql:" or "mariadb:": //hosts/database?parameters, or only a database name.
Result<DatabaseTarget> read_server_url(std::string_view rest, DatabaseTarget target, const std::string& url) {
  const int default_port = target.dialect == Dialect::postgresql ? 5432 : 3306;
  if (const auto question = rest.find('?'); question != std::string_view::npos) {
    read_parameters(rest.substr(question + 1), target);
    rest = rest.substr(0, question);
  }
  std::string_view authority;
  if (take_prefix(rest, "//")) {
    const auto slash = rest.find('/');
    authority = rest.substr(0, slash);
    rest = slash == std::string_view::npos ? std::string_view() : rest.substr(slash + 1);
  }
  if (const auto at = authority.rfind('@'); at != std::string_view::npos) {
    const auto login = authority.substr(0, at);
    const auto colon = login.find(':');
    target.username = base::percent_decode(login.substr(0, colon));
    if (colon != std::string_view::npos) target.password = base::percent_decode(login.substr(colon + 1));
    authority.remove_prefix(at + 1);
  }
  for (const auto& part : base::split(authority, ',')) {
    const auto host = read_host(base::trim(part), default_port);
    if (!host)
      return bad_url(url, "has a bad host or port: \"" + part + "\". Write host:port with a port from 1 to 65535.");
    target.hosts.push_back(*host);
  }
  target.database = base::percent_decode(rest);
  if (target.database.empty()) return bad_url(url, "names no database. Write it after the host: //host:port/database.");
  return target;
}

}  // namespace

std::string DatabaseTarget::parameter(const std::string& lower_name) const {
  const auto found = parameters.find(lower_name);
  return found == parameters.end() ? std::string() : found->second;
}

std::string DatabaseTarget::describe() const {
  if (dialect == Dialect::sqlite) return "SQLite database " + path;
  std::string text = dialect == Dialect::postgresql ? "PostgreSQL database " : "MariaDB/MySQL database ";
  text += database + " on ";
  for (std::size_t i = 0; i < hosts.size(); ++i) {
    text += (i == 0 ? "" : ", ") + hosts[i].name + ":" + std::to_string(hosts[i].port);
  }
  return text;
}

Result<DatabaseTarget> parse_database_url(const DatabaseConfig& config) {
  const std::string url(base::trim(config.url));
  DatabaseTarget target;
  std::string_view rest = url;
  take_prefix(rest, "jdbc:");
  if (url.empty() || take_prefix(rest, "h2:")) {
    target.path = config.default_sqlite_path;
    if (target.path.empty()) return bad_url(url, "means the embedded database, but no place for its file was given.");
    return target;
  }
  if (take_prefix(rest, "sqlite:")) {
    target.path = std::string(rest.substr(0, rest.find('?')));
    if (target.path.starts_with("//")) target.path.erase(0, 2);
    if (target.path.empty()) return bad_url(url, "names no file. Write sqlite:/path/to/file.db.");
    return target;
  }
  if (take_prefix(rest, "postgresql:") || take_prefix(rest, "postgres:")) {
    target.dialect = Dialect::postgresql;
  } else if (take_prefix(rest, "mariadb:") || take_prefix(rest, "mysql:")) {
    target.dialect = Dialect::mariadb;
  } else {
    return bad_url(url, std::string("is of no known kind. ") + supported_urls);
  }
  auto read = read_server_url(rest, std::move(target), url);
  if (!read) return read;
  if (read->username.empty()) read->username = read->parameter("user");
  if (read->password.empty()) read->password = read->parameter("password");
  if (!config.username.empty()) {
    read->username = config.username;
    read->password = config.password;
  }
  return read;
}

}  // namespace qd::store
