#include "http/transport.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/uio.h>

namespace qd::http {

namespace {

constexpr std::size_t kMostPieces = 16;  // of one call

IoResult from_errno(IoStatus when_blocked) {
  return {errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? when_blocked : IoStatus::failed, 0};
}

class PlainTransport final : public Transport {
 public:
  explicit PlainTransport(int descriptor) : descriptor_(descriptor) {}

  IoResult handshake() override { return {IoStatus::ok, 0}; }

  IoResult read(std::span<char> into) override {
    const ssize_t got = ::recv(descriptor_, into.data(), into.size(), 0);
    if (got < 0) return from_errno(IoStatus::want_read);
    return {got == 0 ? IoStatus::end : IoStatus::ok, static_cast<std::size_t>(got)};
  }

  IoResult write(std::span<const std::string_view> pieces) override {
    std::array<iovec, kMostPieces> vectors{};
    const auto count = std::min(pieces.size(), vectors.size());
    for (std::size_t i = 0; i < count; ++i) vectors[i] = {const_cast<char*>(pieces[i].data()), pieces[i].size()};
    msghdr message{};
    message.msg_iov = vectors.data();
    message.msg_iovlen = count;
    const ssize_t sent = ::sendmsg(descriptor_, &message, MSG_NOSIGNAL);
    if (sent < 0) return from_errno(IoStatus::want_write);
    return {IoStatus::ok, static_cast<std::size_t>(sent)};
  }

  void say_goodbye() override { ::shutdown(descriptor_, SHUT_WR); }
  bool read_may_hide() const override { return false; }

 private:
  int descriptor_;
};

struct SslFree {
  void operator()(SSL* ssl) const { SSL_free(ssl); }
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};

class TlsTransport final : public Transport {
 public:
  TlsTransport(SSL_CTX* context, int descriptor) : ssl_(SSL_new(context)), descriptor_(descriptor) {
    if (!ssl_) throw std::bad_alloc();
    SSL_set_fd(ssl_.get(), descriptor);
    SSL_set_accept_state(ssl_.get());
  }

  IoResult handshake() override {
    ERR_clear_error();
    return judge(SSL_do_handshake(ssl_.get()), 0);
  }

  IoResult read(std::span<char> into) override {
    std::size_t got = 0;
    ERR_clear_error();
    const int outcome = SSL_read_ex(ssl_.get(), into.data(), into.size(), &got);
    return judge(outcome, got);
  }

  IoResult write(std::span<const std::string_view> pieces) override {
    const std::string_view piece = pieces.front();
    std::size_t sent = 0;
    ERR_clear_error();
    const int outcome = SSL_write_ex(ssl_.get(), piece.data(), piece.size(), &sent);
    return judge(outcome, sent);
  }

  void say_goodbye() override {
    if (SSL_is_init_finished(ssl_.get()) && !broken_) {
      ERR_clear_error();
      SSL_shutdown(ssl_.get());
    }
    ::shutdown(descriptor_, SHUT_WR);
  }

  bool read_may_hide() const override { return true; }

 private:
  IoResult judge(int outcome, std::size_t bytes) {
    if (outcome > 0) return {IoStatus::ok, bytes};
    switch (SSL_get_error(ssl_.get(), outcome)) {
      case SSL_ERROR_WANT_READ:
        return {IoStatus::want_read, 0};
      case SSL_ERROR_WANT_WRITE:
        return {IoStatus::want_write, 0};
      case SSL_ERROR_ZERO_RETURN:
        return {IoStatus::end, 0};
      default:
        broken_ = true;
        return {IoStatus::failed, 0};
    }
  }

  std::unique_ptr<SSL, SslFree> ssl_;
  int descriptor_;
  bool broken_ = false;
};

class OpenSslContext final : public TlsContext {
 public:
  explicit OpenSslContext(std::unique_ptr<SSL_CTX, SslFree> context) : context_(std::move(context)) {}
  std::unique_ptr<Transport> accept(int descriptor) const override {
    return std::make_unique<TlsTransport>(context_.get(), descriptor);
  }

 private:
  std::unique_ptr<SSL_CTX, SslFree> context_;
};

std::string openssl_reason() {
  std::array<char, 256> text{};
  const auto code = ERR_get_error();
  if (code == 0) return "unknown reason";
  ERR_error_string_n(code, text.data(), text.size());
  return text.data();
}

}  // namespace

Result<std::shared_ptr<TlsContext>> TlsContext::load(const std::string& certificate_file, const std::string& key_file) {
  ERR_clear_error();
  std::unique_ptr<SSL_CTX, SslFree> context(SSL_CTX_new(TLS_server_method()));
  if (!context) return fail(ErrorKind::internal, "TLS cannot be set up: " + openssl_reason());
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_mode(context.get(),
                   SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  if (SSL_CTX_use_certificate_chain_file(context.get(), certificate_file.c_str()) != 1) {
    return fail(ErrorKind::invalid,
                "the TLS certificate '" + certificate_file + "' cannot be used: " + openssl_reason());
  }
  if (SSL_CTX_use_PrivateKey_file(context.get(), key_file.c_str(), SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_check_private_key(context.get()) != 1) {
    return fail(ErrorKind::invalid, "the TLS key '" + key_file + "' cannot be used with the certificate '" +
                                        certificate_file + "': " + openssl_reason());
  }
  return std::make_shared<OpenSslContext>(std::move(context));
}

std::unique_ptr<Transport> plain_transport(int descriptor) {
  return std::make_unique<PlainTransport>(descriptor);
}

}  // namespace qd::http
