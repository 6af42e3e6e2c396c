#include "store/log_storage_row.hpp"

#include "base/json.hpp"

namespace qd::store {

std::string encode_pieces(const std::vector<LogPiece>& pieces) {
  JsonArray list;
  for (const auto& piece : pieces) list.push_back(JsonArray{piece.number, piece.offset, piece.size});
  return boost::json::serialize(list);
}

std::vector<LogPiece> decode_pieces(std::string_view text) {
  std::vector<LogPiece> pieces;
  const auto list = parse_json(text);
  if (!list || !list->is_array()) return pieces;
  for (const auto& item : list->as_array()) {
    if (!item.is_array() || item.as_array().size() != 3) return {};
    const auto& numbers = item.as_array();
    if (!numbers[0].is_int64() || !numbers[1].is_int64() || !numbers[2].is_int64()) return {};
    pieces.push_back({numbers[0].as_int64(), numbers[1].as_int64(), numbers[2].as_int64()});
  }
  return pieces;
}

}  // namespace qd::store
