// What keeps git from addresses that outgoing requests must not reach (http/address_blocks.hpp).
//
// git and ssh look names up themselves. HTTP is told the addresses that were looked at, and follows no redirect of its
// own: where one leads is asked by our own client, and looked at as well. Of ssh:// and git:// the name is looked up
// once before; what ~/.ssh/config of the server's user makes of it is its owner's.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "http/address_blocks.hpp"
#include "scm/git_url.hpp"

namespace qd::scm {

using GitSettings = std::vector<std::pair<std::string, std::string>>;  // "http.followRedirects", "false"

// Settings that a call to this remote repository must have; the error (`unavailable`) names the address that is
// blocked.
Result<GitSettings> guarded_settings(const GitUrl& url, const http::AddressBlocks& blocked);

// Did git stop at a redirect that it may not follow?
bool stopped_at_redirect(const std::string& complaint);
// Where redirects lead; nothing: nowhere else. A login goes along only to the same host.
Result<std::optional<GitUrl>> redirected(const GitUrl& url, std::shared_ptr<const http::AddressBlocks> blocked);

}  // namespace qd::scm
