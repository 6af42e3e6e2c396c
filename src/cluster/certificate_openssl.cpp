#include "cluster/certificate_openssl.hpp"

#include <new>
#include <openssl/err.h>

namespace qd::cluster::openssl {

Bio new_buffer() {
  Bio buffer(BIO_new(BIO_s_mem()));
  if (!buffer) throw std::bad_alloc();
  return buffer;
}

Bio read_buffer(std::string_view text) {
  Bio buffer(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  if (!buffer) throw std::bad_alloc();
  return buffer;
}

std::string text_of(const Bio& buffer) {
  char* data = nullptr;
  const long length = BIO_get_mem_data(buffer.get(), &data);
  return length > 0 ? std::string(data, static_cast<std::size_t>(length)) : std::string();
}

std::string take_reason() {
  const char* reason = ERR_reason_error_string(ERR_peek_last_error());
  std::string text = reason == nullptr ? "" : std::string(" (") + reason + ")";
  ERR_clear_error();
  return text;
}

}  // namespace qd::cluster::openssl
