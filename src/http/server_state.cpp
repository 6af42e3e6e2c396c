#include "http/server_state.hpp"

#include "base/logging.hpp"

namespace qd::http {

Response ServerState::error_page(int status, const std::string& message, const Request& request) const noexcept {
  Response page;
  try {
    if (config.error_page) {
      page = config.error_page(status, message, request);
    } else {
      page = Response::text(status, message + "\n");
    }
  } catch (const std::exception& error) {
    base::log_error("http", std::string("the error page threw: ") + error.what());
    page = Response::text(status, message + "\n");
  }
  page.stream = nullptr;
  if (status == 503 && !page.headers.contains(std::string_view("Retry-After")))
    page.headers.emplace("Retry-After", "1");
  return page;
}

}  // namespace qd::http
