#include "cli/follow.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

#include "base/text.hpp"
#include "cli/event_stream.hpp"
#include "cli/format.hpp"
#include "cli/interrupt_note.hpp"
#include "codec/yaml.hpp"

namespace qd::cli {
namespace {

using Steady = std::chrono::steady_clock;

constexpr int kMaxStreamDrops = 5;  // in a row, before asking again and again instead
constexpr std::chrono::seconds kHealthyStream{10};
constexpr std::chrono::milliseconds kShortestPause{200};
constexpr std::chrono::milliseconds kLongestPause{2'000};
constexpr const char* kMaxLines = "500";

class Follower {
 public:
  Follower(const Context& context, const std::string& id, const FollowOptions& options)
      : context_(context), id_(id), options_(options) {}

  Result<std::string> run() {
    if (!options_.from_start) {
      if (auto begun = poll_once({{"lastlines", std::to_string(options_.tail)}}); !begun) return fail(begun.error());
    }
    for (int drops = 0; !ended_ && drops < kMaxStreamDrops; ++drops) {
      const auto begin = Steady::now();
      auto supported = stream();
      if (!supported) return fail(supported.error());
      if (!*supported) break;
      if (got_output_ || Steady::now() - begin > kHealthyStream) drops = 0;
      got_output_ = false;
      if (!ended_) std::this_thread::sleep_for(kShortestPause * (1 << drops));
    }
    if (auto polled = poll(); !polled) return fail(polled.error());
    if (status_.empty()) return ask_status();
    return status_;
  }

 private:
  // False when the server has no event stream.
  Result<bool> stream() {
    Error broken;
    EventStreamReader reader([&](const ServerEvent& event) {
      if (auto taken = take_event(event); !taken) broken = taken.error();
    });
    Call call;
    call.path = api_path({"execution", id_, "events"});
    call.query = {{"offset", std::to_string(offset_)}};
    call.accept = "text/event-stream";
    call.headers = {{"Last-Event-ID", std::to_string(offset_)}};
    call.on_data = [&](std::string_view bytes) { return reader.feed(bytes) && broken.message.empty() && !ended_; };
    const auto answer = context_.api.raw(call);
    if (!broken.message.empty()) return fail(broken);
    if (ended_) return true;
    if (!answer) {
      if (answer.error().kind == ErrorKind::unavailable) return true;
      return fail(answer.error());
    }
    return answer->status == 200 && answer->header("content-type").starts_with("text/event-stream");
  }

  Result<> take_event(const ServerEvent& event) {
    if (event.type != "output" && event.type != "end") return {};
    auto data = parse_json(event.data);
    if (!data) return fail(ErrorKind::internal, "The server's event stream is broken: " + data.error().message);
    if (event.type == "end") {
      status_ = text_or(data->is_object() ? data->get_object() : JsonObject(), "status");
      ended_ = true;
      return {};
    }
    print_entries(&*data);
    if (const auto next = base::parse_int(event.id)) offset_ = *next;
    got_output_ = true;
    return {};
  }

  Result<> poll() {
    auto pause = kShortestPause;
    while (!ended_) {
      const auto before = offset_;
      const Query query{
          {"offset", std::to_string(offset_)}, {"lastmod", std::to_string(last_modified_)}, {"maxlines", kMaxLines}};
      if (auto asked = poll_once(query); !asked) return asked;
      if (ended_) break;
      if (offset_ != before) {
        pause = kShortestPause;
        if (more_waiting_) continue;
      }
      std::this_thread::sleep_for(pause);
      pause = std::min(pause * 2, kLongestPause);
    }
    return {};
  }

  Result<> poll_once(const Query& query) {
    auto answer = context_.api.get(api_path({"execution", id_, "output"}), query);
    if (!answer) return fail(answer.error());
    const JsonObject output = answer->is_object() ? answer->get_object() : JsonObject();
    if (const std::string error = text_or(output, "error"); !error.empty() && error != "false") {
      return fail(ErrorKind::internal, "The output of execution " + id_ + " cannot be read: " + error);
    }
    print_entries(find(output, "entries"));
    offset_ = base::parse_int(text_or(output, "offset")).value_or(offset_);
    last_modified_ = base::parse_int(text_or(output, "lastModified")).value_or(last_modified_);
    const bool all_read = truth_or(output, "completed", false);
    ended_ = all_read && truth_or(output, "execCompleted", false);
    more_waiting_ = !all_read;
    return {};
  }

  void print_entries(const Json* entries) {
    if (entries == nullptr || !entries->is_array() || entries->get_array().empty()) return;
    if (options_.progress) {
      context_.out.raw(".");
    } else if (!options_.quiet) {
      for (const Json& entry : entries->get_array()) print_entry(entry);
    }
    context_.out.flush();
  }

  void print_entry(const Json& value) {
    if (!value.is_object()) return;
    const JsonObject& entry = value.get_object();
    const Format format = context_.out.style().format;
    if (context_.args.has("outformat")) {
      context_.out.log(text_or(entry, "level"), format_item(context_.args.text("outformat"), entry));
    } else if (format == Format::json) {
      context_.out.raw(boost::json::serialize(value) + "\n");
    } else if (format == Format::yaml) {
      context_.out.raw(codec::write_yaml(Json(JsonArray{value})));
    } else {
      context_.out.log(text_or(entry, "level"), text_or(entry, "log"));
    }
  }

  Result<std::string> ask_status() {
    auto answer = context_.api.get(api_path({"execution", id_}));
    if (!answer) return fail(answer.error());
    return text_or(answer->is_object() ? answer->get_object() : JsonObject(), "status");
  }

  const Context& context_;
  const std::string& id_;
  const FollowOptions& options_;
  std::int64_t offset_ = 0;
  std::int64_t last_modified_ = 0;
  bool more_waiting_ = false;
  bool got_output_ = false;
  bool ended_ = false;
  std::string status_;
};

std::string ended_how(std::string_view status) {
  if (status == "timedout") return "ran into its timeout (timedout)";
  if (status == "aborted") return "was aborted";
  if (status == "failed") return "failed";
  if (status == "failed-with-retry") return "failed, and is retried by another execution";
  return "ended as " + std::string(status);
}

}  // namespace

FollowOptions follow_options_of(const Arguments& args, bool from_start) {
  FollowOptions options;
  options.quiet = args.has("quiet");
  options.progress = args.has("progress");
  options.from_start = from_start || args.has("restart");
  options.tail = args.number("tail").value_or(options.tail);
  return options;
}

int outcome_code(std::string_view status) {
  if (status == "succeeded") return exit_code::done;
  if (status == "failed" || status == "failed-with-retry") return exit_code::failed;
  if (status == "aborted") return exit_code::aborted;
  if (status == "timedout") return exit_code::timed_out;
  return exit_code::other;
}

Result<int> follow_execution(const Context& context, const std::string& execution_id, const FollowOptions& options) {
  const std::string go_on = "qd executions follow -e " + execution_id;
  Result<std::string> status = std::string();
  {
    const InterruptNote note("\nStopped following; execution " + execution_id + " goes on. Follow it again: " + go_on +
                             "\n");
    status = Follower(context, execution_id, options).run();
  }
  if (options.progress) context.out.raw("\n");
  if (!status) {
    Error error = status.error();
    if (error.kind == ErrorKind::unavailable)
      error.message += " Execution " + execution_id + " may go on; follow it again: " + go_on;
    return fail(error);
  }
  const int code = outcome_code(*status);
  if (code != exit_code::done && !options.quiet) {
    context.out.error("Execution " + execution_id + " " + ended_how(*status) + ".");
  }
  return code;
}

}  // namespace qd::cli
