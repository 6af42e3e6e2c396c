#include "base/charset.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <iconv.h>

#include "base/text.hpp"

namespace qd::base {
namespace {

// What iconv is asked for. Names that it does not need to know are not handed to it.
constexpr std::array<std::string_view, 14> kKnown{"us-ascii",  "ascii",  "latin1", "koi8-r", "koi8-u",
                                                  "shift_jis", "euc-jp", "euc-kr", "gb2312", "gbk",
                                                  "gb18030",   "big5",   "cp1252", "tis-620"};
constexpr std::array<std::string_view, 3> kFamilies{"iso-8859-", "windows-125", "cp125"};
constexpr std::size_t kLongestName = 20;

bool is_known(std::string_view name) {
  if (name.size() > kLongestName) return false;
  if (std::find(kKnown.begin(), kKnown.end(), name) != kKnown.end()) return true;
  return std::any_of(kFamilies.begin(), kFamilies.end(), [&](std::string_view family) {
    const auto number = name.substr(std::min(family.size(), name.size()));
    return name.starts_with(family) && !number.empty() && number.find_first_not_of("0123456789") == number.npos;
  });
}

bool is_wide(std::string_view name) {
  return name.starts_with("utf-16") || name.starts_with("utf-32");
}

// iconv_t with its end.
class Converter {
 public:
  explicit Converter(const std::string& from) : handle_(iconv_open("UTF-8", from.c_str())) {}
  ~Converter() {
    if (good()) iconv_close(handle_);
  }
  Converter(const Converter&) = delete;
  Converter& operator=(const Converter&) = delete;
  bool good() const { return handle_ != reinterpret_cast<iconv_t>(std::intptr_t{-1}); }

  // Where the text breaks the set, or npos.
  std::size_t convert(std::string& text, std::string& into) {
    char* in = text.data();
    std::size_t left = text.size();
    std::array<char, 16384> part{};
    while (left > 0) {
      char* out = part.data();
      std::size_t room = part.size();
      const auto done = iconv(handle_, &in, &left, &out, &room);
      into.append(part.data(), part.size() - room);
      if (done == static_cast<std::size_t>(-1) && errno != E2BIG) return text.size() - left;
    }
    return std::string::npos;
  }

 private:
  iconv_t handle_;
};

}  // namespace

Result<std::string> to_utf8(std::string text, std::string_view charset) {
  std::string name = lower(trim(charset));
  if (text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff")) name = "utf-16";
  if (name.empty() || name == "utf-8" || name == "utf8") return text;
  if (!is_wide(name) && valid_utf8(text)) return text;
  const bool wide = name == "utf-16" || name == "utf-16le" || name == "utf-16be" || name == "utf-32";
  if (!wide && !is_known(name)) {
    return fail(ErrorKind::unsupported_format,
                "The character set " + std::string(charset) + " is not spoken here: send UTF-8.");
  }
  Converter converter(name);
  if (!converter.good()) {
    return fail(ErrorKind::unsupported_format,
                "The character set " + std::string(charset) + " is not installed on this server: send UTF-8.");
  }
  std::string converted;
  converted.reserve(text.size() + text.size() / 8);
  const std::size_t broken = converter.convert(text, converted);
  if (broken != std::string::npos) {
    return fail(ErrorKind::invalid, "Byte " + std::to_string(broken + 1) + " of the text is not " + name + ".");
  }
  return converted;
}

}  // namespace qd::base
