// Why the server answers a request itself instead of handing it to the handler.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace qd::http {

struct Refusal {
  int status = 400;
  std::string message;  // for the person at the other end; never repeats a header's value
};

template <class T = void>
using Checked = tl::expected<T, Refusal>;

inline tl::unexpected<Refusal> refuse(int status, std::string message) {
  return tl::unexpected<Refusal>(Refusal{status, std::move(message)});
}

}  // namespace qd::http
