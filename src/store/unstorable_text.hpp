// What require_storable throws.
#pragma once

#include <string>
#include <utility>

#include "store/database.hpp"

namespace qd::store {

// A text holds a NUL byte or is no UTF-8, and no backend may keep it; `flaw` says which. Nothing was sent.
struct UnstorableText : DatabaseError {
  UnstorableText(const std::string& message, std::string what) : DatabaseError(message, false), flaw(std::move(what)) {}
  std::string flaw;
};

}  // namespace qd::store
