// What the page at an address needs first, so that the document can ask for it before any script runs.
#pragma once

#include <string>
#include <string_view>

#include "base/json.hpp"

namespace qd::api {

struct FirstPage {
  JsonArray files;   // of the bundle: "assets/x.js", "assets/x.css"
  JsonArray asks;    // of the API: {path, json?}, with ":name" for a named segment of the address
  JsonObject named;  // those segments, decoded: {"project": "shop"}
};

// From `table`, the bundle's pages.json: [{pages: ["/project/:project/jobs/*"], files, asks}]. ":name" stands for one
// segment, "*" at the end for any number of them. The first that fits `path` (without prefix and query) counts; nothing
// fits an empty table.
FirstPage first_page(std::string_view table, std::string_view path);

}  // namespace qd::api
