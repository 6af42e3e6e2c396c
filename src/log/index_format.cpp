#include "log/index_format.hpp"

#include <algorithm>
#include <zlib.h>

namespace qd::log::index_format {
namespace {

constexpr std::int64_t least_block = 256 << 10;
constexpr std::int64_t largest_block = 4 << 20;
constexpr std::int64_t blocks_before_growth = 4096;

std::uint16_t count_of(const MarkSet& set) {
  return set.any() ? any : static_cast<std::uint16_t>(set.marks().size());
}

}  // namespace

std::uint64_t number(std::string_view from, std::size_t at, int bytes) {
  std::uint64_t value = 0;
  for (int i = bytes - 1; i >= 0; --i)
    value = value << 8 | static_cast<unsigned char>(from[at + static_cast<std::size_t>(i)]);
  return value;
}

void put_number(std::string& into, std::uint64_t number, int bytes) {
  for (int i = 0; i < bytes; ++i) into += static_cast<char>(number >> (8 * i) & 0xff);
}

std::uint32_t checksum(std::string_view bytes) {
  return static_cast<std::uint32_t>(
      crc32(0, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(bytes.size())));
}

std::string head(std::string_view log_begin) {
  std::string bytes(magic);
  put_number(bytes, checksum(log_begin), 4);
  return bytes;
}

std::string record(std::int64_t offset, std::int64_t size, std::int64_t lines_before, const BlockMarks& marks) {
  std::string body;
  put_number(body, static_cast<std::uint64_t>(offset), 8);
  put_number(body, static_cast<std::uint64_t>(size), 4);
  put_number(body, static_cast<std::uint64_t>(lines_before), 8);
  put_number(body, static_cast<std::uint64_t>(marks.lines()), 4);
  put_number(body, count_of(marks.nodes()), 2);
  put_number(body, count_of(marks.steps()), 2);
  for (const auto* set : {&marks.nodes(), &marks.steps()}) {
    for (const auto mark : set->marks()) put_number(body, mark, 4);
  }
  std::string bytes;
  put_number(bytes, body.size(), 4);
  put_number(bytes, checksum(body), 4);
  return bytes + body;
}

std::int64_t block_bytes(std::int64_t offset) {
  return std::clamp(offset / blocks_before_growth, least_block, largest_block);
}

}  // namespace qd::log::index_format
