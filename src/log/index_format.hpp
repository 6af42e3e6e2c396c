// The bytes of an index, see log_index.hpp. Internal to log/. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "log/block_marks.hpp"

namespace qd::log::index_format {

inline constexpr std::string_view magic("QDLI\1\0\0\0", 8);
inline constexpr std::size_t head_bytes = 12;   // magic, checksum of the log's beginning
inline constexpr std::size_t frame_bytes = 8;   // size and checksum of a record
inline constexpr std::size_t fixed_bytes = 28;  // of a record in front of its marks
inline constexpr std::size_t most_bytes = fixed_bytes + 2 * 4 * MarkSet::most;
inline constexpr std::uint16_t any = 0xffff;

std::uint64_t number(std::string_view from, std::size_t at, int bytes);
void put_number(std::string& into, std::uint64_t number, int bytes);
std::uint32_t checksum(std::string_view bytes);

std::string head(std::string_view log_begin);  // of an index
std::string record(std::int64_t offset, std::int64_t size, std::int64_t lines_before, const BlockMarks& marks);
std::int64_t block_bytes(std::int64_t offset);  // how large the block that begins there shall be

}  // namespace qd::log::index_format
