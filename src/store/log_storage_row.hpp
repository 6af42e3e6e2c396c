// The pieces of a checkpoint as their column holds them: [[number, offset, size], …]. Internal to store/.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "store/log_storage_store.hpp"

namespace qd::store {

std::string encode_pieces(const std::vector<LogPiece>& pieces);
std::vector<LogPiece> decode_pieces(std::string_view text);  // nothing of what is broken

}  // namespace qd::store
