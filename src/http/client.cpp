#include "http/client.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <curl/curl.h>
#include <memory>
#include <sys/socket.h>

#include "base/text.hpp"

namespace qd::http {

namespace {

using Clock = std::chrono::steady_clock;

constexpr int kMaxRedirects = 10;
constexpr std::size_t kMaxHeaderBytes = 256 << 10;

struct CurlFree {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

// One per thread: connections are kept from call to call.
CURL* thread_handle() {
  static const CURLcode initialised = curl_global_init(CURL_GLOBAL_DEFAULT);
  thread_local const std::unique_ptr<CURL, CurlFree> handle(initialised == CURLE_OK ? curl_easy_init() : nullptr);
  if (handle) curl_easy_reset(handle.get());
  return handle.get();
}

// A URL taken apart: what may be shown, and the credentials that may not.
struct Place {
  std::string url;
  std::string origin;  // scheme, host and port
  std::string username, password;
};

std::string url_part(CURLU* url, CURLUPart part, unsigned flags = 0) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, flags) != CURLUE_OK || text == nullptr) return {};
  std::string copy(text);
  curl_free(text);
  return copy;
}

Result<Place> read_url(const std::string& text) {
  const std::unique_ptr<CURLU, CurlFree> url(curl_url());
  if (!url) return fail(ErrorKind::internal, "out of memory");
  const bool has_scheme = text.find("://") != std::string::npos;
  if (!has_scheme || curl_url_set(url.get(), CURLUPART_URL, text.c_str(), CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK) {
    return fail(ErrorKind::invalid, "the URL is malformed; it should look like https://host:port/path");
  }
  Place place;
  const std::string scheme = url_part(url.get(), CURLUPART_SCHEME);
  if (scheme != "http" && scheme != "https") {
    return fail(ErrorKind::invalid, "URLs of scheme '" + scheme + "' are not supported; use http or https");
  }
  place.username = url_part(url.get(), CURLUPART_USER, CURLU_URLDECODE);
  place.password = url_part(url.get(), CURLUPART_PASSWORD, CURLU_URLDECODE);
  curl_url_set(url.get(), CURLUPART_USER, nullptr, 0);
  curl_url_set(url.get(), CURLUPART_PASSWORD, nullptr, 0);
  place.url = url_part(url.get(), CURLUPART_URL);
  place.origin = scheme + "://" + base::lower(url_part(url.get(), CURLUPART_HOST)) + ":" +
                 url_part(url.get(), CURLUPART_PORT, CURLU_DEFAULT_PORT);
  return place;
}

// What one exchange with one server needs and yields.
struct Call {
  const ClientRequest& request;
  Place place;
  std::string method;
  bool same_origin = true;
  bool send_body = true;

  CURL* handle = nullptr;
  ClientResponse response{};
  std::size_t header_bytes = 0;
  bool too_large = false;
  bool stopped = false;
  std::string blocked{};  // the address that it may not reach
  std::array<char, CURL_ERROR_SIZE> reason{};

  bool is_redirect() const {
    const int status = response.status;
    const bool known = status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
    return request.follow_redirects && known && !response.header("location").empty();
  }
};

std::size_t take_body(char* data, std::size_t, std::size_t size, void* opaque) {
  Call& call = *static_cast<Call*>(opaque);
  if (call.is_redirect()) {
    call.header_bytes += size;  // dropped, but not without end
    call.too_large = call.header_bytes > call.request.max_bytes + kMaxHeaderBytes;
  } else if (call.request.on_status_data) {
    call.stopped = !call.request.on_status_data(call.response.status, {data, size});
  } else if (call.request.on_data) {
    call.stopped = !call.request.on_data({data, size});
  } else {
    call.too_large = size > call.request.max_bytes - std::min(call.response.body.size(), call.request.max_bytes);
    if (!call.too_large) call.response.body.append(data, size);
  }
  return call.too_large || call.stopped ? 0 : size;
}

std::size_t take_header(char* data, std::size_t, std::size_t size, void* opaque) {
  Call& call = *static_cast<Call*>(opaque);
  call.header_bytes += size;
  if (call.header_bytes > kMaxHeaderBytes) {
    call.too_large = true;
    return 0;
  }
  const std::string_view line = base::trim({data, size});
  if (line.starts_with("HTTP/")) {  // a new head: of the final answer after "100 Continue"
    long status = 0;
    curl_easy_getinfo(call.handle, CURLINFO_RESPONSE_CODE, &status);
    call.response.status = static_cast<int>(status);
    call.response.headers.clear();
    return size;
  }
  if (line.empty() && call.request.ignore_body && call.response.status >= 200 && !call.is_redirect()) {
    call.stopped = true;
    return 0;
  }
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return size;
  call.response.headers.emplace_back(base::lower(base::trim(line.substr(0, colon))),
                                     base::trim(line.substr(colon + 1)));
  return size;
}

// The socket of a connection; none when its address is blocked.
curl_socket_t open_allowed_socket(void* opaque, curlsocktype, curl_sockaddr* target) {
  Call& call = *static_cast<Call*>(opaque);
  std::array<char, INET6_ADDRSTRLEN> text{};
  const void* address =
      target->family == AF_INET
          ? static_cast<const void*>(&reinterpret_cast<const sockaddr_in*>(&target->addr)->sin_addr)
          : static_cast<const void*>(&reinterpret_cast<const sockaddr_in6*>(&target->addr)->sin6_addr);
  const bool known = target->family == AF_INET || target->family == AF_INET6;
  if (!known || inet_ntop(target->family, address, text.data(), text.size()) == nullptr) return CURL_SOCKET_BAD;
  if (call.request.blocked->contains(text.data())) {
    call.blocked = text.data();
    return CURL_SOCKET_BAD;
  }
  return ::socket(target->family, target->socktype | SOCK_CLOEXEC, target->protocol);
}

int ask_cancelled(void* opaque, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<const Call*>(opaque)->request.cancelled() ? 1 : 0;
}

bool may_cross_origins(std::string_view name) {
  return base::lower(name).starts_with("accept") || base::iequals(name, "Content-Type") ||
         base::iequals(name, "User-Agent");
}

std::unique_ptr<curl_slist, CurlFree> header_list(const Call& call) {
  curl_slist* list = curl_slist_append(nullptr, "Expect:");
  bool has_type = !call.send_body;
  for (const auto& [name, value] : call.request.headers) {
    if (!call.same_origin && !may_cross_origins(name)) continue;
    if (base::iequals(name, "Content-Type")) {
      if (!call.send_body) continue;
      has_type = true;
    }
    // "Name;" is how libcurl spells a header with an empty value.
    list = curl_slist_append(list, value.empty() ? (name + ";").c_str() : (name + ": " + value).c_str());
  }
  if (!has_type) list = curl_slist_append(list, "Content-Type:");  // not libcurl's own guess
  return std::unique_ptr<curl_slist, CurlFree>(list);
}

void set_method(CURL* handle, const Call& call) {
  const std::string& body = call.request.body;
  if (call.method == "HEAD") {
    curl_easy_setopt(handle, CURLOPT_NOBODY, 1L);
    return;
  }
  const bool with_body =
      call.send_body && (!body.empty() || call.method == "POST" || call.method == "PUT" || call.method == "PATCH");
  if (with_body) {
    curl_easy_setopt(handle, CURLOPT_POST, 1L);
    curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
    curl_easy_setopt(handle, CURLOPT_POSTFIELDS, body.data());
  }
  curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, call.method.c_str());
}

void set_credentials(CURL* handle, const Call& call) {
  const bool own = call.same_origin && !call.request.username.empty();
  const std::string& username = own ? call.request.username : call.place.username;
  const std::string& password = own ? call.request.password : call.place.password;
  if (username.empty() && password.empty()) return;
  curl_easy_setopt(handle, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
  curl_easy_setopt(handle, CURLOPT_USERNAME, username.c_str());
  curl_easy_setopt(handle, CURLOPT_PASSWORD, password.c_str());
}

void set_common(CURL* handle, Call& call) {
  const ClientRequest& request = call.request;
  curl_easy_setopt(handle, CURLOPT_URL, call.place.url.c_str());
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
  curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(request.connect_timeout.count()));
  curl_easy_setopt(handle, CURLOPT_USERAGENT, "quarterdeck");
  curl_easy_setopt(handle, CURLOPT_SSL_VERIFYPEER, request.verify_tls ? 1L : 0L);
  curl_easy_setopt(handle, CURLOPT_SSL_VERIFYHOST, request.verify_tls ? 2L : 0L);
  curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, call.reason.data());
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, take_body);
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, &call);
  curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, take_header);
  curl_easy_setopt(handle, CURLOPT_HEADERDATA, &call);
  if (request.cancelled) {
    curl_easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, ask_cancelled);
    curl_easy_setopt(handle, CURLOPT_XFERINFODATA, &call);
  }
  if (request.blocked && !request.blocked->empty()) {
    curl_easy_setopt(handle, CURLOPT_FRESH_CONNECT, 1L);  // a kept connection may have been made without asking
    curl_easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, open_allowed_socket);
    curl_easy_setopt(handle, CURLOPT_OPENSOCKETDATA, &call);
  }
}

std::string named(const Call& call) {
  return call.method + " " + call.place.url + ": ";
}

Result<> perform(Call& call, Clock::time_point deadline) {
  call.handle = thread_handle();
  if (call.handle == nullptr) return fail(ErrorKind::internal, "libcurl cannot be initialised");
  set_common(call.handle, call);
  set_method(call.handle, call);
  set_credentials(call.handle, call);
  const auto headers = header_list(call);
  curl_easy_setopt(call.handle, CURLOPT_HTTPHEADER, headers.get());
  if (call.request.timeout.count() > 0) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
    curl_easy_setopt(call.handle, CURLOPT_TIMEOUT_MS, static_cast<long>(std::max<long long>(left, 1)));
  }
  if (call.request.stall_timeout.count() > 0) {
    curl_easy_setopt(call.handle, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(call.handle, CURLOPT_LOW_SPEED_TIME, static_cast<long>(call.request.stall_timeout.count()));
  }
  const CURLcode code = curl_easy_perform(call.handle);
  call.response.effective_url = call.place.url;
  if (code == CURLE_OK || call.stopped) return {};
  if (call.too_large) {
    return fail(ErrorKind::too_large,
                named(call) + "the answer is larger than " + std::to_string(call.request.max_bytes) + " bytes");
  }
  if (!call.blocked.empty()) {
    return fail(ErrorKind::unavailable,
                named(call) + "the address " + call.blocked + " is blocked by quarterdeck.http.blockedAddresses");
  }
  const std::string reason = call.reason.front() != '\0' ? call.reason.data() : curl_easy_strerror(code);
  const bool bad_url = code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL;
  return fail(bad_url ? ErrorKind::invalid : ErrorKind::unavailable, named(call) + reason);
}

// Turns `call` into the one that the redirect asks for.
Result<> follow(Call& call) {
  char* target = nullptr;
  curl_easy_getinfo(call.handle, CURLINFO_REDIRECT_URL, &target);
  auto place = read_url(target == nullptr ? std::string() : target);
  if (!place)
    return fail(ErrorKind::unavailable, named(call) + "redirected to where it cannot go: " + place.error().message);
  const int status = call.response.status;
  if ((status == 303 && call.method != "HEAD") || ((status == 301 || status == 302) && call.method == "POST")) {
    call.method = "GET";
    call.send_body = false;
  }
  if (place->origin != call.place.origin) {
    call.same_origin = false;
  } else if (place->username.empty() && place->password.empty()) {
    place->username = call.place.username;
    place->password = call.place.password;
  }
  call.place = std::move(*place);
  call.response = {};
  call.header_bytes = 0;
  return {};
}

bool header_is_safe(const std::pair<std::string, std::string>& header) {
  const auto has_break = [](const std::string& text) {
    return text.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos;
  };
  return !header.first.empty() && header.first.find(':') == std::string::npos && !has_break(header.first) &&
         !has_break(header.second);
}

}  // namespace

std::string ClientResponse::header(std::string_view name) const {
  const std::string wanted = base::lower(name);
  const auto found =
      std::find_if(headers.begin(), headers.end(), [&](const auto& header) { return header.first == wanted; });
  return found == headers.end() ? std::string() : found->second;
}

Result<ClientResponse> fetch(const ClientRequest& request) {
  auto place = read_url(request.url);
  if (!place) return fail(place.error());
  Call call{request, std::move(*place), request.method};
  if (!std::all_of(request.headers.begin(), request.headers.end(), header_is_safe)) {
    return fail(ErrorKind::invalid,
                named(call) + "a header's name or value has a line break or a colon where none can be");
  }
  const auto deadline = Clock::now() + request.timeout;
  for (int redirects = 0; redirects <= kMaxRedirects; ++redirects) {
    if (auto performed = perform(call, deadline); !performed) return fail(performed.error());
    if (!call.is_redirect()) return std::move(call.response);
    if (auto followed = follow(call); !followed) return fail(followed.error());
  }
  return fail(ErrorKind::unavailable, named(call) + "more than 10 redirects");
}

}  // namespace qd::http
