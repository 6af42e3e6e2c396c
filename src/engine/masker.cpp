#include "engine/masker.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace qd::engine {

namespace {
constexpr std::size_t kShortestSecret = 4;
}  // namespace

void Masker::add(const std::string& secret) {
  for (const auto& line : base::split(secret, '\n')) {
    const std::string part(base::trim(line));
    if (part.size() < kShortestSecret || std::ranges::find(secrets_, part) != secrets_.end()) continue;
    secrets_.push_back(part);
  }
  std::ranges::stable_sort(secrets_, std::ranges::greater{}, &std::string::size);
}

std::string Masker::apply(std::string_view text, std::string_view mask) const {
  std::string result(text);
  for (const auto& secret : secrets_) {
    if (result.find(secret) != std::string::npos) result = base::replace_all(result, secret, mask);
  }
  return result;
}

}  // namespace qd::engine
