// What a streaming answer and its connection share: the bytes that wait, and how the stream ended. Knows no sockets.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "http/message.hpp"

namespace qd::http {

// Thread-safe. Writers reach it through the handle that `make_handle` gives out; the connection takes the bytes off the
// other end.
class StreamState : public std::enable_shared_from_this<StreamState> {
 public:
  // `wake` is called from any thread when there is something to do: bytes after none, a close, an overflow. Not under
  // the lock.
  StreamState(std::size_t max_buffer, std::function<void()> wake);

  // The stream for the handler. When its last reference goes without close(), the stream is cut.
  std::shared_ptr<Stream> make_handle();

  struct Pending {
    std::vector<SharedBytes> pieces;  // to be sent now; sent() must follow
    std::size_t bytes = 0;            // of all pieces
    bool finish = false;              // closed by the writer: end the answer after them
  };
  Pending take();
  bool is_cut() const;           // the connection is to end at once, whatever is being sent
  void sent(std::size_t bytes);  // so many of the bytes taken have reached the socket
  // The stream is over, for whatever reason; writers see it, callbacks run. Only the first call counts.
  void end();

  bool write(std::string chunk);
  bool write(SharedBytes chunk);
  void close();
  void cut();  // drops what waits and asks the connection to end
  bool open() const;
  std::size_t buffered() const;
  void on_close(std::function<void()> callback);
  void on_drain(std::function<void()> callback);

 private:
  enum class Phase { open, closing, cut, ended };
  using Callbacks = std::vector<std::function<void()>>;
  enum class Taken { first, more, refused, too_much };
  Taken room_for(std::size_t bytes);  // with the lock held
  bool after(Taken taken);            // without

  const std::size_t max_buffer_;
  const std::function<void()> wake_;
  mutable std::mutex mutex_;
  Phase phase_ = Phase::open;
  std::vector<SharedBytes> pending_;
  std::shared_ptr<std::string> own_;  // the last of them, when no other stream has it: small writes go on in it
  std::size_t buffered_ = 0;          // pending and taken, not yet sent
  Callbacks close_callbacks_, drain_callbacks_;
};

}  // namespace qd::http
