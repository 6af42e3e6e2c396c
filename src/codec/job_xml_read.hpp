// One <job>, read as a generic map (xml_tree.hpp), in the keys of the JSON format.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "codec/job_fields.hpp"

namespace qd::codec {

// What the XML format has no words for (a key that is no XML name, or that means something else there) stands in an
// element of this name, as generic data; readers that do not know it pass over it.
inline constexpr const char* extra_fields = "extra-fields";

// Moves and renames in place. Answers which <option> became which option, when they had to be sorted.
std::vector<std::size_t> from_xml_words(JsonObject& job, FieldProblem& problem);
void steps_from_xml_words(JsonObject& sequence, FieldProblem& problem);
void notifications_from_xml_words(JsonObject& triggers, FieldProblem& problem);

// <configuration><entry key="…" value="…"/></configuration> under `key` becomes a map of settings.
void entries_from_xml_words(JsonObject& holder, std::string_view key, FieldProblem& problem);
// Adds the content of <extra-fields> to the map that it stands in.
void merge_extra_fields(JsonObject& map);
// A list as it is, nothing for null, anything else alone in a list.
JsonArray listed(Json value);
// Takes a member out; null when it is absent.
Json taken(JsonObject& map, std::string_view key);

// The values in an option's `values` attribute: trimmed, without empty ones and repetitions.
std::vector<std::string> split_option_values(std::string_view text, std::string_view delimiter);

}  // namespace qd::codec
