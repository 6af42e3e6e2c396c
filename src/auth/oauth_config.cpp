#include "auth/oauth_config.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <string_view>

#include "auth/jwk.hpp"
#include "base/text.hpp"

namespace qd::auth {
namespace {

using Take = std::function<std::string(OauthProvider&, const std::string&)>;  // "" or what was expected

Take take_text(std::string OauthProvider::*field) {
  return [field](OauthProvider& provider, const std::string& value) {
    provider.*field = value;
    return std::string();
  };
}

Take bearer_text(std::string OauthProvider::Bearer::*field) {
  return [field](OauthProvider& provider, const std::string& value) {
    provider.bearer.*field = value;
    return std::string();
  };
}

std::string check_url(const std::string& value) {
  const std::string start = base::lower(value.substr(0, 8));
  return start.starts_with("https://") || start.starts_with("http://") ? "" : "expected a URL: https://…";
}

Take take_url(std::string OauthProvider::*field) {
  return [field](OauthProvider& provider, const std::string& value) {
    provider.*field = value;
    return value.empty() ? std::string() : check_url(value);
  };
}

Take bearer_url(std::string OauthProvider::Bearer::*field) {
  return [field](OauthProvider& provider, const std::string& value) {
    provider.bearer.*field = value;
    return value.empty() ? std::string() : check_url(value);
  };
}

Take bearer_words(std::vector<std::string> OauthProvider::Bearer::*field) {
  return [field](OauthProvider& provider, const std::string& value) {
    provider.bearer.*field = base::split_trimmed(value, ',');
    return std::string();
  };
}

std::string take_flag(bool& field, const std::string& value) {
  const auto flag = base::parse_bool(value);
  if (!flag) return "expected true or false";
  field = *flag;
  return {};
}

std::string take_names(OauthProvider& provider, const std::string& value) {
  provider.name_claims = base::split_trimmed(base::replace_all(value, "\"", ""), ',');
  return provider.name_claims.empty() ? "expected names of claims, separated by commas" : "";
}

std::string take_method(OauthProvider& provider, const std::string& value) {
  const std::string word = base::lower(value);
  provider.basic_auth = word == "basic" || word == "client_secret_basic";
  return provider.basic_auth || word == "post" || word == "client_secret_post" ? "" : "expected basic or post";
}

std::string take_algorithms(OauthProvider& provider, const std::string& value) {
  auto& algorithms = provider.bearer.algorithms;
  algorithms = base::split_trimmed(value, ',');
  const bool known = std::all_of(algorithms.begin(), algorithms.end(),
                                 [](const std::string& one) { return known_signature_algorithm(one); });
  return known && !algorithms.empty() ? "" : "expected algorithms like RS256, ES256; \"none\" is none";
}

std::string take_shared_key(OauthProvider& provider, const std::string& value) {
  provider.bearer.shared_key = value;
  const auto key = Jwk::from_secret(value);
  return key ? "" : key.error().message;
}

// By the part of the key behind the provider's name, in lower case and without dashes.
const std::map<std::string, Take, std::less<>>& settings() {
  using P = OauthProvider;
  static const std::map<std::string, Take, std::less<>> all{
      {"autoconfigurl", take_url(&P::auto_config_url)},
      {"clientid", take_text(&P::client_id)},
      {"clientsecret", take_text(&P::client_secret)},
      {"scope", take_text(&P::scope)},
      {"authorityproperty", take_text(&P::groups_claim)},
      {"accesstokenuri", take_url(&P::token_uri)},
      {"userauthorizationuri", take_url(&P::authorization_uri)},
      {"userinfouri", take_url(&P::userinfo_uri)},
      {"jwkseturi", take_url(&P::jwks_uri)},
      {"customredirecturi", take_url(&P::redirect_uri)},
      {"principlekeys", take_names},
      {"clientauthenticationmethod", take_method},
      {"resourceserver.enabled", [](P& p, const std::string& value) { return take_flag(p.bearer.enabled, value); }},
      {"resourceserver.jwt.issueruri", bearer_url(&P::Bearer::issuer_uri)},
      {"resourceserver.jwt.jwkseturi", bearer_url(&P::Bearer::jwks_uri)},
      {"resourceserver.jwt.publickeylocation", bearer_text(&P::Bearer::public_key)},
      {"resourceserver.jwt.audiences", bearer_words(&P::Bearer::audiences)},
      {"resourceserver.jwt.authoritiesclaimnames", bearer_words(&P::Bearer::role_claims)},
      {"resourceserver.jwt.authorityprefix", bearer_text(&P::Bearer::role_prefix)},
      {"resourceserver.jwt.jwsalgorithms", take_algorithms},
      {"resourceserver.jwt.principalclaimname", bearer_text(&P::Bearer::name_claim)},
  };
  return all;
}

const std::map<std::string, Take, std::less<>>& own_settings() {
  static const std::map<std::string, Take, std::less<>> all{
      {"issuer", take_text(&OauthProvider::issuer)},
      {"endsession", [](OauthProvider& p, const std::string& value) { return take_flag(p.end_session, value); }},
      {"sharedkey", take_shared_key},
  };
  return all;
}

bool good_name(std::string_view name) {
  return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

// A line for each thing that is missing for what is switched on.
void check_whole(const OauthProvider& provider, std::vector<std::string>& problems) {
  const std::string key = kOauthPrefix + provider.name + ".";
  const bool manual = !provider.authorization_uri.empty() || !provider.token_uri.empty();
  if (!provider.client_id.empty() && provider.auto_config_url.empty() && manual) {
    if (provider.authorization_uri.empty()) problems.push_back(key + "userAuthorizationUri: it is missing");
    if (provider.token_uri.empty()) problems.push_back(key + "accessTokenUri: it is missing");
    if (provider.jwks_uri.empty())
      problems.push_back(key + "jwkSetUri: it is missing; logins are verified with the keys there");
  }
  const auto& bearer = provider.bearer;
  if (!bearer.enabled) return;
  const bool keys = !bearer.issuer_uri.empty() || !bearer.jwks_uri.empty() || !bearer.public_key.empty() ||
                    !bearer.shared_key.empty() || !provider.auto_config_url.empty();
  if (!keys)
    problems.push_back(key +
                       "resourceserver.enabled: name the keys in resourceserver.jwt.issuer-uri, "
                       "resourceserver.jwt.jwkSetUri or resourceserver.jwt.publicKeyLocation");
  const bool shared = !bearer.shared_key.empty();
  for (const std::string& algorithm : bearer.algorithms) {
    if (algorithm.starts_with("HS") != shared)
      problems.push_back(key + "resourceserver.jwt.jws-algorithms: " + algorithm + " goes " +
                         (shared ? "not together with " : "only together with ") + kOwnOauthPrefix + provider.name +
                         ".sharedKey");
  }
}

}  // namespace

Result<OauthConfig> parse_oauth_config(const std::map<std::string, std::string>& properties) {
  std::map<std::string, OauthProvider> providers;
  std::vector<std::string> problems;
  OauthConfig config;
  for (const auto& [key, value] : properties) {
    const bool own = key.starts_with(kOwnOauthPrefix);
    if (!own && !key.starts_with(kOauthPrefix)) continue;
    const std::string rest = key.substr(std::string_view(own ? kOwnOauthPrefix : kOauthPrefix).size());
    const std::size_t dot = rest.find('.');
    const std::string name = rest.substr(0, dot);
    const auto& known = own ? own_settings() : settings();
    const auto setting = dot == std::string::npos
                             ? known.end()
                             : known.find(base::replace_all(base::lower(rest.substr(dot + 1)), "-", ""));
    if (setting == known.end()) {
      config.unknown_keys.push_back(key);
      continue;
    }
    if (!good_name(name)) {
      problems.push_back(key + ": a provider's name has letters, digits, - and _ only");
      continue;
    }
    auto& provider = providers[name];
    provider.name = name;
    const std::string expected = setting->second(provider, std::string(base::trim(value)));
    if (!expected.empty()) problems.push_back(key + ": " + expected);
  }
  for (auto& [name, provider] : providers) {
    if (provider.name_claims.empty())
      provider.name_claims = {"user", "username", "userid", "user_id", "login", "id", "name", "sub"};
    if (!provider.bearer.shared_key.empty() && provider.bearer.algorithms == std::vector<std::string>{"RS256"})
      provider.bearer.algorithms = {"HS256"};
    check_whole(provider, problems);
    config.providers.push_back(std::move(provider));
  }
  if (!problems.empty()) return fail(ErrorKind::invalid, base::join(problems, "\n"));
  return config;
}

}  // namespace qd::auth
