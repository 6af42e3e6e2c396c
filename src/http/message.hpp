// What a handler gets and what it gives back. No framework types, no domain words.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace qd::http {

struct CaseInsensitiveLess {
  using is_transparent = void;
  bool operator()(std::string_view a, std::string_view b) const;
};
using Headers = std::multimap<std::string, std::string, CaseInsensitiveLess>;

// A part of a multipart body.
struct Part {
  std::string name;
  std::string file_name;  // "" for a plain field
  std::string content_type;
  std::string content;
};

struct Request {
  std::string method;  // upper case
  std::string target;  // as sent
  std::string path;    // decoded, without query; a trailing "?" or "?&&" is harmless
  std::vector<std::pair<std::string, std::string>> query;  // decoded, in order
  Headers headers;
  std::string body;
  // Filled from the body when it is application/x-www-form-urlencoded or multipart/form-data.
  std::vector<std::pair<std::string, std::string>> form;
  std::vector<Part> parts;
  std::string remote_address;
  bool secure = false;  // arrived over TLS (or a trusted proxy says so)
  std::string id;       // for logs

  std::optional<std::string> header(std::string_view name) const;
  std::string header_or(std::string_view name, std::string_view fallback) const;
  // First value in the query, then in the form, then among the plain multipart fields.
  std::optional<std::string> parameter(std::string_view name) const;
  std::vector<std::string> parameters(std::string_view name) const;  // all values, query first
  const Part* part(std::string_view name) const;
  std::optional<std::string> cookie(std::string_view name) const;
  // The media type of Content-Type without parameters, lower case; "" when absent.
  std::string content_type() const;
};

// An answer that goes on after its headers: server-sent events, big downloads. Thread-safe.
class Stream {
 public:
  virtual ~Stream() = default;
  // Queues bytes. False when the peer is gone or reads too slowly (more than the server's stream limit is waiting); the
  // stream is then closed.
  virtual bool write(std::string chunk) = 0;
  virtual void close() = 0;
  virtual bool open() const = 0;
  virtual std::size_t buffered() const = 0;  // bytes not yet handed to the socket
  virtual void on_close(
      std::function<void()> callback) = 0;  // called once, from any thread, also when it is closed already
  virtual void on_drain(std::function<void()> callback) = 0;  // called once when nothing is buffered any more
};

struct Response {
  int status = 200;
  Headers headers;
  std::string body;
  // When set, the body is ignored: headers are sent (chunked), then this is called with the stream on a server thread;
  // it must not block.
  std::function<void(std::shared_ptr<Stream>)> stream;

  static Response text(int status, std::string body, std::string_view content_type = "text/plain;charset=utf-8");
  static Response json(int status, std::string body);
  static Response redirect(const std::string& location, int status = 302);
};

}  // namespace qd::http
