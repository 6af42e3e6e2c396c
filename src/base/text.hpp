// Small functions on text. All of them take and give UTF-8.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace qd::base {

std::string_view trim(std::string_view text);
std::vector<std::string> split(std::string_view text, char separator);          // keeps empty parts
std::vector<std::string> split_trimmed(std::string_view text, char separator);  // trims parts, drops empty ones
std::string join(const std::vector<std::string>& parts, std::string_view separator);
std::string lower(std::string_view text);  // ASCII only
bool iequals(std::string_view a, std::string_view b);
bool icontains(std::string_view text, std::string_view part);
std::string replace_all(std::string_view text, std::string_view from, std::string_view to);

// The whole text as a decimal integer; nullopt for anything else, overflow included.
std::optional<std::int64_t> parse_int(std::string_view text);
// "true" and "false" in any case.
std::optional<bool> parse_bool(std::string_view text);

bool valid_utf8(std::string_view text);
// Each broken sequence becomes U+FFFD, so that the result is valid.
std::string repair_utf8(std::string_view text);

// One word for /bin/sh: unchanged when it needs no quotes, else in single quotes. No value can break out of it.
std::string shell_quote(std::string_view word);

std::string percent_encode(std::string_view text);  // everything but unreserved characters
std::string percent_decode(std::string_view text, bool plus_is_space = false);
std::string html_escape(std::string_view text);  // & < > " '

std::string hex(std::string_view bytes);
std::string base64(std::string_view bytes);
std::optional<std::string> base64_decode(std::string_view text);

}  // namespace qd::base
