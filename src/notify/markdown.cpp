#include "notify/markdown.hpp"

#include <vector>

#include "base/text.hpp"

namespace qd::notify {

namespace {

// A span such as **x**: where its end mark is, or npos. Marks beside blanks are no marks.
std::size_t end_of_span(std::string_view text, std::size_t from, std::string_view mark) {
  const auto end = text.find(mark, from);
  const bool empty = end == from || end == std::string_view::npos;
  return empty || text[from] == ' ' || text[end - 1] == ' ' ? std::string_view::npos : end;
}

std::string inline_html(std::string_view text);

// [label](address) at `at`; moves `at` behind it.
bool append_link(std::string& out, std::string_view text, std::size_t& at) {
  const auto middle = text.find("](", at);
  if (middle == std::string_view::npos) return false;
  const auto end = text.find(')', middle);
  if (end == std::string_view::npos) return false;
  const auto address = text.substr(middle + 2, end - middle - 2);
  const bool safe = address.starts_with("http://") || address.starts_with("https://") || address.starts_with("mailto:");
  if (!safe || address.find_first_of("\"' \n") != std::string_view::npos) return false;
  out += "<a href=\"" + std::string(address) + "\">" + inline_html(text.substr(at + 1, middle - at - 1)) + "</a>";
  at = end + 1;
  return true;
}

bool append_span(std::string& out, std::string_view text, std::size_t& at) {
  static constexpr struct {
    std::string_view mark, tag;
    bool verbatim;
  } kinds[] = {{"`", "code", true}, {"**", "strong", false}, {"__", "strong", false}, {"*", "em", false}};
  for (const auto& [mark, tag, verbatim] : kinds) {
    if (text.substr(at, mark.size()) != mark) continue;
    const auto begin = at + mark.size();
    const auto end = end_of_span(text, begin, mark);
    if (end == std::string_view::npos) continue;
    const auto inside = text.substr(begin, end - begin);
    out += "<" + std::string(tag) + ">" + (verbatim ? std::string(inside) : inline_html(inside)) + "</" +
           std::string(tag) + ">";
    at = end + mark.size();
    return true;
  }
  return false;
}

std::string inline_html(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (c == '[' && append_link(out, text, at)) continue;
    if ((c == '`' || c == '*' || c == '_') && append_span(out, text, at)) continue;
    out += c;
    ++at;
  }
  return out;
}

bool is_rule(std::string_view line) {
  line = base::trim(line);
  return line.size() >= 3 && (line.find_first_not_of('-') == std::string_view::npos ||
                              line.find_first_not_of('*') == std::string_view::npos);
}

// "- x", "* x", "3. x": what follows the mark, and the kind of list.
bool read_item(std::string_view line, std::string_view& text, const char*& list) {
  line = base::trim(line);
  if (line.size() > 2 && (line[0] == '-' || line[0] == '*' || line[0] == '+') && line[1] == ' ') {
    list = "ul";
    text = line.substr(2);
    return true;
  }
  const auto digits = line.find_first_not_of("0123456789");
  if (digits == 0 || digits == std::string_view::npos || line.substr(digits, 2) != ". ") return false;
  list = "ol";
  text = line.substr(digits + 2);
  return true;
}

class Writer {
 public:
  std::string write(std::string_view text) {
    for (const auto& raw : base::split(text, '\n')) take(raw.ends_with('\r') ? raw.substr(0, raw.size() - 1) : raw);
    if (code_) out_ += "</code></pre>\n";
    code_ = false;
    end_block();
    return std::move(out_);
  }

 private:
  void take(const std::string& line) {
    if (base::trim(line).starts_with("```")) {
      end_block();
      out_ += code_ ? "</code></pre>\n" : "<pre><code>";
      code_ = !code_;
    } else if (code_) {
      out_ += line + "\n";
    } else if (base::trim(line).empty()) {
      end_block();
    } else {
      take_text(line);
    }
  }

  void take_text(const std::string& line) {
    std::string_view text;
    const char* list = "";
    if (const auto level = line.find_first_not_of('#'); level > 0 && level <= 6 && line.substr(level, 1) == " ") {
      end_block();
      const auto tag = "h" + std::to_string(level);
      out_ += "<" + tag + ">" + inline_html(base::trim(line.substr(level))) + "</" + tag + ">\n";
    } else if (is_rule(line)) {
      end_block();
      out_ += "<hr>\n";
    } else if (read_item(line, text, list)) {
      open(list);
      out_ += "<li>" + inline_html(text) + "</li>\n";
    } else if (line.starts_with('>')) {
      open("blockquote");
      out_ += inline_html(base::trim(std::string_view(line).substr(1))) + "\n";
    } else {
      open("p");
      out_ += inline_html(line) + "\n";
    }
  }

  void open(const std::string& tag) {
    if (block_ == tag) return;
    end_block();
    out_ += "<" + tag + ">";
    block_ = tag;
  }
  void end_block() {
    if (!block_.empty()) out_ += "</" + block_ + ">\n";
    block_.clear();
  }

  std::string out_, block_;
  bool code_ = false;
};

}  // namespace

std::string markdown_to_html(std::string_view text) {
  return Writer().write(text);
}

}  // namespace qd::notify
