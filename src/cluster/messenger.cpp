#include "cluster/messenger.hpp"

#include "base/json.hpp"
#include "base/logging.hpp"
#include "base/metrics.hpp"

namespace qd::cluster {
namespace {

const base::CounterFamily messages_sent{
    "quarterdeck_messages_sent_total", "Messages to other members", "kind", {message_kind::run, message_kind::abort}};
const base::CounterFamily messages_handled{"quarterdeck_messages_handled_total",
                                           "Messages of other members that this one acted on",
                                           "kind",
                                           {message_kind::run, message_kind::abort}};
const base::HistogramFamily message_age{"quarterdeck_message_age_seconds",
                                        "Age of messages when this member acted on them",
                                        {0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60}};

constexpr std::size_t most_messages = 100;  // in one tick
constexpr Millis order_life{5 * 60'000};    // older orders are refused, whatever the life of messages
constexpr Millis clock_tolerance{60'000};

bool is_hint(const std::string& kind) {
  return kind == message_kind::mode || kind == message_kind::takeover || kind == message_kind::wake;
}

// What is signed: the body, bound to where it stands.
std::string envelope_of(const store::Message& message) {
  JsonObject json;
  json["nonce"] = message.nonce;
  json["to"] = message.to;
  json["from"] = message.from;
  json["kind"] = message.kind;
  json["execution"] = message.execution.value_or(0);
  json["created"] = message.created;
  json["body"] = message.body;
  return boost::json::serialize(json);
}

}  // namespace

Messenger::Messenger(store::Database& database, const model::OwnIncarnation& self, Sealer* sealer,
                     const ClusterConfig& config, Journal& journal, Random random)
    : database_(database),
      self_(self),
      sealer_(sealer),
      life_(config.message_life),
      journal_(journal),
      random_(std::move(random)),
      messages_(database),
      members_(database) {}

void Messenger::on(const std::string& kind, Handler handler) {
  handlers_[kind] = std::move(handler);
}

Result<std::int64_t> Messenger::send(const Outgoing& outgoing) {
  if (outgoing.secure && sealer_ == nullptr) {
    return fail(ErrorKind::invalid,
                "Secure option values cannot go to another member, as encryption of messages is off "
                "(rundeck.clusterMode.messaging.encryption.enabled). Run it locally.");
  }
  const auto reader = members_.find(outgoing.to);
  if (!reader) return fail(ErrorKind::not_found, "There is no cluster member " + outgoing.to + ".");
  store::Message message;
  message.nonce = random_();
  message.to = outgoing.to;
  message.from = self_.uuid();
  message.kind = outgoing.kind;
  message.execution = outgoing.execution;
  message.body = outgoing.body;
  message.created = database_.now();
  if (sealer_ != nullptr && !is_hint(message.kind)) {
    if (reader->certificate.empty()) {
      return fail(ErrorKind::unavailable, "Cluster member " + display_name(*reader) +
                                              " has published no certificate: nothing can be encrypted for it.");
    }
    auto sealed = sealer_->seal(envelope_of(message), reader->certificate, message.created);
    if (!sealed) return fail(sealed.error());
    message.body = std::move(*sealed);
  }
  const auto id = messages_.send(message);
  if (id == 0) return fail(ErrorKind::conflict, "This message was sent before.");
  messages_sent.with(message.kind).add();
  return id;
}

bool Messenger::withdraw(std::int64_t id) {
  return messages_.withdraw(id, database_.now());
}

std::string Messenger::check_envelope(const std::string& text, const store::Message& message, Incoming& into) const {
  const auto json = parse_json(text);
  if (!json || !json->is_object()) return "its sealed content cannot be read";
  const auto& sealed = json->get_object();
  const auto number = [&](const char* key) {
    const Json* value = qd::find(sealed, key);
    return value != nullptr && value->is_int64() ? value->get_int64() : -1;
  };
  const bool same = text_or(sealed, "nonce") == message.nonce && text_or(sealed, "to") == message.to &&
                    text_or(sealed, "from") == message.from && text_or(sealed, "kind") == message.kind &&
                    number("execution") == message.execution.value_or(0) && number("created") == message.created;
  if (!same) return "its sealed content belongs to another message";
  into.body = text_or(sealed, "body");
  return "";
}

Messenger::Opened Messenger::open(const store::Message& message, UnixMillis now) {
  Opened opened{{message.from, message.kind, message.execution, message.body}, ""};
  const Millis age{now - message.created};
  if (age > std::min(order_life, life_)) {
    opened.refusal = "it is " + in_seconds(age) + " old";
  } else if (age < -clock_tolerance) {
    opened.refusal = "it is dated in the future";
  } else if (!handlers_.contains(message.kind)) {
    opened.refusal = "this member does not know its kind";
  } else if (opened_.contains(message.nonce)) {
    opened.refusal = "it was handled before";
  } else if (sealer_ != nullptr && !is_hint(message.kind)) {
    const auto writer = members_.find(message.from);
    if (!writer || writer->certificate.empty()) {
      opened.refusal = "its sender has published no certificate";
      return opened;
    }
    const auto plain = sealer_->open(message.body, writer->certificate, now);
    opened.refusal = plain ? check_envelope(*plain, message, opened.message) : plain.error().message;
  }
  return opened;
}

void Messenger::handle(const store::Message& message, UnixMillis now) {
  const auto opened = open(message, now);
  if (!opened.refusal.empty()) {
    if (!messages_.refuse(message.id, now, opened.refusal)) return;
    journal_.write(
        {"message.refused", message.from,
         "Refused message " + std::to_string(message.id) + " (" + message.kind + "): " + opened.refusal + "."});
    return;
  }
  if (!messages_.take(message.id, now)) return;
  messages_handled.with(message.kind).add();
  message_age.observe(static_cast<double>(now - message.created) / 1000);
  opened_[message.nonce] = message.created;
  std::string answer;
  try {
    answer = handlers_.at(message.kind)(opened.message);
  } catch (const store::DatabaseError&) {
    throw;
  } catch (const std::exception& error) {
    base::log_error("cluster", "Message " + std::to_string(message.id) + " (" + message.kind + "): " + error.what());
    answer = std::string("error: ") + error.what();
  }
  if (!answer.empty()) messages_.answer(message.id, answer);
}

bool Messenger::tick() {
  const auto waiting = messages_.inbox(self_.uuid(), 0, most_messages);
  if (waiting.empty()) return false;
  const auto now = database_.now();
  std::erase_if(opened_, [&](const auto& entry) { return now - entry.second > 2 * order_life.count(); });
  for (const auto& message : waiting) handle(message, now);
  return waiting.size() == most_messages;
}

void Messenger::prune() {
  messages_.prune(database_.now() - life_.count());
}

}  // namespace qd::cluster
