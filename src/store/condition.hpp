// Conditions of a WHERE clause with their parameters, spelt so that the three databases find the same rows.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "store/database.hpp"

namespace qd::store {

struct Condition {
  std::string sql;
  Params params;
};

Condition equals(std::string_view column, Value value);
// The list of parameters is padded to a power of two, so that few different statements have to be prepared.
Condition is_one_of(std::string_view column, const std::vector<std::string>& values);
Condition is_one_of(std::string_view column, const std::vector<std::int64_t>& values);
// Substring; letters A to Z in any case, all else exactly.
Condition contains_any_case(Dialect dialect, std::string_view column, std::string_view part);
Condition contains_exactly(Dialect dialect, std::string_view column, std::string_view part);
// The group itself and all below it; uses an index on the column.
Condition in_group_tree(std::string_view column, const std::string& group);
Condition any_of(const std::vector<Condition>& conditions);  // not empty
Condition negation(Condition condition);

// All of its conditions together.
class Conditions {
 public:
  void add(Condition condition);
  void add(const char* sql) { add(Condition{sql, {}}); }
  std::string where() const;  // " WHERE a AND b", or "" when there is none
  const Params& params() const { return params_; }
  Params params_and(std::initializer_list<Value> more) const;

 private:
  std::string sql_;
  Params params_;
};

}  // namespace qd::store
