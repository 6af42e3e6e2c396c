#include "notify/smtp.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <curl/curl.h>
#include <memory>

namespace qd::notify {

namespace {

struct CurlFree {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

struct Upload {
  const std::string& text;
  std::size_t at = 0;
};

std::size_t give_text(char* buffer, std::size_t size, std::size_t count, void* opaque) {
  auto& upload = *static_cast<Upload*>(opaque);
  const auto part = std::min(size * count, upload.text.size() - upload.at);
  std::memcpy(buffer, upload.text.data() + upload.at, part);
  upload.at += part;
  return part;
}

int ask_cancelled(void* opaque, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return (*static_cast<const std::function<bool()>*>(opaque))() ? 1 : 0;
}

void set_tls(CURL* handle, const SmtpSettings& smtp) {
  using Tls = SmtpSettings::Tls;
  if (smtp.tls == Tls::if_offered) curl_easy_setopt(handle, CURLOPT_USE_SSL, static_cast<long>(CURLUSESSL_TRY));
  if (smtp.tls == Tls::starttls) curl_easy_setopt(handle, CURLOPT_USE_SSL, static_cast<long>(CURLUSESSL_ALL));
  curl_easy_setopt(handle, CURLOPT_SSL_VERIFYPEER, smtp.verify_certificate ? 1L : 0L);
  curl_easy_setopt(handle, CURLOPT_SSL_VERIFYHOST, smtp.verify_host ? 2L : 0L);
}

std::string url_of(const SmtpSettings& smtp) {
  const bool bare_v6 = smtp.host.find(':') != std::string::npos && smtp.host.front() != '[';
  const auto host = bare_v6 ? "[" + smtp.host + "]" : smtp.host;
  const char* scheme = smtp.tls == SmtpSettings::Tls::from_start ? "smtps://" : "smtp://";
  return scheme + host + ":" + std::to_string(smtp.port) + "/" + smtp.greeting_name;
}

}  // namespace

Result<> send_mail(const SmtpSettings& smtp, const std::string& from, const std::string& to, const std::string& message,
                   const std::function<bool()>& cancelled) {
  static const CURLcode initialised = curl_global_init(CURL_GLOBAL_DEFAULT);
  const std::unique_ptr<CURL, CurlFree> handle(initialised == CURLE_OK ? curl_easy_init() : nullptr);
  if (!handle) return fail(ErrorKind::internal, "libcurl cannot be initialised");
  CURL* curl = handle.get();
  const auto url = url_of(smtp);
  const auto sender = "<" + (smtp.envelope_sender.empty() ? from : smtp.envelope_sender) + ">";
  const std::unique_ptr<curl_slist, CurlFree> recipients(curl_slist_append(nullptr, ("<" + to + ">").c_str()));
  Upload upload{message};
  std::array<char, CURL_ERROR_SIZE> reason{};
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(smtp.connect_timeout.count()));
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(smtp.timeout.count()));
  curl_easy_setopt(curl, CURLOPT_MAIL_FROM, sender.c_str());
  curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients.get());
  curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(curl, CURLOPT_READFUNCTION, give_text);
  curl_easy_setopt(curl, CURLOPT_READDATA, &upload);
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, reason.data());
  if (!smtp.username.empty()) {
    curl_easy_setopt(curl, CURLOPT_USERNAME, smtp.username.c_str());
    curl_easy_setopt(curl, CURLOPT_PASSWORD, smtp.password.c_str());
  }
  if (cancelled) {
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, ask_cancelled);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, const_cast<std::function<bool()>*>(&cancelled));
  }
  set_tls(curl, smtp);
  const CURLcode code = curl_easy_perform(curl);
  if (code == CURLE_OK) return {};
  long answer = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer);
  const std::string what = reason.front() != '\0' ? reason.data() : curl_easy_strerror(code);
  const bool for_good = answer >= 500 && answer < 600 && code != CURLE_LOGIN_DENIED;
  return fail(for_good ? ErrorKind::invalid : ErrorKind::unavailable,
              "mail server " + smtp.host + ":" + std::to_string(smtp.port) + ": " + what +
                  (answer > 0 ? " (SMTP " + std::to_string(answer) + ")" : std::string()));
}

}  // namespace qd::notify
