// Prints what a verb found: by `-%`, as JSON or YAML, in full with -v, as a table on a terminal, else line by line.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "cli/context.hpp"
#include "cli/format.hpp"

namespace qd::cli {

struct Listing {
  std::vector<JsonObject> items;
  std::function<std::string(const JsonObject&)> line;  // empty: details of the item
  std::vector<Column> columns;                         // of the table on a terminal; empty: lines there too
};

void show_list(const Context& context, const Listing& listing);
// The same for one item: an object instead of an array for programs, and never a table.
void show_one(const Context& context, const JsonObject& item,
              const std::function<std::string(const JsonObject&)>& line = {});
// A note above a listing, left out when -% asks for nothing but the items.
void note_above(const Context& context, const std::string& text);

}  // namespace qd::cli
