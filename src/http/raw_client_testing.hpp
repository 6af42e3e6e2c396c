// A client for tests that speaks bytes: it can send what no well-behaved client sends.
#pragma once

#include <arpa/inet.h>
#include <array>
#include <chrono>
#include <cstdlib>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace qd::http {

struct RawAnswer {
  int status = 0;
  std::string head;  // with status line and empty line
  std::string body;  // chunks put together
  bool complete = false;

  std::string header(std::string_view name) const {
    const std::string wanted = "\r\n" + std::string(name) + ": ";
    const auto start = head.find(wanted);
    if (start == std::string::npos) return {};
    return head.substr(start + wanted.size(), head.find("\r\n", start + 2) - start - wanted.size());
  }
};

class RawClient {
 public:
  explicit RawClient(std::uint16_t port, int receive_buffer = 0) : descriptor_(::socket(AF_INET, SOCK_STREAM, 0)) {
    if (receive_buffer > 0) ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    const int on = 1;
    ::setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(descriptor_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
      ::close(descriptor_);
      throw std::runtime_error("cannot connect");
    }
  }
  ~RawClient() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  RawClient(RawClient&& other) noexcept
      : descriptor_(std::exchange(other.descriptor_, -1)), buffer_(std::move(other.buffer_)) {}
  RawClient& operator=(RawClient&&) = delete;

  // False when the server has closed.
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  void finish_sending() { ::shutdown(descriptor_, SHUT_WR); }

  // The next answer; `complete` is false when it did not arrive whole in time.
  RawAnswer receive(bool to_head_request = false) {
    RawAnswer answer;
    if (!fill_until([&] { return buffer_.find("\r\n\r\n") != std::string::npos; })) return answer;
    const auto end = buffer_.find("\r\n\r\n") + 4;
    answer.head = buffer_.substr(0, end);
    buffer_.erase(0, end);
    answer.status = std::atoi(answer.head.c_str() + 9);
    if (to_head_request || answer.status < 200 || answer.status == 204 || answer.status == 304) {
      answer.complete = true;
    } else if (answer.header("Transfer-Encoding") == "chunked") {
      receive_chunks(answer);
    } else {
      const auto length = static_cast<std::size_t>(std::atoll(answer.header("Content-Length").c_str()));
      answer.complete = fill_until([&] { return buffer_.size() >= length; });
      answer.body = buffer_.substr(0, length);
      buffer_.erase(0, length);
    }
    return answer;
  }

  // True when the server ends the connection within the time, whatever it still sends before.
  bool closed_by_server() {
    fill_until([] { return false; });
    return ended_;
  }

  // Reads until `text` has arrived.
  bool receive_text(std::string_view text) {
    return fill_until([&] { return buffer_.find(text) != std::string::npos; });
  }
  const std::string& buffered() const { return buffer_; }

 private:
  template <class Enough>
  bool fill_until(Enough enough) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!enough()) {
      if (ended_) return false;
      const auto left =
          std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
      pollfd poll{descriptor_, POLLIN, 0};
      if (left.count() <= 0 || ::poll(&poll, 1, static_cast<int>(left.count())) <= 0) return false;
      std::array<char, 65536> piece;
      const ssize_t got = ::recv(descriptor_, piece.data(), piece.size(), 0);
      if (got <= 0) {
        ended_ = true;
      } else {
        buffer_.append(piece.data(), static_cast<std::size_t>(got));
      }
    }
    return true;
  }

  void receive_chunks(RawAnswer& answer) {
    while (fill_until([&] { return buffer_.find("\r\n") != std::string::npos; })) {
      const auto line_end = buffer_.find("\r\n");
      const std::size_t size = std::strtoull(buffer_.c_str(), nullptr, 16);
      if (!fill_until([&] { return buffer_.size() >= line_end + 2 + size + 2; })) return;
      answer.body += buffer_.substr(line_end + 2, size);
      buffer_.erase(0, line_end + 2 + size + 2);
      if (size == 0) {
        answer.complete = true;
        return;
      }
    }
  }

  int descriptor_;
  std::string buffer_;
  bool ended_ = false;
};

}  // namespace qd::http
