#include "cli/listing.hpp"

namespace qd::cli {
namespace {

void show_item(const Context& context, const JsonObject& item,
               const std::function<std::string(const JsonObject&)>& line) {
  const bool all = context.args.has("verbose") || !line;
  context.out.text(all ? details(Json(item)) : line(item));
}

void show_table(const Context& context, const Listing& listing) {
  std::string text = table(listing.columns, listing.items);
  const std::size_t titles = text.find('\n');
  context.out.text(context.out.colored(text.substr(0, titles), "bold") + text.substr(titles));
}

}  // namespace

void show_list(const Context& context, const Listing& listing) {
  if (context.args.has("outformat")) {
    for (const JsonObject& item : listing.items) context.out.text(format_item(context.args.text("outformat"), item));
    return;
  }
  if (context.out.for_programs()) {
    return context.out.data(Json(JsonArray(listing.items.begin(), listing.items.end())));
  }
  const bool as_table = context.out.style().terminal && !listing.columns.empty() && !context.args.has("verbose");
  if (as_table && !listing.items.empty()) return show_table(context, listing);
  bool first = true;
  for (const JsonObject& item : listing.items) {
    if (!first && context.args.has("verbose")) context.out.raw("\n");
    first = false;
    show_item(context, item, listing.line);
  }
}

void show_one(const Context& context, const JsonObject& item,
              const std::function<std::string(const JsonObject&)>& line) {
  if (context.args.has("outformat")) return context.out.text(format_item(context.args.text("outformat"), item));
  if (context.out.for_programs()) return context.out.data(Json(item));
  show_item(context, item, line);
}

void note_above(const Context& context, const std::string& text) {
  if (!context.args.has("outformat")) context.out.note(text);
}

}  // namespace qd::cli
