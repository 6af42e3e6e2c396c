#include "notify/mime.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>

#include "base/text.hpp"

namespace qd::notify {

namespace {

constexpr std::size_t kLine = 76;
constexpr std::size_t kWordBytes = 45;  // 60 letters of base64, so that an encoded word stays below 75

bool is_plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

std::string without_breaks(std::string_view text) {
  std::string line(base::repair_utf8(text));
  std::replace_if(
      line.begin(), line.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
  return line;
}

// RFC 2047, cut between characters.
std::string encoded_words(const std::string& text) {
  std::string out;
  std::size_t begin = 0;
  while (begin < text.size()) {
    std::size_t end = std::min(begin + kWordBytes, text.size());
    while (end < text.size() && end > begin && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
    if (!out.empty()) out += "\r\n ";
    out += "=?UTF-8?B?" + base::base64(std::string_view(text).substr(begin, end - begin)) + "?=";
    begin = end;
  }
  return out;
}

std::string header_text(std::string_view text) {
  const auto line = without_breaks(text);
  return is_plain(line) && line.size() <= 900 && line.find("=?") == std::string::npos ? line : encoded_words(line);
}

std::string header_mailbox(std::string_view mailbox) {
  const auto open = mailbox.find('<');
  if (open == std::string_view::npos) return without_breaks(mailbox);
  std::string name(base::trim(mailbox.substr(0, open)));
  if (name.size() > 1 && name.front() == '"' && name.back() == '"') name = name.substr(1, name.size() - 2);
  name = without_breaks(name);
  const bool plain = is_plain(name) && name.find_first_of("\"\\") == std::string::npos;
  return (plain ? "\"" + name + "\"" : encoded_words(name)) + " <" + address_of(mailbox) + ">";
}

void append_base64(std::string& out, std::string_view bytes) {
  const auto text = base::base64(bytes);
  for (std::size_t at = 0; at < text.size(); at += kLine) out.append(text, at, kLine).append("\r\n");
}

void append_html(std::string& out, const std::string& html) {
  out += "Content-Type: text/html; charset=UTF-8\r\nContent-Transfer-Encoding: base64\r\n\r\n";
  append_base64(out, html);
}

// For names and types of files: what could end its place becomes _.
std::string token(std::string_view text) {
  std::string safe = without_breaks(text);
  std::replace_if(
      safe.begin(), safe.end(), [](char c) { return c == '"' || c == '\\' || c == '/' || c == ';'; }, '_');
  return safe;
}

std::string media_type(const std::string& type) {
  const auto plain = without_breaks(type);
  const bool fine = plain.find('/') != std::string::npos && plain.find_first_of("\"\\;") == std::string::npos;
  return fine ? plain : "text/plain";
}

void append_file(std::string& out, const MailFile& file) {
  const auto name = token(file.name);
  out += "Content-Type: " + media_type(file.type) + "; charset=UTF-8\r\nContent-Transfer-Encoding: base64\r\n";
  out += is_plain(name)
             ? "Content-Disposition: attachment; filename=\"" + name + "\"\r\n\r\n"
             : "Content-Disposition: attachment; filename*=UTF-8''" + base::percent_encode(name) + "\r\n\r\n";
  append_base64(out, file.content);
}

}  // namespace

std::string address_of(std::string_view mailbox) {
  const auto open = mailbox.rfind('<');
  const auto close = mailbox.rfind('>');
  const bool both = open != std::string_view::npos && close != std::string_view::npos && close > open;
  return std::string(base::trim(both ? mailbox.substr(open + 1, close - open - 1) : mailbox));
}

bool is_mailbox(std::string_view mailbox) {
  const auto address = address_of(mailbox);
  const auto at = address.find('@');
  if (at == std::string::npos || at == 0 || at + 1 == address.size() || address.find('@', at + 1) != std::string::npos)
    return false;
  const bool clean = is_plain(address) && address.find_first_of(" <>,;\"()[]\\") == std::string::npos;
  return clean && mailbox.find_first_of("\r\n") == std::string_view::npos;
}

std::string mail_date(UnixMillis time) {
  static constexpr std::array<const char*, 7> days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array<const char*, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::time_t seconds = time / 1000;
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%s, %02d %s %04d %02d:%02d:%02d +0000",
                days[static_cast<std::size_t>(parts.tm_wday)], parts.tm_mday,
                months[static_cast<std::size_t>(parts.tm_mon)], parts.tm_year + 1900, parts.tm_hour, parts.tm_min,
                parts.tm_sec);
  return text.data();
}

std::string write_mime(const MailMessage& message) {
  std::string out = "Date: " + mail_date(message.date) + "\r\nFrom: " + header_mailbox(message.from) +
                    "\r\nTo: " + header_mailbox(message.to) + "\r\nMessage-ID: <" + without_breaks(message.id) +
                    ">\r\nSubject: " + header_text(message.subject) +
                    "\r\nAuto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n";
  if (!message.file) {
    append_html(out, message.html);
    return out;
  }
  const std::string boundary = "=_quarterdeck_" + base::hex(message.id.substr(0, 20));
  out += "Content-Type: multipart/mixed; boundary=\"" + boundary + "\"\r\n\r\n--" + boundary + "\r\n";
  append_html(out, message.html);
  out += "--" + boundary + "\r\n";
  append_file(out, *message.file);
  out += "--" + boundary + "--\r\n";
  return out;
}

}  // namespace qd::notify
