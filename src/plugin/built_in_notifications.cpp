// Notifications that are built in; notify/ delivers them.
#include "plugin/describe.hpp"

namespace qd::plugin {

std::vector<Provider> built_in_notifications() {
  return {
      Description(service::notification, "email", "Send Email", "Sends a mail to each recipient.")
          .text("recipients", "To", "Addresses separated by commas; ${option.x} is possible")
          .needed()
          .text("subject", "Subject")
          .flag("attachLog", "Attach the output")
          .flag("attachLogInFile", "As a file")
          .flag("attachLogInline", "In the text"),
      Description(service::notification, "url", "Send Webhook", "Posts the execution to URLs.")
          .text("urls", "URLs", "Separated by commas")
          .needed()
          .choice("httpMethod", "Method", {{"post", "POST"}, {"get", "GET"}})
          .standard("post")
          .choice("format", "Format", {{"xml", "XML"}, {"json", "JSON"}})
          .standard("xml"),
      Description(service::notification, "HttpNotification", "HTTP Notification", "Sends an HTTP request.")
          .text("remoteUrl", "URL", "http:// or https://; ${execution.id} and the like are filled in")
          .needed()
          .choice("method", "Method",
                  {{"POST", "POST"},
                   {"PUT", "PUT"},
                   {"PATCH", "PATCH"},
                   {"GET", "GET"},
                   {"DELETE", "DELETE"},
                   {"HEAD", "HEAD"}})
          .standard("POST")
          .needed()
          .lines("body", "Body")
          .text("contentType", "Type of the body", "application/json")
          .lines("headers", "Headers", "JSON or YAML: X-Team: ops")
          .choice("authentication", "Authentication",
                  {{"None", "None"}, {"Basic", "Name and password"}, {"OAuth 2.0", "OAuth 2.0, client credentials"}})
          .text("username", "User name or client id")
          .key("password", "Password or client secret", "password", "A path in the key storage")
          .text("oauthTokenEndpoint", "Address of tokens", "Of OAuth 2.0")
          .number("timeout", "Time limit", "In milliseconds")
          .standard("30000")
          .flag("noSSLVerification", "Do not check the server's certificate"),
  };
}

}  // namespace qd::plugin
