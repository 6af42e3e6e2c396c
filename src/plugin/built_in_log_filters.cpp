// Log filters that are built in; engine/log_filter_*.cpp are what they do.
#include "plugin/describe.hpp"

namespace qd::plugin {
namespace {

const Labels kColours{{"black", "Black"}, {"red", "Red"},         {"green", "Green"}, {"yellow", "Yellow"},
                      {"blue", "Blue"},   {"magenta", "Magenta"}, {"cyan", "Cyan"},   {"white", "White"}};
const Labels kLevels{
    {"error", "Error"}, {"warn", "Warning"}, {"normal", "Normal"}, {"verbose", "Verbose"}, {"debug", "Debug"}};

Labels any_level() {
  Labels levels = kLevels;
  levels.emplace_back("all", "Any level");
  return levels;
}

Description capture(const char* name, const char* title, const char* description) {
  Description filter(service::log_filter, name, title, description);
  filter.text("regex", "Pattern", "Its first group is the name, its second one the value")
      .standard(R"(^RUNDECK:DATA:\s*([^\s]+?)\s*=\s*(.+)$)")
      .needed();
  filter.text("name", "Name", "When the pattern has only one group, which is the value");
  filter.text("invalidKeyPattern", "What must not stand in names", "It is replaced by _").standard(R"(\s|\$|\{|\}|\\)");
  filter.flag("replaceFilteredResult", "Replace it by something else");
  filter.text("invalidCharactersReplacement", "By this");
  filter.flag("logData", "Print what was found");
  return filter;
}

}  // namespace

std::vector<Provider> built_in_log_filters() {
  return {
      capture("key-value-data", "Key Value Data", "Takes data from lines that match a pattern.")
          .flag("matchSubstrings", "The pattern may match a part of the line")
          .flag("allowMultipleMatches", "Several matches in a line"),
      capture("key-value-data-multilines", "Multi-Line Regex Data Capture", "Takes data from several lines.")
          .flag("hideOutput", "Do not show the lines")
          .flag("captureMultipleKeysValues", "Several names and values"),
      Description(service::log_filter, "json-mapper", "JSON Mapper", "Takes data from JSON output.")
          .text("filter", "jq filter", ".items[].name")
          .standard(".")
          .needed()
          .text("prefix", "Begin of the names")
          .standard("result")
          .needed()
          .flag("logData", "Print what was found"),
      Description(service::log_filter, "highlight-output", "Highlight Output", "Colours what matches a pattern.")
          .text("regex", "Pattern", "Only its groups are coloured, when it has some")
          .needed()
          .choice("fgcolor", "Colour", kColours)
          .choice("bgcolor", "Background", kColours)
          .choice("mode", "Look",
                  {{"bold", "Bold"}, {"underline", "Underlined"}, {"blink", "Blinking"}, {"reverse", "Reversed"}}),
      Description(service::log_filter, "mask-passwords", "Mask Passwords", "Hides values of secure options.")
          .text("replacement", "Shown instead")
          .standard("[SECURE]")
          .choice("color", "In this colour", kColours),
      Description(service::log_filter, "quiet-output", "Quiet Output",
                  "Leaves out what matches a pattern, or what does not.")
          .text("regex", "Pattern", "Empty: every line")
          .flag("quietMatch", "Leave out what matches", "Otherwise what does not")
          .choice("matchLoglevel", "Lines of this level", any_level())
          .standard("normal")
          .choice("loglevel", "Get this level", kLevels)
          .standard("verbose"),
      Description(service::log_filter, "render-datatype", "Render Formatted Data",
                  "Marks the output's type for showing it.")
          .choice("datatype", "Type",
                  {{"application/json", "JSON"},
                   {"application/x-java-properties", "Properties"},
                   {"text/csv", "CSV"},
                   {"text/html", "HTML"},
                   {"text/x-markdown", "Markdown"}},
                  "None: a line #BEGIN:RUNDECK:DATATYPE:TYPE says where it begins")
          .flag("striped", "Striped table")
          .flag("sanitizeHtml", "Leave out dangerous HTML", "", true),
  };
}

}  // namespace qd::plugin
