#include "scm/git_url.hpp"

#include <algorithm>
#include <cctype>

#include "base/text.hpp"

namespace qd::scm {
namespace {

constexpr std::size_t kLongestUrl = 2048;
constexpr std::size_t kLongestRef = 200;

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

tl::unexpected<Error> refused(const std::string& why) {
  return fail(ErrorKind::invalid,
              "The Git URL " + why +
                  ". Use ssh://user@host/path/repo.git, https://user@host/path/repo.git, git://host/path/repo.git, "
                  "user@host:path/repo.git, file:///path/repo.git or an absolute path.");
}

std::optional<GitUrl::Transport> transport_of(std::string_view scheme) {
  if (scheme == "ssh" || scheme == "git+ssh" || scheme == "ssh+git") return GitUrl::Transport::ssh;
  if (scheme == "http" || scheme == "https") return GitUrl::Transport::http;
  if (scheme == "git") return GitUrl::Transport::git;
  if (scheme == "file") return GitUrl::Transport::file;
  return std::nullopt;
}

// "host", "host:22", "[2001:db8::1]:22"; ssh's short form also has "[host:22]".
void read_host(std::string text, GitUrl& url) {
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    url.host = base::percent_decode(text.substr(1, end == std::string::npos ? end : end - 1));
    if (end != std::string::npos && text.substr(end + 1).starts_with(':')) url.port = text.substr(end + 2);
    if (std::count(url.host.begin(), url.host.end(), ':') != 1) return;
    text = url.host;
  }
  const auto colon = text.find(':');
  url.host = base::percent_decode(text.substr(0, colon));
  if (colon != std::string::npos) url.port = text.substr(colon + 1);
}

// Whoever reads the URL must see the same host in it: no character that some programs end a host at.
bool is_host(const std::string& text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || static_cast<unsigned char>(c) >= 0x80 ||
           std::string_view(".-_:%~").find(c) != std::string_view::npos;
  });
}

// "user:password@host:22" in parts; refuses what SSH or git could take for an option.
Result<> read_authority(std::string authority, GitUrl& url) {
  if (authority.find_first_of("#?\\") != std::string::npos)
    return refused("has a character in its host that no host has");
  const auto at = authority.rfind('@');
  if (at != authority.find('@') && url.transport != GitUrl::Transport::ssh)
    return refused("has two '@' before its path; write the one of the user as %40");
  if (at != std::string::npos) {
    url.user = base::percent_decode(authority.substr(0, std::min(at, authority.find(':'))));
    authority = authority.substr(at + 1);
  }
  if (authority.empty()) return refused("names no host");
  if (authority.front() == '-') return refused("has a host that begins with '-'");
  if (!url.user.empty() && url.user.front() == '-') return refused("has a user that begins with '-'");
  if (std::any_of(url.user.begin(), url.user.end(), is_control)) return refused("has a control character in its user");
  read_host(authority, url);
  if (!is_host(url.host) || !is_host(base::replace_all(base::replace_all(authority, "[", ""), "]", "")))
    return refused("has a character in its host that no host has");
  return {};
}

}  // namespace

Result<GitUrl> parse_git_url(const std::string& text) {
  if (text.empty()) return refused("is empty");
  if (text.size() > kLongestUrl) return refused("is longer than 2048 characters");
  if (std::any_of(text.begin(), text.end(), [](char c) { return is_control(c) || c == ' '; }))
    return refused("holds a blank or a control character");
  if (text.front() == '-') return refused("begins with '-'");
  GitUrl url;
  url.text = text;
  if (text.front() == '/') {
    url.path = text;
    return url;
  }
  if (const auto scheme_end = text.find("://"); scheme_end != std::string::npos) {
    const auto transport = transport_of(base::lower(text.substr(0, scheme_end)));
    if (!transport) return refused("has a scheme that is not taken");
    url.transport = *transport;
    const auto rest = text.substr(scheme_end + 3);
    const auto slash = rest.find('/');
    if (slash == std::string::npos) return refused("names no path");
    if (url.transport == GitUrl::Transport::file) {
      if (slash != 0) return refused("names a host, which a file:// URL cannot");
      url.path = base::percent_decode(rest);
      return url;
    }
    if (auto read = read_authority(rest.substr(0, slash), url); !read) return fail(read.error());
    return url;
  }
  // A host in brackets may hold colons: "user@[2001:db8::1]:path".
  const auto bracket = text.find('[');
  const bool bracketed = bracket == 0 || (bracket != std::string::npos && text[bracket - 1] == '@');
  const auto colon = text.find(':', bracketed ? text.find(']', bracket) : 0);
  if (colon == std::string::npos || colon + 1 == text.size() || text.find('/') < colon || text[colon + 1] == ':')
    return refused("is none that is taken");
  url.transport = GitUrl::Transport::ssh;
  if (auto read = read_authority(text.substr(0, colon), url); !read) return fail(read.error());
  return url;
}

std::string shown_url(const std::string& url) {
  const auto scheme_end = url.find("://");
  if (scheme_end == std::string::npos) return url;
  const auto begin = scheme_end + 3;
  const auto authority = url.substr(begin, url.find('/', begin) - begin);
  const auto at = authority.rfind('@');
  const auto colon = authority.find(':');
  if (at == std::string::npos || colon == std::string::npos || colon > at) return url;
  return url.substr(0, begin + colon) + ":***" + url.substr(begin + at);
}

bool is_ref_name(const std::string& name) {
  if (name.empty() || name.size() > kLongestRef || name == "@" || name == "HEAD") return false;
  if (name.front() == '-' || name.front() == '/' || name.back() == '/' || name.back() == '.') return false;
  if (name.find("..") != std::string::npos || name.find("@{") != std::string::npos) return false;
  if (name.find_first_of(" ~^:?*[\\\"") != std::string::npos) return false;
  if (std::any_of(name.begin(), name.end(), is_control)) return false;
  for (const auto& part : base::split(name, '/')) {
    if (part.empty() || part.front() == '.' || part.ends_with(".lock")) return false;
  }
  return true;
}

}  // namespace qd::scm
