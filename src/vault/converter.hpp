// Changes content on its way into a provider and back. Thread-safe.
#pragma once

#include <string>

#include "base/result.hpp"
#include "vault/item.hpp"

namespace qd::vault {

class Converter {
 public:
  virtual ~Converter() = default;
  // What the provider gets. May note in `item.meta` what it did.
  virtual Result<std::string> close(Item& item) = 0;
  // The content as it was; of what this converter did not close, the content as it is.
  virtual Result<std::string> open(const Item& item) = 0;
  // Did it close this, by what the item says?
  virtual bool closed(const Item& item) const = 0;
  // Is it closed as close() would do it now, with the same key?
  virtual Result<bool> fresh(const Item& item) = 0;
};

}  // namespace qd::vault
