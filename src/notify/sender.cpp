#include "notify/sender.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "http/client.hpp"
#include "notify/mime.hpp"
#include "notify/planner.hpp"
#include "notify/smtp.hpp"

namespace qd::notify {

namespace {

using End = Attempt::End;

constexpr std::size_t kMaxLogInside = 1u << 20;
constexpr std::size_t kMaxLogFile = 10u << 20;

Attempt failure(const Error& error) {
  return {error.kind == ErrorKind::invalid ? End::never : End::later, error.message};
}

const JsonObject& object_in(const JsonObject& content, std::string_view key) {
  static const JsonObject none;
  const Json* value = find(content, key);
  return value != nullptr && value->is_object() ? value->get_object() : none;
}

}  // namespace

Attempt judge_status(int status) {
  const auto text = "HTTP status " + std::to_string(status);
  if (status / 100 == 2) return {End::sent, text};
  const bool passing = status / 100 != 4 || status == 408 || status == 425 || status == 429;
  return {passing ? End::later : End::never, text};
}

Attempt Sender::send_webhook(const JsonObject& content, const std::function<bool()>& cancelled) const {
  http::ClientRequest request;
  request.method = text_or(content, "method", "POST");
  request.url = text_or(content, "url");
  request.body = text_or(content, "body");
  request.timeout = parts_.timeout;
  request.blocked = parts_.blocked;
  request.cancelled = cancelled;
  request.ignore_body = true;  // some receivers leave the connection open
  if (const Json* headers = find(content, "headers"); headers != nullptr && headers->is_array()) {
    for (const auto& header : headers->get_array()) {
      const auto* pair = header.if_array();
      if (pair == nullptr || pair->size() != 2) continue;
      request.headers.emplace_back(scalar_text((*pair)[0]).value_or(""), scalar_text((*pair)[1]).value_or(""));
    }
  }
  const auto answer = http::fetch(request);
  return answer ? judge_status(answer->status) : failure(answer.error());
}

Attempt Sender::send_mail(const store::Delivery& delivery, const JsonObject& content,
                          const std::function<bool()>& cancelled) const {
  MailMessage message;
  message.from = text_or(content, "from");
  message.to = text_or(content, "to");
  message.subject = text_or(content, "subject");
  message.html = text_or(content, "html");
  message.date = delivery.created;
  message.id = "delivery-" + std::to_string(delivery.id) + "." + std::to_string(delivery.created) + "@" + parts_.host;
  const auto& log = object_in(content, "log");
  const bool formatted = truth_or(log, "formatted", false);
  const auto file = text_or(log, "file");
  const auto read = [&](std::size_t most) {
    if (!parts_.read_log) return std::string("The log is not at hand.");
    auto text = parts_.read_log(delivery.execution, formatted, most);
    return text ? std::move(*text) : "The log could not be attached: " + text.error().message;
  };
  std::string inside;
  if (truth_or(log, "inside", false)) inside = base::html_escape(read(kMaxLogInside));
  message.html = base::replace_all(message.html, log_reference, inside);
  if (!file.empty()) message.file = MailFile{file, text_or(log, "type", "text/plain"), read(kMaxLogFile)};
  const auto sent = notify::send_mail(parts_.mail.smtp, address_of(message.from), address_of(message.to),
                                      write_mime(message), cancelled);
  const auto& smtp = parts_.mail.smtp;
  return sent ? Attempt{End::sent, "taken by " + smtp.host + ":" + std::to_string(smtp.port)} : failure(sent.error());
}

Attempt Sender::send_plugin(const store::Delivery& delivery, const JsonObject& content,
                            const std::function<bool()>& cancelled) const {
  if (delivery.type == http_notification) {
    return send_http_notification(parts_, delivery.execution, object_in(content, "config"), cancelled);
  }
  if (parts_.plugin) {
    if (auto attempt = parts_.plugin(delivery, content, cancelled)) return std::move(*attempt);
  }
  auto names = parts_.installed ? parts_.installed() : std::vector<std::string>();
  names.emplace_back(http_notification);
  std::sort(names.begin(), names.end());
  return {End::never, "there is no notification plugin '" + delivery.type +
                          "' on this server; there are: " + base::join(names, ", ")};
}

Attempt Sender::attempt(const store::Delivery& delivery, const std::function<bool()>& cancelled) const {
  const auto content = parse_json(delivery.content);
  if (!content || !content->is_object()) return {End::never, "what was to be sent cannot be read"};
  const auto& object = content->get_object();
  if (delivery.kind == "webhook") return send_webhook(object, cancelled);
  if (delivery.kind == "email") return send_mail(delivery, object, cancelled);
  if (delivery.kind == "plugin") return send_plugin(delivery, object, cancelled);
  return {End::never, "'" + delivery.kind + "' is no kind of notification that this version knows"};
}

}  // namespace qd::notify
