// Which items a converter takes: "Rundeck-key-type=private; Rundeck-content-type=~application/.*".
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "model/regex.hpp"
#include "vault/item.hpp"

namespace qd::vault {

class Selector {
 public:
  // `=` compares, `=~` matches a regular expression with the whole value; every condition must hold. "" takes all.
  static Result<Selector> parse(const std::string& text);
  bool takes(const Meta& meta) const;

 private:
  struct Condition {
    std::string key, value;
    std::vector<model::Regex> regex;  // none: the value itself
  };
  std::vector<Condition> conditions_;
};

}  // namespace qd::vault
