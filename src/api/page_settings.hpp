// How the pages look and what the login page says: rundeck.gui.* and rundeck.sso.* of the configuration.
#pragma once

#include <string>

namespace qd::api {

// HTML in it is sanitised by the page that shows it.
struct PageSettings {
  std::string title;
  std::string instance_name, instance_color, instance_text_color;
  std::string login_welcome, login_welcome_html, login_footer_html, login_disclaimer;
  std::string help_link, help_link_name;
  struct SingleSignOn {
    bool enabled = false;
    std::string title, url;  // `url` is below the context path, or whole
  } sso;
  bool local_login = true;  // does the login page ask for name and password?
};

}  // namespace qd::api
