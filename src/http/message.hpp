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
  // The path without query, repeated slashes made one. `path` is decoded once and for people and logs; `raw_path` still
  // has its escapes and is what Router::find takes, so that "a%2Fb" stays one segment. Both come from the server free
  // of
  // "." and ".." segments (however they were spelt), control characters and broken UTF-8: those are answered 400.
  std::string path;
  std::string raw_path;
  std::vector<std::pair<std::string, std::string>> query;  // decoded, in order; a trailing "?" or "?&&" is harmless
  Headers headers;
  std::string body;
  // Filled from the body when it is application/x-www-form-urlencoded (the body stays) or multipart/form-data (the body
  // is then empty, its parts hold all of it).
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

// Bytes that several streams may send without a copy of their own.
using SharedBytes = std::shared_ptr<const std::string>;

// An answer that goes on after its headers: server-sent events, big downloads. Thread-safe. A stream that nobody holds
// any more and that was not closed is cut off, so that the client sees that the answer is incomplete. Callbacks may run
// on a server thread: they must not block.
class Stream {
 public:
  virtual ~Stream() = default;
  // Queues bytes. False when the peer is gone or reads too slowly (more than the server's stream limit is waiting); the
  // stream is then closed.
  virtual bool write(std::string chunk) = 0;
  virtual bool write(SharedBytes chunk) = 0;  // the same; not null
  virtual void close() = 0;                   // ends the answer once everything queued is sent
  virtual bool open() const = 0;
  virtual std::size_t buffered() const = 0;  // bytes not yet handed to the socket
  virtual void on_close(
      std::function<void()> callback) = 0;  // called once, from any thread, also when it is closed already
  virtual void on_drain(
      std::function<void()> callback) = 0;  // called once when nothing is buffered any more; never after the close
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
