// An execution as the database's document columns and the API carry it.
#pragma once

#include <string>
#include <vector>

#include "base/json.hpp"
#include "model/execution.hpp"

namespace qd::codec {

// A list of texts as a JSON array text and back; anything else reads as empty.
std::string encode_texts(const std::vector<std::string>& texts);
std::vector<std::string> decode_texts(std::string_view json);
std::string encode_map(const std::map<std::string, std::string>& entries);
std::map<std::string, std::string> decode_map(std::string_view json);

}  // namespace qd::codec
