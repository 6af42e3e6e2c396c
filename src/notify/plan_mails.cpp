#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/logging.hpp"
#include "base/text.hpp"
#include "model/expand.hpp"
#include "notify/markdown.hpp"
#include "notify/mime.hpp"
#include "notify/planner.hpp"

namespace qd::notify {

namespace {

constexpr std::uintmax_t kMaxTemplate = 1u << 20;
constexpr std::size_t kMaxRecipients = 1'000;
constexpr const char* kSubject =
    "${notification.eventStatus} [${execution.project}] ${job.group}/${job.name} ${execution.argstring}";

model::DataContext escaped(const model::DataContext& context) {
  model::DataContext safe;
  for (const auto& name : context.group_names()) {
    auto group = context.group(name);
    for (auto& [key, value] : group) value = base::html_escape(value);
    safe.set_group(name, std::move(group));
  }
  return safe;
}

std::string setting(const PlanInput& input, const char* name) {
  const auto& job = *input.event.job;
  return input.config.mail.of_template(job.project, job.name, input.event.trigger, name);
}

std::optional<std::string> read_template(const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) return std::nullopt;
  if (std::filesystem::file_size(path, error) > kMaxTemplate || error) {
    base::log_warn("notify", "mail template " + path.string() + " is larger than 1 MiB, and is not used");
    return std::nullopt;
  }
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return file ? std::optional(text.str()) : std::nullopt;
}

// The configured template, filled; nullopt: there is none, or none can be read.
std::optional<std::string> filled_template(const PlanInput& input) {
  if (const auto body = setting(input, "body"); !body.empty()) return model::expand_text(body, escaped(input.context));
  const auto& mail = input.config.mail;
  std::vector<std::string> paths{setting(input, "file"), mail.of_any("file")};
  if (paths.front() == paths.back()) paths.pop_back();
  std::string tried;
  for (const auto& written : paths) {
    if (written.empty()) continue;
    const auto path = std::filesystem::path(mail.base_folder) / model::expand_text(written, input.context);
    tried += " " + path.string();
    const auto text = read_template(path);
    if (!text) continue;
    const auto filled = model::expand_text(*text, escaped(input.context));
    const auto extension = path.extension();
    return extension == ".md" || extension == ".markdown" ? markdown_to_html(filled) : filled;
  }
  if (!tried.empty()) base::log_warn("notify", "mail templates were not found, the default is used:" + tried);
  return std::nullopt;
}

struct LogWish {
  bool inside = false, as_file = false;
};

LogWish log_wish(const PlanInput& input, const JsonObject& settings) {
  LogWish wish;
  if (input.event.trigger == model::trigger::start || !truth_or(settings, "attachLog", false)) return wish;
  wish.inside = truth_or(settings, "attachLogInline", false);
  wish.as_file = truth_or(settings, "attachLogInFile", false) || !wish.inside;
  return wish;
}

JsonObject log_settings(const PlanInput& input, const LogWish& wish) {
  const auto extension = setting(input, "log.extension");
  const auto type = setting(input, "log.contentType");
  return {{"inside", wish.inside},
          {"file", wish.as_file ? input.event.job->name + "-" + std::to_string(input.event.execution.id) + "." +
                                      (extension.empty() ? "log" : extension)
                                : std::string()},
          {"type", type.empty() ? "text/plain" : type},
          {"formatted", base::iequals(setting(input, "log.formatted"), "true")}};
}

std::string subject_of(const PlanInput& input, const JsonObject& settings) {
  auto subject = text_or(settings, "subject");
  if (subject.empty()) subject = setting(input, "subject");
  if (subject.empty()) subject = kSubject;
  return std::string(base::trim(model::expand_text(subject, input.context)));
}

}  // namespace

std::vector<store::Delivery> plan_mails(const PlanInput& input, const JsonObject& settings) {
  const auto& mail = input.config.mail;
  if (mail.disabled) return {};
  const auto recipients = base::split_trimmed(model::expand_text(text_or(settings, "recipients"), input.context), ',');
  const auto subject = subject_of(input, settings);
  const auto wish = log_wish(input, settings);
  const auto body = filled_template(input);
  JsonObject content{{"from", mail.from},
                     {"subject", subject},
                     {"html", body ? *body : default_mail(input, subject)},
                     {"log", log_settings(input, wish)}};
  std::vector<store::Delivery> deliveries;
  for (const auto& recipient : recipients) {
    if (deliveries.size() == kMaxRecipients) {
      base::log_warn("notify", "a notification of execution " + std::to_string(input.event.execution.id) +
                                   " has more than 1,000 recipients; the rest is left out");
      break;
    }
    store::Delivery delivery;
    delivery.target = recipient;
    content["to"] = mail.only_to.empty() ? recipient : mail.only_to;
    delivery.content = boost::json::serialize(content);
    const bool unfilled = recipient.find("${") != std::string::npos;
    if (unfilled || !is_mailbox(recipient)) {
      delivery.state = "failed";
      delivery.outcome = unfilled ? "'" + recipient + "' has no value here, so that there is nobody to send to"
                                  : "'" + recipient + "' is no mail address";
    }
    deliveries.push_back(std::move(delivery));
  }
  if (recipients.empty()) {
    store::Delivery delivery;
    delivery.state = "failed";
    delivery.outcome = "there are no recipients: '" + text_or(settings, "recipients") + "' is empty here";
    deliveries.push_back(std::move(delivery));
  }
  return deliveries;
}

}  // namespace qd::notify
