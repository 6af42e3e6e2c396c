#include "vault/text_sealer.hpp"

#include <memory>

#include "base/text.hpp"
#include "vault/sealer.hpp"

namespace qd::vault {
namespace {

constexpr std::string_view kTextPrefix = "qdv1:";

// The bytes of a kept text; nothing when it was never closed.
std::optional<Item> sealed_item(const std::string& place, const std::string& kept) {
  if (!kept.starts_with(kTextPrefix)) return std::nullopt;
  auto bytes = base::base64_decode(std::string_view(kept).substr(kTextPrefix.size()));
  if (!bytes || !looks_sealed(*bytes)) return std::nullopt;
  return Item{.path = place, .content = std::move(*bytes)};
}

tl::unexpected<Error> at_place(const std::string& place, const Error& error) {
  return fail(error.kind, place + ": " + error.message);
}

template <class T>
T or_throw(Result<T> result) {
  if (!result) throw store::SealError(result.error().message);
  return std::move(*result);
}

}  // namespace

store::TextSeal make_text_seal(KeyRing& ring, const std::string& container, bool closes) {
  const auto sealer = std::make_shared<Sealer>(ring, container);
  store::TextSeal seal;
  seal.open = [sealer](const std::string& place, const std::string& kept) {
    const auto item = sealed_item(place, kept);
    if (!item) return kept;
    auto text = sealer->open(*item);
    if (!text) text = at_place(place, text.error());
    return or_throw(std::move(text));
  };
  if (!closes) return seal;
  seal.ready = [sealer, &ring] {
    const Key key = or_throw(ring.current());
    return store::TextSeal::Ready{[sealer, key](const std::string& place, const std::string& text) {
                                    const Item item{.path = place, .content = text};
                                    return std::string(kTextPrefix) + base::base64(sealer->close_with(key, item));
                                  },
                                  [sealer, key](const std::string& kept) {
                                    const auto item = sealed_item("", kept);
                                    return item && Sealer::closed_with(key, *item);
                                  }};
  };
  return seal;
}

}  // namespace qd::vault
