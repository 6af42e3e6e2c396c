#include "cli/arguments.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>

#include "base/text.hpp"

namespace qd::cli {
namespace {

struct Slot {
  const OptionSpec* spec = nullptr;
  std::vector<std::string> values;
  CLI::Option* option = nullptr;
};

void add_slot(CLI::App& app, Slot& slot) {
  using Kind = OptionSpec::Kind;
  if (slot.spec->kind == Kind::flag) {
    slot.option = app.add_flag(slot.spec->names);
    return;
  }
  slot.option = app.add_option(slot.spec->names, slot.values);
  if (slot.spec->kind == Kind::list) {
    slot.option->expected(1, CLI::detail::expected_max_vector_size);
  } else {
    slot.option->expected(1)->take_last();
  }
}

Result<> check_value(const OptionSpec& spec, const std::string& value) {
  const auto& choices = spec.choices;
  if (!choices.empty() && std::find(choices.begin(), choices.end(), base::lower(value)) == choices.end()) {
    return fail(ErrorKind::invalid,
                "--" + spec.key() + " is one of " + base::join(choices, ", ") + ", not \"" + value + "\".");
  }
  const auto number = base::parse_int(value);
  if (spec.kind == OptionSpec::Kind::number && (!number || *number < 0)) {
    return fail(ErrorKind::invalid, "--" + spec.key() + " wants a number, not \"" + value + "\".");
  }
  return {};
}

// `-o` means the offset in lists that have pages, as in rd, and the output format everywhere else.
void move_format_from_offset(Arguments& arguments) {
  const std::string offset = base::lower(arguments.text("offset"));
  if (offset != "json" && offset != "yaml" && offset != "text") return;
  arguments.set("output", {offset});
  arguments.erase("offset");
}

Options options_of(const Command& command) {
  Options all = command.options;
  const bool short_output_taken = std::any_of(all.begin(), all.end(), [](const OptionSpec& option) {
    const auto parts = option.parts();
    return std::find(parts.begin(), parts.end(), "-o") != parts.end();
  });
  for (OptionSpec option : common_options()) {
    if (option.key() == "output" && short_output_taken) option.names = "--output";
    all.push_back(option);
  }
  return all;
}

Result<> check_all(const Options& options, Arguments& arguments) {
  for (const OptionSpec& spec : options) {
    if (spec.required && !arguments.has(spec.key())) {
      return fail(ErrorKind::invalid, "Missing option: " + base::join(spec.parts(), "/") + " " + spec.value + ".");
    }
    if (spec.kind == OptionSpec::Kind::flag) continue;
    for (const std::string& value : arguments.list(spec.key())) {
      if (auto checked = check_value(spec, value); !checked) return fail(checked.error());
    }
  }
  if (arguments.has("offset") && !base::parse_int(arguments.text("offset"))) {
    return fail(ErrorKind::invalid, "--offset wants a number, not \"" + arguments.text("offset") + "\".");
  }
  return {};
}

std::string plain_message(const CLI::ParseError& error) {
  std::string message =
      base::replace_all(error.what(), "The following argument was not expected: ", "Unknown option or word: ");
  message = base::replace_all(message, "The following arguments were not expected: ", "Unknown options or words: ");
  if (!message.empty() && message.back() != '.') message += '.';
  return message;
}

}  // namespace

bool Arguments::has(std::string_view key) const {
  return values_.find(key) != values_.end();
}

std::string Arguments::text(std::string_view key, std::string_view fallback) const {
  const auto found = values_.find(key);
  return found == values_.end() || found->second.empty() ? std::string(fallback) : found->second.back();
}

std::optional<std::int64_t> Arguments::number(std::string_view key) const {
  return base::parse_int(text(key));
}

std::vector<std::string> Arguments::list(std::string_view key) const {
  const auto found = values_.find(key);
  return found == values_.end() ? std::vector<std::string>{} : found->second;
}

std::vector<std::string> Arguments::comma_list(std::string_view key) const {
  return base::split_trimmed(base::join(list(key), ","), ',');
}

std::vector<std::string> Arguments::operands() const {
  std::vector<std::string> all = words;
  all.insert(all.end(), trailing.begin(), trailing.end());
  return all;
}

void Arguments::set(std::string_view key, std::vector<std::string> values) {
  values_.insert_or_assign(std::string(key), std::move(values));
}

void Arguments::erase(std::string_view key) {
  if (const auto found = values_.find(key); found != values_.end()) values_.erase(found);
}

const Options& common_options() {
  static const Options options{
      choice("-o,--output", {"text", "json", "yaml"}, "Form of the output; RD_FORMAT when absent."),
      flag("-h,--help", "Print this help.")};
  return options;
}

Result<Arguments> parse_arguments(const Command& command, const std::vector<std::string>& args) {
  Arguments arguments;
  const auto dashes = std::find(args.begin(), args.end(), "--");
  std::vector<std::string> reversed(std::make_reverse_iterator(dashes), args.rend());
  if (dashes != args.end()) arguments.trailing.assign(dashes + 1, args.end());

  const Options options = options_of(command);
  CLI::App app;
  app.set_help_flag();
  std::vector<Slot> slots(options.size());
  for (std::size_t i = 0; i < options.size(); ++i) {
    slots[i].spec = &options[i];
    add_slot(app, slots[i]);
  }
  if (!command.operands.empty()) app.add_option("words", arguments.words);
  try {
    app.parse(std::move(reversed));
  } catch (const CLI::ParseError& error) {
    return fail(ErrorKind::invalid, plain_message(error));
  }
  for (const Slot& slot : slots) {
    if (slot.option->count() > 0) arguments.set(slot.spec->key(), slot.values);
  }
  move_format_from_offset(arguments);
  if (arguments.has("help")) return arguments;
  if (command.operands.empty() && !arguments.trailing.empty()) {
    return fail(ErrorKind::invalid,
                "Nothing may follow `--` here, but there is \"" + arguments.trailing.front() + "\".");
  }
  if (auto checked = check_all(options, arguments); !checked) return fail(checked.error());
  return arguments;
}

}  // namespace qd::cli
