#include <algorithm>

#include "base/text.hpp"
#include "codec/job_decode.hpp"

namespace qd::codec {
namespace {

using model::Notification;

JsonObject read_email(const JsonObject& object, FieldPath path, const std::string& subject, FieldProblem& problem) {
  Fields fields(object, std::move(path), subject, problem);
  JsonObject config;
  for (const char* key : {"recipients", "subject"}) {
    if (auto text = fields.maybe_text(key)) config[key] = *text;
  }
  for (const char* key : {"attachLog", "attachLogInFile", "attachLogInline"}) {
    if (auto truth = fields.maybe_flag(key)) config[key] = *truth;
  }
  const auto is_set = [&](const char* key) { return config.contains(key); };
  if (is_set("attachLog") && config["attachLog"].as_bool() && !is_set("attachLogInFile") &&
      !is_set("attachLogInline")) {
    config["attachLogInFile"] = true;  // the peer's default place
  }
  for (const auto& entry : fields.rest()) config[entry.key()] = entry.value();
  return config;
}

Notification read_plugin(const Json& value, const FieldPath& path, const std::string& subject, FieldProblem& problem) {
  Notification notification;
  const JsonObject* object = value.if_object();
  if (!object) {
    problem.report(path, subject + ": 'plugin' must be a map, not " + shown(value));
    return notification;
  }
  Fields fields(*object, path, subject + " plugin", problem);
  notification.type = fields.text("type");
  if (notification.type.empty()) fields.wrong("type", "is required");
  const Json* config = fields.take("configuration");
  if (config && config->is_string() && !config->get_string().empty()) {
    notification.config = JsonObject{{"_content", *config}};  // how the peer keeps a bare text
  } else if (const JsonObject* settings = fields.object("configuration")) {
    notification.config = *settings;
  }
  return notification;
}

// All that one trigger tells, from one map: several kinds may share it.
class TriggerReader {
 public:
  TriggerReader(std::string trigger, std::vector<Notification>& found, FieldProblem& problem)
      : trigger_(std::move(trigger)), subject_("notification " + trigger_), found_(found), problem_(problem) {}

  void read(const Json& value, FieldPath path) {
    const JsonObject* object = value.if_object();
    if (!object) {
      problem_.report(std::move(path), subject_ + " must be a map, not " + shown(value));
      return;
    }
    if (object->contains("type")) return read_named_kind(*object, std::move(path));
    Fields fields(*object, std::move(path), subject_, problem_);
    read_emails(fields);
    read_plugins(fields);
    read_webhook(fields);
  }

 private:
  // `type: email` with its settings beside it: people write built-in kinds like plugins, and mean them.
  void read_named_kind(const JsonObject& object, FieldPath path) {
    Fields fields(object, std::move(path), subject_, problem_);
    const std::string type = fields.text("type");
    const char* key = object.contains("config") ? "config" : "configuration";
    if (type != "email" && type != "url" && type != "urls") {
      JsonObject plugin{{"type", type}};
      if (const Json* config = fields.take(key)) plugin["configuration"] = *config;
      Notification notification = read_plugin(Json(std::move(plugin)), fields.path_of("type"), subject_, problem_);
      notification.trigger = trigger_;
      found_.push_back(std::move(notification));
    } else if (const JsonObject* config = fields.object(key)) {
      if (type == "email") {
        add(Notification::Kind::email, read_email(*config, fields.path_of(key), subject_ + " email", problem_));
      } else {
        Fields webhook(*config, fields.path_of(key), subject_ + " url", problem_);
        if (!webhook.holds("urls")) webhook.wrong("urls", "is required");
        read_webhook(webhook);
      }
    } else {
      fields.wrong(key, "is required beside 'type'");
    }
    for (const auto& entry : fields.rest()) fields.ignore(entry.key(), "is not known beside 'type', and left out");
  }

  void read_emails(Fields& fields) {
    const Json* email = fields.take("email");
    if (email && email->is_object()) {
      add(Notification::Kind::email,
          read_email(email->get_object(), fields.path_of("email"), subject_ + " email", problem_));
    } else if (auto recipients = email ? fields.maybe_text("email") : std::nullopt) {
      add(Notification::Kind::email, JsonObject{{"recipients", *recipients}});
    }
    if (auto recipients = fields.maybe_text("recipients")) {
      add(Notification::Kind::email, JsonObject{{"recipients", *recipients}});
    }
  }

  void read_plugins(Fields& fields) {
    const Json* plugin = fields.take("plugin");
    if (!plugin || *plugin == Json("")) return;
    const JsonArray single{*plugin};
    for (const Json& item : plugin->is_array() ? plugin->get_array() : single) {
      Notification notification = read_plugin(item, fields.path_of("plugin"), subject_, problem_);
      notification.trigger = trigger_;
      found_.push_back(std::move(notification));
    }
  }

  void read_webhook(Fields& fields) {
    JsonObject config;
    for (const char* key : {"urls", "httpMethod", "format"}) {
      if (auto text = fields.maybe_text(key)) config[key] = *text;
    }
    const JsonObject rest = fields.rest();
    if (config.contains("urls")) {
      for (const auto& entry : rest) config[entry.key()] = entry.value();
      add(Notification::Kind::webhook, std::move(config));
    } else {
      for (const auto& entry : rest) {
        fields.ignore(entry.key(), "is no kind of notification, and left out; use email, urls or plugin");
      }
    }
  }

  void add(Notification::Kind kind, JsonObject config) {
    Notification notification;
    notification.trigger = trigger_;
    notification.kind = kind;
    notification.config = std::move(config);
    found_.push_back(std::move(notification));
  }

  std::string trigger_;
  std::string subject_;
  std::vector<Notification>& found_;
  FieldProblem& problem_;
};

}  // namespace

// The formats group by trigger and by kind, each in its own way; one order of both makes them mean the same.
std::vector<Notification> read_notifications(const JsonObject& triggers, FieldProblem& problem) {
  std::vector<Notification> found;
  for (const auto& entry : triggers) {
    const std::string trigger = entry.key();
    const FieldPath path{"notification", trigger};
    TriggerReader reader(trigger, found, problem);
    if (entry.value().is_null() || entry.value() == Json("")) continue;
    if (const JsonArray* list = entry.value().if_array()) {
      for (std::size_t i = 0; i < list->size(); ++i) {
        FieldPath item = path;
        item.push_back(std::to_string(i));
        reader.read((*list)[i], std::move(item));
      }
    } else {
      reader.read(entry.value(), path);
    }
  }
  std::stable_sort(found.begin(), found.end(), [](const Notification& a, const Notification& b) {
    return a.trigger != b.trigger ? a.trigger < b.trigger : a.kind < b.kind;
  });
  return found;
}

}  // namespace qd::codec
