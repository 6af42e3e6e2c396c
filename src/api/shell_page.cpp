#include "api/shell_page.hpp"

#include "api/first_page.hpp"
#include "base/id.hpp"
#include "base/json.hpp"
#include "base/text.hpp"

namespace qd::api {
namespace {

// What index.html has where the server writes.
constexpr std::string_view kBoot = R"({"base":"","nonce":""})";
constexpr std::string_view kNoScript = "<!--qd-noscript-->";
constexpr std::string_view kFiles = "\"./";
constexpr std::string_view kFirst = "<!--qd-first-->";

std::string single_sign_on_url(const Services& services) {
  const std::string& url = services.pages.sso.url;
  const std::string start = base::lower(url.substr(0, 8));
  if (start.starts_with("https://") || start.starts_with("http://")) return url;
  return services.context_path + (url.starts_with('/') ? "" : "/") + url;
}

std::string form(const Services& services, const std::string& message) {
  std::string body = "<h1>Quarterdeck</h1>";
  if (!message.empty()) body += "<p role=\"alert\">" + base::html_escape(message) + "</p>";
  const auto& sso = services.pages.sso;
  if (sso.enabled)
    body += "<p><a href=\"" + base::html_escape(single_sign_on_url(services)) + "\">" + base::html_escape(sso.title) +
            "</a></p>";
  if (!services.pages.local_login) return body;
  return body + "<form method=\"post\" action=\"" + services.context_path +
         "/j_security_check\"><p><label>Username <input name=\"j_username\" autocomplete=\"username\"></label></p>"
         "<p><label>Password <input name=\"j_password\" type=\"password\" "
         "autocomplete=\"current-password\"></label></p>"
         "<p><button>Log in</button></p></form>";
}

JsonObject look(const PageSettings& pages) {
  JsonObject json;
  const std::pair<const char*, const std::string*> texts[] = {{"title", &pages.title},
                                                              {"instanceName", &pages.instance_name},
                                                              {"instanceColor", &pages.instance_color},
                                                              {"instanceTextColor", &pages.instance_text_color},
                                                              {"welcome", &pages.login_welcome},
                                                              {"welcomeHtml", &pages.login_welcome_html},
                                                              {"footerHtml", &pages.login_footer_html},
                                                              {"disclaimer", &pages.login_disclaimer},
                                                              {"helpLink", &pages.help_link},
                                                              {"helpLinkName", &pages.help_link_name}};
  for (const auto& [name, text] : texts) {
    if (!text->empty()) json[name] = *text;
  }
  return json;
}

Json single_sign_on(const Services& services) {
  const auto& sso = services.pages.sso;
  if (!sso.enabled) return nullptr;
  return JsonObject{{"title", sso.title}, {"url", single_sign_on_url(services)}};
}

// The title of the login page and the rest of its texts are for everybody; version, member and roles are not.
JsonObject boot_facts(const Services& services, const ShellPage& page, const FirstPage& first,
                      const std::string& nonce) {
  JsonObject boot{{"base", services.context_path},
                  {"nonce", nonce},
                  {"gui", look(services.pages)},
                  {"sso", single_sign_on(services)},
                  {"localLogin", services.pages.local_login}};
  if (!page.message.empty()) boot["message"] = page.message;
  if (page.who == nullptr) return boot;
  const service::MemberFacts& member = services.system.member();
  boot["user"] = page.who->user;
  boot["roles"] = JsonArray(page.who->roles.begin(), page.who->roles.end());
  boot["version"] = member.version;
  boot["member"] = JsonObject{{"name", member.node_name}, {"uuid", member.server_uuid}, {"cluster", member.cluster}};
  boot["first"] = JsonObject{{"asks", first.asks}, {"named", first.named}};
  return boot;
}

// Inside a script element nothing may look like its end.
std::string script_text(const JsonObject& json) {
  return base::replace_all(boost::json::serialize(json), "<", "\\u003c");
}

// Browsers fetch what is named here while they still read the document, and not only when a script names it.
std::string links(const Services& services, const JsonArray& files) {
  std::string text;
  for (const Json& file : files) {
    const std::string name(file.as_string());
    text += "<link rel=\"";
    text += name.ends_with(".css") ? "stylesheet" : "modulepreload";
    text += "\" crossorigin href=\"" + services.context_path + '/' + name + "\">\n";
  }
  return text;
}

std::string policy(const std::string& nonce) {
  return "default-src 'self'; style-src 'self' 'nonce-" + nonce +
         "'; img-src 'self' data:; frame-ancestors 'none'; form-action 'self'; base-uri 'none'; object-src 'none'";
}

// For a server that was built without pages.
std::string plain_document(const Services& services, const ShellPage& page) {
  const std::string body =
      page.login_form ? form(services, page.message)
                      : "<h1>Quarterdeck</h1><p>This server was built without its web interface: use the API or the "
                        "command <code>qd</code>.</p><p><a href=\"" +
                            services.context_path + "/user/logout\">Log out</a></p>";
  return "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
         "content=\"width=device-width\"><title>Quarterdeck</title></head><body><main>" +
         body + "</main></body></html>\n";
}

}  // namespace

http::Response shell_page(const Services& services, const ShellPage& page) {
  const std::string_view document = services.web.text("index.html");
  if (document.empty()) {
    return http::Response::text(page.status, plain_document(services, page), "text/html;charset=UTF-8");
  }
  const std::string nonce = base::random_token(24);
  std::string text = base::replace_all(document, kFiles, '"' + services.context_path + '/');
  text = base::replace_all(text, kNoScript,
                           page.login_form
                               ? form(services, page.message)
                               : "<p>These pages need scripts: allow them for this site, or use the API or the "
                                 "command <code>qd</code>.</p>");
  const FirstPage first = first_page(services.web.text("pages.json"), page.login_form ? "/user/login" : page.path);
  text = base::replace_all(text, kFirst, links(services, first.files));
  text = base::replace_all(text, kBoot, script_text(boot_facts(services, page, first, nonce)));
  http::Response response = http::Response::text(page.status, std::move(text), "text/html;charset=UTF-8");
  response.headers.emplace("Content-Security-Policy", policy(nonce));
  return response;
}

}  // namespace qd::api
