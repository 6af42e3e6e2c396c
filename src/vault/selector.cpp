#include "vault/selector.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace qd::vault {

Result<Selector> Selector::parse(const std::string& text) {
  Selector selector;
  for (const auto& part : base::split_trimmed(text, ';')) {
    const auto sign = part.find('=');
    if (sign == std::string::npos || sign == 0) {
      return fail(ErrorKind::invalid, "\"" + part + "\" is no condition: write key=value or key=~expression");
    }
    const bool is_regex = part.size() > sign + 1 && part[sign + 1] == '~';
    Condition condition{std::string(base::trim(part.substr(0, sign))),
                        std::string(base::trim(part.substr(sign + (is_regex ? 2 : 1)))),
                        {}};
    if (is_regex) {
      auto regex = model::Regex::compile(condition.value);
      if (!regex) return fail(regex.error());
      condition.regex.push_back(std::move(*regex));
    }
    selector.conditions_.push_back(std::move(condition));
  }
  return selector;
}

bool Selector::takes(const Meta& meta) const {
  return std::all_of(conditions_.begin(), conditions_.end(), [&](const Condition& condition) {
    const auto found = meta.find(condition.key);
    if (found == meta.end()) return false;
    return condition.regex.empty() ? found->second == condition.value : condition.regex.front().matches(found->second);
  });
}

}  // namespace qd::vault
