#include "cluster/cms_config.hpp"

#include "base/text.hpp"
#include "cluster/cms_algorithms.hpp"

namespace qd::cluster {
namespace {

constexpr int least_documented_key = 512;
constexpr int least_safe_key = 2048;
constexpr int largest_key = 8192;  // making a larger one takes minutes
constexpr int most_days = 36'500;

class MessagingReader {
 public:
  explicit MessagingReader(const std::map<std::string, std::string>& properties) : properties_(properties) {}

  Result<MessagingConfig> read() {
    MessagingConfig config;
    read_flag("enabled", config.enabled);
    read_number("simplecms.keySize", config.key_size, least_documented_key, largest_key);
    read_number("simplecms.certValidityDays", config.cert_validity_days, 1, most_days);
    read_name("simplecms.signatureAlgorithm", config.signature_algorithm, signature_algorithms());
    read_name("simplecms.encryptionAlgorithm", config.encryption_algorithm, encryption_algorithms());
    if (!problems_.empty()) return fail(ErrorKind::invalid, base::join(problems_, "\n"));
    if (config.key_size < least_safe_key) {
      config.warnings.push_back(full_key("simplecms.keySize") + " = " + std::to_string(config.key_size) +
                                " can be broken; 2048 is used.");
      config.key_size = least_safe_key;
    }
    return config;
  }

 private:
  static std::string full_key(const std::string& name) { return "rundeck.clusterMode.messaging.encryption." + name; }

  // An empty value counts as absent.
  std::string value_of(const std::string& name) const {
    const auto place = properties_.find(full_key(name));
    return place == properties_.end() ? "" : std::string(base::trim(place->second));
  }

  void complain(const std::string& name, const std::string& what) {
    problems_.push_back(full_key(name) + " = " + value_of(name) + ": " + what);
  }

  void read_flag(const std::string& name, bool& into) {
    const std::string text = value_of(name);
    if (text.empty()) return;
    const auto value = base::parse_bool(text);
    if (!value) return complain(name, "must be true or false");
    into = *value;
  }

  void read_number(const std::string& name, int& into, int least, int most) {
    const std::string text = value_of(name);
    if (text.empty()) return;
    const auto value = base::parse_int(text);
    if (!value || *value < least || *value > most) {
      return complain(name, "must be a number from " + std::to_string(least) + " to " + std::to_string(most));
    }
    into = static_cast<int>(*value);
  }

  void read_name(const std::string& name, std::string& into, const std::vector<std::string>& allowed) {
    const std::string text = value_of(name);
    if (text.empty()) return;
    for (const auto& one : allowed) {
      if (text == one) {
        into = text;
        return;
      }
    }
    complain(name, "must be one of " + base::join(allowed, ", "));
  }

  const std::map<std::string, std::string>& properties_;
  std::vector<std::string> problems_;
};

}  // namespace

Result<MessagingConfig> parse_messaging_config(const std::map<std::string, std::string>& properties) {
  return MessagingReader(properties).read();
}

}  // namespace qd::cluster
