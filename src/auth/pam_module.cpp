#include "auth/pam_module.hpp"

#include <cstdlib>
#include <cstring>
#include <grp.h>
#include <pwd.h>
#include <security/pam_appl.h>

#include "auth/password.hpp"

namespace qd::auth {
namespace {

constexpr std::size_t most_groups = 4096;
constexpr std::size_t largest_entry = 1 << 20;

// Answers every question with the password: PAM asks for nothing else of somebody whose name it knows.
int answer_pam(int count, const pam_message** messages, pam_response** answers, void* password) {
  if (count <= 0 || count > PAM_MAX_NUM_MSG) return PAM_CONV_ERR;
  // PAM frees it with free().
  auto* made = static_cast<pam_response*>(std::calloc(static_cast<std::size_t>(count), sizeof(pam_response)));
  if (made == nullptr) return PAM_BUF_ERR;
  for (int at = 0; at < count; ++at) {
    const int style = messages[at]->msg_style;
    if (style == PAM_PROMPT_ECHO_OFF || style == PAM_PROMPT_ECHO_ON)
      made[at].resp = strdup(static_cast<const char*>(password));
  }
  *answers = made;
  return PAM_SUCCESS;
}

class PamSession {
 public:
  PamSession(const PamModuleConfig& config, const std::string& user, const std::string& password)
      : conversation_{answer_pam, const_cast<char*>(password.c_str())} {
    status_ = config.folder.empty() ? pam_start(config.service.c_str(), user.c_str(), &conversation_, &handle_)
                                    : pam_start_confdir(config.service.c_str(), user.c_str(), &conversation_,
                                                        config.folder.c_str(), &handle_);
  }
  ~PamSession() {
    if (handle_ != nullptr) pam_end(handle_, status_);
  }
  PamSession(const PamSession&) = delete;
  PamSession& operator=(const PamSession&) = delete;

  int check() {
    if (status_ == PAM_SUCCESS) status_ = pam_authenticate(handle_, PAM_SILENT | PAM_DISALLOW_NULL_AUTHTOK);
    if (status_ == PAM_SUCCESS) status_ = pam_acct_mgmt(handle_, PAM_SILENT | PAM_DISALLOW_NULL_AUTHTOK);
    return status_;
  }
  // Modules may have given him another name.
  std::string user() const {
    const void* name = nullptr;
    if (pam_get_item(handle_, PAM_USER, &name) != PAM_SUCCESS || name == nullptr) return {};
    return static_cast<const char*>(name);
  }
  std::string reason() const { return pam_strerror(handle_, status_); }

 private:
  pam_conv conversation_;
  pam_handle_t* handle_ = nullptr;
  int status_ = PAM_SYSTEM_ERR;
};

std::string group_name(gid_t id) {
  std::vector<char> buffer(4096);
  group entry{};
  group* found = nullptr;
  while (getgrgid_r(id, &entry, buffer.data(), buffer.size(), &found) == ERANGE && buffer.size() < largest_entry)
    buffer.resize(buffer.size() * 4);
  return found == nullptr ? std::string() : std::string(found->gr_name);
}

std::vector<std::string> groups_of(const std::string& user) {
  std::vector<char> buffer(4096);
  passwd entry{};
  passwd* found = nullptr;
  while (getpwnam_r(user.c_str(), &entry, buffer.data(), buffer.size(), &found) == ERANGE &&
         buffer.size() < largest_entry)
    buffer.resize(buffer.size() * 4);
  if (found == nullptr) return {};
  std::vector<gid_t> ids(64);
  int count = static_cast<int>(ids.size());
  while (getgrouplist(user.c_str(), found->pw_gid, ids.data(), &count) < 0 && ids.size() < most_groups) {
    ids.resize(ids.size() * 4);
    count = static_cast<int>(ids.size());
  }
  std::vector<std::string> names;
  for (int at = 0; at < count && at < static_cast<int>(ids.size()); ++at)
    names.push_back(group_name(ids[static_cast<std::size_t>(at)]));
  return names;
}

class PamModule final : public LoginModule {
 public:
  explicit PamModule(PamModuleConfig config) : config_(std::move(config)) {}

  std::string name() const override { return config_.name; }

  LoginOutcome log_in(const Credentials& credentials, SharedLogin& shared) override {
    const auto& [user, password] = credentials;
    if (user.empty() || password.empty() || password.size() > longest_password ||
        user.find('\0') != std::string::npos || password.find('\0') != std::string::npos) {
      return {LoginOutcome::Kind::bad, {}, "user or password is empty, too long or holds a NUL"};
    }
    PamSession session(config_, user, password);
    const int status = session.check();
    if (status != PAM_SUCCESS) {
      const bool lost = status == PAM_SYSTEM_ERR || status == PAM_AUTHINFO_UNAVAIL || status == PAM_ABORT ||
                        status == PAM_BUF_ERR || status == PAM_SERVICE_ERR;
      return {lost ? LoginOutcome::Kind::unavailable : LoginOutcome::Kind::bad, {}, session.reason()};
    }
    LoginOutcome outcome{LoginOutcome::Kind::good, {}, ""};
    outcome.facts.user = session.user();
    add_roles(outcome.facts.roles, config_.supplemental_roles);
    if (config_.unix_groups) add_roles(outcome.facts.roles, groups_of(outcome.facts.user));
    shared.stored |= config_.store_pass;
    return outcome;
  }

 private:
  PamModuleConfig config_;
};

}  // namespace

std::unique_ptr<LoginModule> make_pam_module(PamModuleConfig config) {
  return std::make_unique<PamModule>(std::move(config));
}

}  // namespace qd::auth
