// Encryption of texts that a store keeps in columns. The store knows nothing of it but when to call.
#pragma once

#include <functional>
#include <string>

namespace qd::store {

// With empty functions texts are kept as they are. `place` names the text, and is bound to it: what stands at one place
// cannot be moved to another.
struct TextSeal {
  // For some texts. Needs no database.
  struct Ready {
    std::function<std::string(const std::string& place, const std::string& text)> close;
    std::function<bool(const std::string& kept)> fresh;  // is it closed as `close` would do it now?
  };
  // May ask the database: call it outside of transactions. Throws SealError when there is no key.
  std::function<Ready()> ready = {};
  // Of a text that was never closed it gives the text. Asks the database only for a key that this process never met.
  // Throws SealError when it cannot be opened.
  std::function<std::string(const std::string& place, const std::string& kept)> open = {};
};

}  // namespace qd::store
