// A connected, non-blocking socket that is read and written in the clear or through TLS. Knows no event loop: it says
// what to wait for.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace qd::http {

enum class IoStatus {
  ok,          // `bytes` were moved
  want_read,   // call again once the socket is readable
  want_write,  // call again once the socket is writable
  end,         // the peer sends no more
  failed,      // the connection is lost
};

struct IoResult {
  IoStatus status = IoStatus::failed;
  std::size_t bytes = 0;
};

// Used by one thread at a time. Does not own the descriptor.
class Transport {
 public:
  virtual ~Transport() = default;
  virtual IoResult handshake() = 0;
  virtual IoResult read(std::span<char> into) = 0;
  // Writes from the pieces, one after the other, none of them empty; may write less.
  virtual IoResult write(std::span<const std::string_view> pieces) = 0;
  virtual void say_goodbye() = 0;          // tells the peer that no more is written
  virtual bool read_may_hide() const = 0;  // bytes can be waiting although the socket is not readable
};

// Certificate, key and settings of a TLS server: 1.2 and 1.3. Thread-safe.
class TlsContext {
 public:
  static Result<std::shared_ptr<TlsContext>> load(const std::string& certificate_file, const std::string& key_file);
  virtual ~TlsContext() = default;
  virtual std::unique_ptr<Transport> accept(int descriptor) const = 0;
};

std::unique_ptr<Transport> plain_transport(int descriptor);

}  // namespace qd::http
