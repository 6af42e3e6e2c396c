#include "scm/git_url.hpp"

#include <algorithm>

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

// "user:password@host:22" in parts; refuses what SSH or git could take for an option.
Result<> read_authority(std::string authority, GitUrl& url) {
  const auto at = authority.rfind('@');
  if (at != std::string::npos) {
    url.user = base::percent_decode(authority.substr(0, std::min(at, authority.find(':'))));
    authority = authority.substr(at + 1);
  }
  if (authority.empty()) return refused("names no host");
  if (authority.front() == '-') return refused("has a host that begins with '-'");
  if (!url.user.empty() && url.user.front() == '-') return refused("has a user that begins with '-'");
  if (std::any_of(url.user.begin(), url.user.end(), is_control)) return refused("has a control character in its user");
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
  const auto colon = text.find(':');
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
