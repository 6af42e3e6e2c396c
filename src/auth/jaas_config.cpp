#include "auth/jaas_config.hpp"

#include <cctype>

#include "base/text.hpp"

namespace qd::auth {
namespace {

struct JaasToken {
  enum class Kind { word, text, symbol, end } kind = Kind::end;
  std::string text;
  int line = 0;

  bool is(char symbol) const { return kind == Kind::symbol && text[0] == symbol; }
  std::string shown() const { return kind == Kind::end ? "the end of the file" : "'" + text + "'"; }
};

// Cuts the text into words, quoted texts and the symbols { } ; =
class JaasLexer {
 public:
  JaasLexer(std::string_view text, const std::string& file) : text_(text), file_(file) {}

  Result<JaasToken> next() {
    if (auto skipped = skip_blanks(); !skipped) return fail(skipped.error());
    if (at_ >= text_.size()) return JaasToken{JaasToken::Kind::end, "", line_};
    const char first = text_[at_];
    if (first == '"' || first == '\'') return quoted(first);
    if (std::string_view("{};=").find(first) != std::string_view::npos) {
      ++at_;
      return JaasToken{JaasToken::Kind::symbol, std::string(1, first), line_};
    }
    const std::size_t start = at_;
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_])) == 0 &&
           std::string_view("{};=\"'").find(text_[at_]) == std::string_view::npos)
      ++at_;
    return JaasToken{JaasToken::Kind::word, std::string(text_.substr(start, at_ - start)), line_};
  }

  Error error(int line, const std::string& what) const {
    return {ErrorKind::invalid, file_ + ":" + std::to_string(line) + ": " + what, ""};
  }

 private:
  bool starts(std::string_view word) const { return text_.substr(at_).starts_with(word); }

  void skip_line() {
    while (at_ < text_.size() && text_[at_] != '\n') ++at_;
  }

  Result<> skip_blanks() {
    while (at_ < text_.size()) {
      const char letter = text_[at_];
      if (letter == '\n') ++line_;
      if (std::isspace(static_cast<unsigned char>(letter)) != 0) {
        ++at_;
      } else if (starts("//") || letter == '#') {
        skip_line();
      } else if (starts("/*")) {
        const int begun = line_;
        const std::size_t end = text_.find("*/", at_ + 2);
        if (end == std::string_view::npos) return fail(error(begun, "the comment that begins here has no */"));
        for (; at_ < end + 2; ++at_) line_ += text_[at_] == '\n' ? 1 : 0;
      } else {
        break;
      }
    }
    return {};
  }

  Result<JaasToken> quoted(char quote) {
    JaasToken token{JaasToken::Kind::text, "", line_};
    for (++at_; at_ < text_.size() && text_[at_] != quote && text_[at_] != '\n'; ++at_) {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
      token.text += text_[at_];
    }
    if (at_ >= text_.size() || text_[at_] != quote)
      return fail(
          error(token.line, std::string("the text that begins with ") + quote + " here has no end on its line"));
    ++at_;
    return token;
  }

  std::string_view text_;
  const std::string& file_;
  std::size_t at_ = 0;
  int line_ = 1;
};

std::optional<LoginFlag> flag_of(const std::string& word) {
  const std::string lower = base::lower(word);
  if (lower == "required") return LoginFlag::required;
  if (lower == "requisite") return LoginFlag::requisite;
  if (lower == "sufficient") return LoginFlag::sufficient;
  if (lower == "optional") return LoginFlag::optional;
  return std::nullopt;
}

class JaasParser {
 public:
  JaasParser(std::string_view text, const std::string& file, const JaasExpand& expand)
      : lexer_(text, file), expand_(expand) {}

  Result<std::map<std::string, JaasModules>> parse() {
    std::map<std::string, JaasModules> all;
    if (auto read = advance(); !read) return fail(read.error());
    while (now_.kind != JaasToken::Kind::end) {
      const JaasToken name = now_;
      if (name.kind == JaasToken::Kind::symbol) return expected("the name of a login configuration, as in `ldap {`");
      if (auto read = advance(); !read) return fail(read.error());
      if (!now_.is('{')) return expected("{ after " + name.shown());
      if (auto read = advance(); !read) return fail(read.error());
      auto modules = parse_modules();
      if (!modules) return fail(modules.error());
      if (!all.emplace(name.text, std::move(*modules)).second)
        return fail(lexer_.error(name.line, "there are two configurations of the name " + name.shown()));
    }
    return all;
  }

 private:
  Result<> advance() {
    auto token = lexer_.next();
    if (!token) return fail(token.error());
    now_ = std::move(*token);
    return {};
  }

  tl::unexpected<Error> expected(const std::string& what) {
    return fail(lexer_.error(now_.line, "expected " + what + ", but there is " + now_.shown()));
  }

  // Up to and with the `};` of the configuration.
  Result<JaasModules> parse_modules() {
    JaasModules modules;
    while (!now_.is('}')) {
      auto module = parse_module();
      if (!module) return fail(module.error());
      modules.push_back(std::move(*module));
    }
    if (modules.empty()) return expected("a login module before }");
    if (auto read = advance(); !read) return fail(read.error());
    if (!now_.is(';')) return expected("; after }");
    if (auto read = advance(); !read) return fail(read.error());
    return modules;
  }

  Result<JaasModule> parse_module() {
    JaasModule module;
    if (now_.kind == JaasToken::Kind::symbol || now_.kind == JaasToken::Kind::end)
      return expected("the class of a login module, or }");
    module.class_name = now_.text;
    module.line = now_.line;
    if (auto read = advance(); !read) return fail(read.error());
    const auto flag = flag_of(now_.text);
    if (now_.kind != JaasToken::Kind::word || !flag)
      return expected("required, requisite, sufficient or optional after " + module.class_name);
    module.flag = *flag;
    if (auto read = advance(); !read) return fail(read.error());
    while (!now_.is(';')) {
      if (auto option = parse_option(module); !option) return fail(option.error());
    }
    if (auto read = advance(); !read) return fail(read.error());
    return module;
  }

  Result<> parse_option(JaasModule& module) {
    const JaasToken key = now_;
    if (key.kind != JaasToken::Kind::word)
      return expected("an option like debug=\"true\", or ; at the end of the module");
    if (auto read = advance(); !read) return fail(read.error());
    if (!now_.is('=')) return expected("= after the option " + key.text);
    if (auto read = advance(); !read) return fail(read.error());
    if (now_.kind != JaasToken::Kind::word && now_.kind != JaasToken::Kind::text)
      return expected("a value in quotes for the option " + key.text);
    auto value = expanded(now_);
    if (!value) return fail(value.error());
    if (!module.options.emplace(key.text, std::move(*value)).second)
      return fail(lexer_.error(key.line, "the option " + key.text + " is there twice"));
    return advance();
  }

  Result<std::string> expanded(const JaasToken& value) {
    std::string text;
    std::size_t at = 0;
    for (std::size_t open = 0; (open = value.text.find("${", at)) != std::string::npos;) {
      const std::size_t close = value.text.find('}', open);
      if (close == std::string::npos) break;
      const std::string name = value.text.substr(open + 2, close - open - 2);
      const auto known = expand_ ? expand_(name) : std::nullopt;
      if (!known) {
        return fail(lexer_.error(value.line, "${" + name +
                                                 "} is neither a system property (-D), a key of the "
                                                 "configuration nor an environment variable"));
      }
      text.append(value.text, at, open - at).append(*known);
      at = close + 1;
    }
    return text.append(value.text, at, std::string::npos);
  }

  JaasLexer lexer_;
  const JaasExpand& expand_;
  JaasToken now_;
};

}  // namespace

std::string JaasModule::short_name() const {
  const auto dot = class_name.rfind('.');
  return dot == std::string::npos ? class_name : class_name.substr(dot + 1);
}

bool JaasModule::truth(const std::string& option, bool fallback) const {
  const auto found = options.find(option);
  return found == options.end() ? fallback : base::iequals(base::trim(found->second), "true");
}

std::string JaasModule::text(const std::string& option, const std::string& fallback) const {
  const auto found = options.find(option);
  return found == options.end() ? fallback : found->second;
}

Result<std::map<std::string, JaasModules>> parse_jaas(std::string_view text, const std::string& file,
                                                      const JaasExpand& expand) {
  return JaasParser(text, file, expand).parse();
}

}  // namespace qd::auth
