#include "scm/remote_guard.hpp"

#include <array>
#include <cstdlib>
#include <memory>
#include <netdb.h>
#include <sys/socket.h>

#include "base/text.hpp"
#include "http/client.hpp"

namespace qd::scm {
namespace {

constexpr std::string_view kAdvertisement = "/info/refs?service=git-upload-pack";
constexpr std::chrono::seconds kProbeLimit{20};

// Numeric; empty when the name has none here.
std::vector<std::string> addresses_of(const std::string& host) {
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (getaddrinfo(host.c_str(), nullptr, &wanted, &found) != 0) return {};
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(found, freeaddrinfo);
  std::vector<std::string> addresses;
  for (const addrinfo* one = found; one != nullptr; one = one->ai_next) {
    std::array<char, NI_MAXHOST> text{};
    if (getnameinfo(one->ai_addr, one->ai_addrlen, text.data(), text.size(), nullptr, 0, NI_NUMERICHOST) == 0)
      addresses.emplace_back(std::string(text.data()).substr(0, std::string_view(text.data()).find('%')));  // no zone
  }
  return addresses;
}

// A proxy looks names up itself, maybe some that nobody else knows.
bool has_proxy() {
  for (const char* name : {"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"}) {
    const char* value = std::getenv(name);
    if (value != nullptr && *value != '\0') return true;
  }
  return false;
}

std::string scheme_of(const GitUrl& url) {
  return base::lower(url.text.substr(0, url.text.find("://")));
}

std::string port_of(const GitUrl& url) {
  if (!url.port.empty()) return url.port;
  return scheme_of(url) == "https" ? "443" : "80";
}

// "example.com:443:192.0.2.7,[2001:db8::7]"
std::string pinned(const GitUrl& url, const std::vector<std::string>& addresses) {
  std::string list;
  for (const auto& address : addresses) {
    const bool v6 = address.find(':') != std::string::npos;
    list += (list.empty() ? "" : ",") + (v6 ? "[" + address + "]" : address);
  }
  return url.host + ":" + port_of(url) + ":" + list;
}

}  // namespace

Result<GitSettings> guarded_settings(const GitUrl& url, const http::AddressBlocks& blocked) {
  using Transport = GitUrl::Transport;
  if (url.transport == Transport::file || blocked.empty()) return GitSettings();
  const auto addresses = addresses_of(url.host);
  for (const auto& address : addresses) {
    if (blocked.contains(address)) {
      return fail(ErrorKind::unavailable, "the address " + address + " of " + shown_url(url.text) +
                                              " is blocked by quarterdeck.http.blockedAddresses");
    }
  }
  if (url.transport != Transport::http) return GitSettings();  // a name that ssh alone may know
  GitSettings settings{{"http.followRedirects", "false"}};
  if (has_proxy()) return settings;
  if (addresses.empty()) return fail(ErrorKind::unavailable, "could not resolve host: " + url.host);
  settings.emplace_back("http.curloptResolve", pinned(url, addresses));
  return settings;
}

bool stopped_at_redirect(const std::string& complaint) {
  return complaint.find("requested URL returned error: 30") != std::string::npos;
}

Result<std::optional<GitUrl>> redirected(const GitUrl& url, std::shared_ptr<const http::AddressBlocks> blocked) {
  http::ClientRequest request;
  request.url = url.text + std::string(kAdvertisement);
  request.timeout = kProbeLimit;
  request.ignore_body = true;
  request.blocked = std::move(blocked);
  const auto answer = http::fetch(request);
  if (!answer) return fail(answer.error());
  std::string place = answer->effective_url;
  if (!place.ends_with(kAdvertisement)) return std::nullopt;
  place.resize(place.size() - kAdvertisement.size());
  auto there = parse_git_url(place);
  if (!there || there->transport != GitUrl::Transport::http) return std::nullopt;
  const bool same_origin =
      there->host == url.host && port_of(*there) == port_of(url) && scheme_of(*there) == scheme_of(url);
  if (same_origin && !url.user.empty()) {
    const auto begin = url.text.find("://") + 3;
    const auto login = url.text.substr(begin, url.text.find('@', begin) + 1 - begin);
    there = parse_git_url(scheme_of(url) + "://" + login + place.substr(place.find("://") + 3));
    if (!there) return std::nullopt;
  }
  if (there->text == url.text) return std::nullopt;
  return std::optional(std::move(*there));
}

}  // namespace qd::scm
