#include "vault/storage_config.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "vault/password_converter.hpp"
#include "vault/path.hpp"

namespace qd::vault {
namespace {

using Properties = std::map<std::string, std::string>;

constexpr int kMostIterations = 10'000'000;

// Of "rundeck.storage.provider.2.config.baseDir": 2 → {config.baseDir: …}.
Result<std::map<std::int64_t, Properties>> numbered(const Properties& properties, const std::string& prefix) {
  std::map<std::int64_t, Properties> groups;
  for (auto entry = properties.lower_bound(prefix); entry != properties.end() && entry->first.starts_with(prefix);
       ++entry) {
    const auto rest = entry->first.substr(prefix.size());
    const auto dot = rest.find('.');
    const auto number = base::parse_int(rest.substr(0, dot));
    if (!number || dot == std::string::npos) {
      return fail(ErrorKind::invalid, entry->first + ": a number must follow " + prefix);
    }
    groups[*number][rest.substr(dot + 1)] = std::string(base::trim(entry->second));
  }
  return groups;
}

std::string value_of(const Properties& properties, const std::string& key) {
  const auto found = properties.find(key);
  return found == properties.end() ? std::string() : found->second;
}

// One group of settings, with its place for errors.
struct Group {
  std::string place;  // "rundeck.storage.converter.1."
  const Properties& values;
  const StorageSurroundings& around;

  std::string plain(const std::string& key) const { return value_of(values, key); }
  tl::unexpected<Error> wrong(const std::string& key, const std::string& what) const {
    return fail(ErrorKind::invalid, place + key + ": " + what);
  }

  // A setting that may be given directly, by an environment variable or by a system property.
  Result<std::string> dynamic(const std::string& name) const {
    const std::string key = "config." + name;
    if (const auto direct = plain(key); !direct.empty()) return direct;
    for (const auto& [suffix, source] :
         {std::pair{"EnvVarName", &around.environment}, std::pair{"SysPropName", &around.system_property}}) {
      const auto variable = plain(key + suffix);
      if (variable.empty()) continue;
      const auto value = *source ? (*source)(variable) : std::nullopt;
      if (!value || value->empty()) return wrong(key + suffix, variable + " is not set");
      return *value;
    }
    return std::string();
  }
};

Result<ProviderConfig> parse_provider(const Group& group) {
  ProviderConfig provider;
  auto path = clean_path(group.plain("path"));
  if (!path) return group.wrong("path", path.error().message);
  provider.path = std::move(*path);
  provider.strips = base::iequals(group.plain("removePathPrefix"), "true");
  const auto type = group.plain("type");
  if (type == "file" || type == "filesystem") {
    provider.folder = group.plain("config.baseDir");
    if (provider.folder.empty()) provider.folder = group.around.standard_folder;
  } else if (type != "db") {
    return group.wrong("type", "\"" + type + "\" is no provider here; there are db and file");
  }
  return provider;
}

Result<std::string> algorithm_of(const Group& group, const std::string& type) {
  auto encryptor = base::lower(group.plain("config.encryptorType"));
  if (encryptor.empty()) encryptor = type == "jasypt-encryption" ? "basic" : "custom";
  if (encryptor == "basic") return std::string("PBEWithMD5AndDES");
  if (encryptor == "strong") return std::string("PBEWithMD5AndTripleDES");
  if (encryptor != "custom") return group.wrong("config.encryptorType", "it must be basic, strong or custom");
  auto algorithm = group.dynamic("algorithm");
  if (algorithm && algorithm->empty()) algorithm = "PBEWITHSHA256AND128BITAES-CBC-BC";
  return algorithm;
}

Result<ConverterConfig> parse_converter(const Group& group) {
  const auto type = group.plain("type");
  if (type != "jasypt-encryption" && type != "aes-gcm-encryption") {
    return group.wrong("type", "\"" + type +
                                   "\" is no converter here; there are aes-gcm-encryption and jasypt-encryption. "
                                   "Without one, everything is sealed with the member's own key");
  }
  ConverterConfig converter;
  auto path = clean_path(group.plain("path"));
  if (!path) return group.wrong("path", path.error().message);
  converter.path = std::move(*path);
  converter.selector = group.plain("resourceSelector");
  if (auto selector = Selector::parse(converter.selector); !selector) {
    return group.wrong("resourceSelector", selector.error().message);
  }
  converter.only_opens = base::iequals(group.plain("config.readOnly"), "true");
  auto password = group.dynamic("password");
  if (!password) return fail(password.error());
  if (password->empty()) return group.wrong("config.password", "it, or config.passwordEnvVarName, is required");
  converter.settings.password = std::move(*password);
  auto algorithm = algorithm_of(group, type);
  if (!algorithm) return fail(algorithm.error());
  if (auto known = check_algorithm(*algorithm); !known) {
    return group.wrong("config.algorithm", known.error().message);
  }
  converter.settings.algorithm = std::move(*algorithm);
  const auto iterations = group.dynamic("keyObtentionIterations");
  if (!iterations) return fail(iterations.error());
  if (!iterations->empty()) {
    const auto number = base::parse_int(*iterations);
    if (!number || *number < 1 || *number > kMostIterations) {
      return group.wrong("config.keyObtentionIterations", "it must be a number from 1 to 10000000");
    }
    converter.settings.iterations = static_cast<int>(*number);
  }
  return converter;
}

}  // namespace

Result<StorageConfig> parse_storage_config(const Properties& properties, const std::string& prefix,
                                           const StorageSurroundings& around) {
  StorageConfig config;
  const auto providers = numbered(properties, prefix + "provider.");
  if (!providers) return fail(providers.error());
  for (const auto& [number, values] : *providers) {
    auto provider = parse_provider({prefix + "provider." + std::to_string(number) + ".", values, around});
    if (!provider) return fail(provider.error());
    const std::string& path = provider->path;
    std::erase_if(config.providers, [&path](const ProviderConfig& other) { return other.path == path; });
    config.providers.push_back(std::move(*provider));
  }
  const auto converters = numbered(properties, prefix + "converter.");
  if (!converters) return fail(converters.error());
  for (const auto& [number, values] : *converters) {
    auto converter = parse_converter({prefix + "converter." + std::to_string(number) + ".", values, around});
    if (!converter) return fail(converter.error());
    config.converters.push_back(std::move(*converter));
  }
  return config;
}

Result<std::unique_ptr<Storage>> build_storage(const StorageConfig& config, store::Database& database,
                                               const std::string& container, KeyRing& ring, const Clock& clock) {
  std::vector<Mount> mounts;
  bool has_root = false;
  for (const auto& provider : config.providers) {
    has_root = has_root || provider.path.empty();
    if (provider.folder.empty()) {
      mounts.push_back({provider.path, provider.strips, make_database_provider(database, container, clock)});
      continue;
    }
    auto files = make_file_provider(provider.folder);
    if (!files) return fail(files.error());
    mounts.push_back({provider.path, provider.strips, std::move(*files)});
  }
  if (!has_root) mounts.push_back({"", false, make_database_provider(database, container, clock)});
  std::vector<ConverterRule> rules;
  for (const auto& converter : config.converters) {
    auto selector = Selector::parse(converter.selector);
    if (!selector) return fail(selector.error());
    rules.push_back(
        {converter.path, std::move(*selector), converter.only_opens, make_password_converter(converter.settings)});
  }
  return std::make_unique<Storage>(std::move(mounts), std::move(rules), std::make_unique<Sealer>(ring, container),
                                   clock);
}

}  // namespace qd::vault
