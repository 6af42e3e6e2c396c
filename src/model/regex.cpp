#include "model/regex.hpp"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <array>
#include <pcre2.h>

namespace qd::model {

namespace {
constexpr std::size_t kMaxPattern = 64u << 10;
constexpr std::uint32_t kMatchLimit = 200'000;
constexpr std::uint32_t kDepthLimit = 2'000;
constexpr std::uint32_t kHeapLimitKib = 4'096;

struct CodeDeleter {
  void operator()(pcre2_code* code) const { pcre2_code_free(code); }
};
struct ContextDeleter {
  void operator()(pcre2_match_context* context) const { pcre2_match_context_free(context); }
};
struct DataDeleter {
  void operator()(pcre2_match_data* data) const { pcre2_match_data_free(data); }
};
}  // namespace

struct Regex::Impl {
  std::unique_ptr<pcre2_code, CodeDeleter> part;   // matches anywhere
  std::unique_ptr<pcre2_code, CodeDeleter> whole;  // matches all or nothing; in machine code where that can be had
  std::unique_ptr<pcre2_match_context, ContextDeleter> limits;

  // What pcre2_match answers: negative is no match, or a limit that was reached.
  int run(const pcre2_code* code, std::string_view text) const {
    thread_local const std::unique_ptr<pcre2_match_data, DataDeleter> data(pcre2_match_data_create(1, nullptr));
    const auto* subject = reinterpret_cast<PCRE2_SPTR>(text.empty() ? "" : text.data());
    int found = pcre2_match(code, subject, text.size(), 0, 0, data.get(), limits.get());
    if (found == PCRE2_ERROR_JIT_STACKLIMIT) {
      found = pcre2_match(code, subject, text.size(), 0, PCRE2_NO_JIT, data.get(), limits.get());
    }
    return found;
  }
  bool match(const pcre2_code* code, std::string_view text) const { return run(code, text) >= 0; }
};

Regex::Regex(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Regex::~Regex() = default;
Regex::Regex(Regex&&) noexcept = default;
Regex& Regex::operator=(Regex&&) noexcept = default;

Result<Regex> Regex::compile(std::string_view pattern) {
  if (pattern.size() > kMaxPattern) {
    return fail(ErrorKind::too_large, "The regular expression is longer than 64 KiB");
  }
  int code = 0;
  PCRE2_SIZE offset = 0;
  const auto* text = reinterpret_cast<PCRE2_SPTR>(pattern.empty() ? "" : pattern.data());
  constexpr std::uint32_t options = PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_NEVER_BACKSLASH_C;
  constexpr std::uint32_t whole = options | PCRE2_ANCHORED | PCRE2_ENDANCHORED;
  auto impl = std::make_unique<Impl>();
  impl->part.reset(pcre2_compile(text, pattern.size(), options, &code, &offset, nullptr));
  if (impl->part) impl->whole.reset(pcre2_compile(text, pattern.size(), whole, &code, &offset, nullptr));
  if (!impl->whole) {
    std::array<PCRE2_UCHAR, 256> message{};
    pcre2_get_error_message(code, message.data(), message.size());
    return fail(ErrorKind::invalid, "The regular expression '" + std::string(pattern) + "' is broken at offset " +
                                        std::to_string(offset) + ": " + reinterpret_cast<const char*>(message.data()));
  }
  pcre2_jit_compile(impl->whole.get(), PCRE2_JIT_COMPLETE);  // without it, matching is only slower
  impl->limits.reset(pcre2_match_context_create(nullptr));
  pcre2_set_match_limit(impl->limits.get(), kMatchLimit);
  pcre2_set_depth_limit(impl->limits.get(), kDepthLimit);
  pcre2_set_heap_limit(impl->limits.get(), kHeapLimitKib);
  return Regex(std::move(impl));
}

bool Regex::matches(std::string_view text) const {
  return impl_->match(impl_->whole.get(), text);
}

std::optional<bool> Regex::decide(std::string_view text) const {
  const int outcome = impl_->run(impl_->whole.get(), text);
  if (outcome >= 0) return true;
  if (outcome == PCRE2_ERROR_NOMATCH) return false;
  return std::nullopt;
}

bool Regex::contains(std::string_view text) const {
  return impl_->match(impl_->part.get(), text);
}

std::vector<Regex::Span> Regex::search(std::string_view text, std::size_t from, bool whole) const {
  std::vector<Span> spans;
  if (from > text.size()) return spans;
  const auto* code = whole ? impl_->whole.get() : impl_->part.get();
  const std::unique_ptr<pcre2_match_data, DataDeleter> data(pcre2_match_data_create_from_pattern(code, nullptr));
  const auto* subject = reinterpret_cast<PCRE2_SPTR>(text.empty() ? "" : text.data());
  int found = pcre2_match(code, subject, text.size(), from, 0, data.get(), impl_->limits.get());
  if (found == PCRE2_ERROR_JIT_STACKLIMIT) {
    found = pcre2_match(code, subject, text.size(), from, PCRE2_NO_JIT, data.get(), impl_->limits.get());
  }
  if (found < 0) return spans;
  const auto* ends = pcre2_get_ovector_pointer(data.get());
  for (std::uint32_t i = 0; i < pcre2_get_ovector_count(data.get()); ++i) {
    spans.push_back(ends[2 * i] == PCRE2_UNSET ? Span{} : Span{ends[2 * i], ends[2 * i + 1]});
  }
  return spans;
}

std::size_t Regex::group_count() const {
  std::uint32_t count = 0;
  pcre2_pattern_info(impl_->part.get(), PCRE2_INFO_CAPTURECOUNT, &count);
  return count;
}

}  // namespace qd::model
