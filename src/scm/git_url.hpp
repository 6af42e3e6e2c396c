// URLs of git repositories: which ones are taken, and what of them decides how to log in.
#pragma once

#include <string>

#include "base/result.hpp"

namespace qd::scm {

struct GitUrl {
  enum class Transport { ssh, http, git, file };
  Transport transport = Transport::file;
  std::string text;  // as it was given
  std::string user;  // "" without
  std::string path;  // of a file
  std::string host;  // of what is no file; IPv6 without brackets
  std::string port;  // "" without

  bool operator==(const GitUrl&) const = default;
};

// Taken are ssh://, http://, https://, git:// and file:// URLs, `user@host:path` for SSH, and absolute paths.
// Everything else is refused: transports that run programs ("ext::"), and what could be read as an option.
Result<GitUrl> parse_git_url(const std::string& text);

// The URL without a password that stands in it, for messages.
std::string shown_url(const std::string& url);

// A name that git takes for a branch or a tag.
bool is_ref_name(const std::string& name);

}  // namespace qd::scm
