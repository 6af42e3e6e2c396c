#include "store/postgresql_settings.hpp"

#include <algorithm>
#include <vector>

#include "base/text.hpp"
#include "store/time_limits.hpp"

namespace qd::store {
namespace {

std::string quoted_identifier(std::string_view name) {
  return "\"" + base::replace_all(name, "\"", "\"\"") + "\"";
}

std::string in_millis(std::chrono::milliseconds time) {
  return std::to_string(time.count());
}

void add_tls(const DatabaseTarget& target, std::map<std::string, std::string>& settings) {
  for (const char* name : {"sslmode", "sslrootcert", "sslcert", "sslkey"}) {
    if (const auto value = target.parameter(name); !value.empty()) settings[name] = value;
  }
  if (settings.contains("sslmode") || target.parameter("ssl") != "true") return;
  settings["sslmode"] = settings.contains("sslrootcert") ? "verify-full" : "require";
}

}  // namespace

std::map<std::string, std::string> postgresql_settings(const DatabaseTarget& target,
                                                       std::chrono::milliseconds connect_timeout) {
  std::map<std::string, std::string> settings = {
      {"dbname", target.database},  {"client_encoding", "UTF8"}, {"application_name", "quarterdeck"},
      {"gssencmode", "disable"},    {"keepalives", "1"},         {"keepalives_idle", "15"},
      {"keepalives_interval", "5"}, {"keepalives_count", "3"},   {"tcp_user_timeout", "30000"},
  };
  // libpq counts in whole seconds and takes 1 for 2.
  settings["connect_timeout"] = std::to_string(std::max<std::int64_t>(2, (connect_timeout.count() + 999) / 1000));
  std::string hosts, ports;
  for (const auto& host : target.hosts) {
    hosts += (hosts.empty() ? "" : ",") + host.name;
    ports += (ports.empty() ? "" : ",") + std::to_string(host.port);
  }
  settings["host"] = hosts;
  settings["port"] = ports;
  if (target.hosts.size() > 1) settings["target_session_attrs"] = "read-write";
  if (!target.username.empty()) settings["user"] = target.username;
  if (!target.password.empty()) settings["password"] = target.password;
  add_tls(target, settings);
  return settings;
}

PGconn* connect_postgresql(const std::map<std::string, std::string>& settings) {
  std::vector<const char*> keys, values;
  for (const auto& [key, value] : settings) {
    keys.push_back(key.c_str());
    values.push_back(value.c_str());
  }
  keys.push_back(nullptr);
  values.push_back(nullptr);
  return PQconnectdbParams(keys.data(), values.data(), 0);
}

std::string postgresql_session_sql(const DatabaseTarget& target) {
  std::string sql = "SET statement_timeout = " + in_millis(statement_limit) +
                    "; SET lock_timeout = " + in_millis(lock_limit) +
                    "; SET idle_in_transaction_session_timeout = " + in_millis(idle_limit);
  const auto schemas = base::split_trimmed(target.parameter("currentschema"), ',');
  for (std::size_t i = 0; i < schemas.size(); ++i) {
    sql += (i == 0 ? "; SET search_path TO " : ", ") + quoted_identifier(schemas[i]);
  }
  return sql;
}

}  // namespace qd::store
