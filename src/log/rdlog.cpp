#include "log/rdlog.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.hpp"

namespace qd::log {
namespace {

constexpr std::string_view meta_special = "=|}\\";
constexpr std::string_view message_special = "^\\";

void append_escaped(std::string& out, std::string_view text, std::string_view special) {
  while (true) {
    const auto at = text.find_first_of(special);
    out.append(text.substr(0, at));
    if (at == std::string_view::npos) return;
    out.push_back('\\');
    out.push_back(text[at]);
    text.remove_prefix(at + 1);
  }
}

// A backslash counts only in front of a special character; in front of any other it stands for itself.
std::string unescaped(std::string_view text, std::string_view special) {
  std::string result;
  result.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size() && special.find(text[i + 1]) != std::string_view::npos) ++i;
    result.push_back(text[i]);
  }
  return result;
}

// Where the first of `stops` stands that no backslash escapes, from `start` on; npos when there is none.
std::size_t find_unescaped(std::string_view text, std::string_view stops, std::size_t start) {
  for (std::size_t i = start; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (stops.find(text[i]) != std::string_view::npos) {
      return i;
    }
  }
  return std::string_view::npos;
}

// ---- the time, "2026-11-22T20:45:36Z": asked for once per line, so kept for the second that it names ----

constexpr std::size_t time_size = 20;

UnixMillis whole_second(UnixMillis time) {
  return time >= 0 ? time / 1000 : (time - 999) / 1000;
}

const std::string& time_text(UnixMillis time) {
  static thread_local UnixMillis second = -1;
  static thread_local std::string text;
  const UnixMillis wanted = whole_second(time);
  if (wanted != second || text.empty()) {
    text = iso8601(wanted * 1000);
    second = wanted;
  }
  return text;
}

std::optional<UnixMillis> parse_time(std::string_view text) {
  static thread_local std::string last;
  static thread_local UnixMillis value = 0;
  if (!last.empty() && text == last) return value;
  const auto parsed = parse_iso8601(text);
  if (parsed) {
    last = text;
    value = *parsed;
  }
  return parsed;
}

// ---- decoding ----

enum class Parsed { done, incomplete, bad };

// `rest` stands behind the opening brace; afterwards behind the closing one. Metadata is on one line.
Parsed parse_meta(std::string_view& rest, Meta& meta) {
  const auto line_end = rest.find('\n');
  const auto unfinished = line_end == std::string_view::npos ? Parsed::incomplete : Parsed::bad;
  auto line = rest.substr(0, line_end);
  while (true) {
    const auto equals = find_unescaped(line, "=", 0);
    if (equals == std::string_view::npos) return unfinished;
    const auto end = find_unescaped(line, "|}", equals + 1);
    if (end == std::string_view::npos) return unfinished;
    meta.insert_or_assign(unescaped(line.substr(0, equals), meta_special),
                          unescaped(line.substr(equals + 1, end - equals - 1), meta_special));
    const bool last = line[end] == '}';
    line.remove_prefix(end + 1);
    if (!last) continue;
    rest.remove_prefix(static_cast<std::size_t>(line.data() - rest.data()));
    return Parsed::done;
  }
}

// The three fields in front of the metadata, which are on one line. `rest` stands behind the opening delimiter.
Parsed parse_head(std::string_view& rest, LogEvent& event) {
  std::array<std::string_view, 3> fields;
  for (auto& field : fields) {
    const auto end = rest.find_first_of("|\n");
    if (end == std::string_view::npos) return Parsed::incomplete;
    if (rest[end] == '\n') return Parsed::bad;
    field = rest.substr(0, end);
    rest.remove_prefix(end + 1);
  }
  const auto time = parse_time(fields[0]);
  if (!time) return Parsed::bad;
  event.time = whole_second(*time) * 1000;
  if (time_text(event.time).size() != time_size) return Parsed::bad;  // a year that four digits cannot say
  if (!base::trim(fields[1]).empty()) event.type = fields[1];
  if (!base::trim(fields[2]).empty()) {
    const auto level = parse_level(fields[2]);
    if (!level) return Parsed::bad;
    event.level = *level;
  }
  return Parsed::done;
}

bool starts_item(std::string_view line) {
  return looks_like_event(line) || line.starts_with(rdlog_end) || line.starts_with(rdlog_header);
}

// `rest` stands behind the head; afterwards behind the whole event and the newline that ends it.
Parsed parse_tail(std::string_view& rest, LogEvent& event, bool complete) {
  if (rest.starts_with('{')) {
    rest.remove_prefix(1);
    if (const auto parsed = parse_meta(rest, event.meta); parsed != Parsed::done) return parsed;
  }
  if (rest.empty()) return Parsed::incomplete;
  if (rest.front() != '|') return Parsed::bad;
  rest.remove_prefix(1);
  const auto end = find_unescaped(rest, "^", 0);
  if (end == std::string_view::npos) {
    if (!complete) return Parsed::incomplete;
    event.message = unescaped(rest, message_special);
    rest = {};
    return Parsed::done;
  }
  event.message = unescaped(rest.substr(0, end), message_special);
  const auto line_end = rest.find('\n', end);  // what stands behind the delimiter is nobody's
  if (line_end == std::string_view::npos && !complete) return Parsed::incomplete;
  if (event.message.ends_with('\n') && starts_item(rest.substr(end))) {  // its own end was never written
    event.message.pop_back();
    rest.remove_prefix(end);
    return Parsed::done;
  }
  rest.remove_prefix(line_end == std::string_view::npos ? rest.size() : line_end + 1);
  return Parsed::done;
}

Parsed parse_event(std::string_view& rest, LogEvent& event, bool complete) {
  rest.remove_prefix(1);
  if (const auto parsed = parse_head(rest, event); parsed != Parsed::done) return parsed;
  return parse_tail(rest, event, complete);
}

bool starts_with_or_could(std::string_view data, std::string_view text) {
  return data.substr(0, text.size()) == text.substr(0, data.size());
}

}  // namespace

// A newline cannot stand in metadata: it becomes a blank.
EncodedMeta::EncodedMeta(const Meta& meta) : marks_(marks_of(meta)) {
  for (const auto& [key, value] : meta) {
    text_ += text_.empty() ? '{' : '|';
    append_escaped(text_, key, meta_special);
    text_ += '=';
    append_escaped(text_, value, meta_special);
  }
  if (!text_.empty()) text_ += '}';
  std::replace(text_.begin(), text_.end(), '\n', ' ');
}

Meta decode_meta(std::string_view text) {
  Meta meta;
  if (!text.starts_with('{')) return meta;
  text.remove_prefix(1);
  if (parse_meta(text, meta) != Parsed::done) meta.clear();
  return meta;
}

void encode_event(std::string& out, UnixMillis time, Level level, std::string_view type, const EncodedMeta& meta,
                  std::string_view message) {
  out += '^';
  out += time_text(time);
  out += '|';
  if (type != event_type::log) {
    for (const char c : type) {
      if (c != '|' && c != '\n') out += c;
    }
  }
  out += '|';
  if (level != Level::normal) out += to_text(level);
  out += '|';
  out += meta.text();
  out += '|';
  append_escaped(out, message, message_special);
  out += "^\n";
}

void encode_event(std::string& out, const LogEvent& event) {
  encode_event(out, event.time, event.level, event.type, EncodedMeta(event.meta), event.message);
}

std::optional<RdlogItem> decode_item(std::string_view data, bool complete) {
  if (data.empty()) return std::nullopt;
  RdlogItem item;
  const auto line_end = data.find('\n');
  const bool whole_line = line_end != std::string_view::npos || complete;
  const auto line = data.substr(0, line_end);
  item.size = line_end == std::string_view::npos ? data.size() : line_end + 1;
  for (const auto& [text, kind] :
       {std::pair{rdlog_header, RdlogItem::Kind::header}, {rdlog_end, RdlogItem::Kind::end}}) {
    if (!whole_line && starts_with_or_could(data, text)) return std::nullopt;
    if (whole_line && line == text.substr(0, text.size() - 1)) {
      item.kind = kind;
      return item;
    }
  }
  if (data.front() == '^') {
    auto rest = data;
    switch (parse_event(rest, item.event, complete)) {
      case Parsed::done:
        item.kind = RdlogItem::Kind::event;
        item.size = data.size() - rest.size();
        return item;
      case Parsed::incomplete:
        if (!complete) return std::nullopt;
        break;
      case Parsed::bad:
        break;
    }
    item.event = {};
  }
  if (!whole_line) return std::nullopt;
  return item;
}

bool looks_like_event(std::string_view data) {
  constexpr std::string_view shape = "^0000-00-00T00:00:00Z|";
  if (data.size() < shape.size()) return false;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    const bool fits = shape[i] == '0' ? data[i] >= '0' && data[i] <= '9' : data[i] == shape[i];
    if (!fits) return false;
  }
  return true;
}

}  // namespace qd::log
