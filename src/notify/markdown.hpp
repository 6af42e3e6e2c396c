// Markdown as mail templates use it: headings, paragraphs, lists, quotes, code, rules, emphasis, links. Everything
// else, HTML too, stays as it is. Pure.
#pragma once

#include <string>
#include <string_view>

namespace qd::notify {

std::string markdown_to_html(std::string_view text);

}  // namespace qd::notify
