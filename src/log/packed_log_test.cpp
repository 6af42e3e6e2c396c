#include "log/packed_log.hpp"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>

#include "base/id.hpp"
#include "log/rdlog.hpp"
#include "log/reader.hpp"
#include "log/search.hpp"

namespace qd::log {
namespace {

namespace fs = std::filesystem;

class PackedLogTest : public ::testing::Test {
 protected:
  PackedLogTest() : folder(fs::temp_directory_path() / ("qd-packed-" + base::new_uuid())) {
    fs::create_directories(folder);
    path = (folder / "1.rdlog").string();
  }
  ~PackedLogTest() override { fs::remove_all(folder); }

  std::string write(int lines) {
    std::string text(rdlog_header);
    for (int line = 1; line <= lines; ++line)
      encode_event(text, {1'000'000'000'000,
                          Level::normal,
                          event_type::log,
                          "line " + std::to_string(line),
                          {{"node", line % 2 == 0 ? "even" : "odd"}, {"stepctx", "1"}}});
    text += rdlog_end;
    std::ofstream(path, std::ios::binary) << text;
    return text;
  }
  static std::string read(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  fs::path folder;
  std::string path;
};

TEST_F(PackedLogTest, ReadsTheSameAtAnyOffset) {
  const auto text = write(30'000);
  const auto plain = stat_log(path);
  ASSERT_TRUE(pack_log(path));
  EXPECT_FALSE(fs::exists(path));
  EXPECT_LT(fs::file_size(packed_path(path)), text.size() / 4);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder), {}), 1) << "nothing else is left";
  const auto packed = stat_log(path);
  EXPECT_EQ(packed.size, plain.size);
  EXPECT_EQ(packed.last_modified, plain.last_modified);
  PackedLog log;
  ASSERT_TRUE(*log.open(path));
  for (const std::size_t offset : {std::size_t{0}, std::size_t{262'143}, std::size_t{262'144}, text.size() - 3}) {
    std::string got;
    ASSERT_TRUE(log.read(got, static_cast<std::int64_t>(offset), 600'000));
    EXPECT_EQ(got, text.substr(offset, 600'000)) << offset;
  }
}

TEST_F(PackedLogTest, ServesEveryReader) {
  write(30'000);
  ReadRequest last;
  last.last_lines = 2;
  const auto plain = *read_log(path, last);
  SearchRequest search;
  search.text = "line 29999";
  const auto found = *search_log(path, search);
  ASSERT_TRUE(pack_log(path));
  const auto packed = *read_log(path, last);
  ASSERT_EQ(packed.events.size(), 2U);
  EXPECT_EQ(packed.events.back().event, plain.events.back().event);
  EXPECT_EQ(packed.next_offset, plain.next_offset);
  EXPECT_TRUE(packed.ended);
  ReadRequest middle;
  middle.offset = plain.file_size / 2;
  middle.max_lines = 3;
  middle.node = "even";
  EXPECT_EQ(read_log(path, middle)->events.size(), 3U);
  const auto again = *search_log(path, search);
  ASSERT_EQ(again.hits.size(), 1U);
  EXPECT_EQ(again.hits.front().offset, found.hits.front().offset);
  EXPECT_EQ(read_log_bytes(path, 5, 10)->size(), 10U);
}

TEST_F(PackedLogTest, IsUnpackedTheSameByUsAndByGzip) {
  const auto text = write(10'000);
  ASSERT_TRUE(pack_log(path));
  const auto target = (folder / "copy").string();
  ASSERT_TRUE(unpack_log(path, target));
  EXPECT_EQ(read(target), text);
  ASSERT_EQ(std::system(("zcat " + packed_path(path) + " > " + target).c_str()), 0);
  EXPECT_EQ(read(target), text);
  ASSERT_TRUE(remove_log(path));
  EXPECT_FALSE(stat_log(path).exists);
  EXPECT_FALSE(remove_log(path));
}

TEST_F(PackedLogTest, SaysWhatIsBroken) {
  write(10'000);
  ASSERT_TRUE(pack_log(path));
  const auto whole = read(packed_path(path));
  for (const std::size_t cut : {std::size_t{1}, whole.size() / 2, whole.size() - 5, whole.size()}) {
    std::ofstream(packed_path(path), std::ios::binary) << whole.substr(0, whole.size() - cut);
    const auto got = read_log(path, {});
    ASSERT_FALSE(got) << cut;
    EXPECT_NE(got.error().message.find("is broken"), std::string::npos) << got.error().message;
  }
  auto changed = whole;
  changed[100] = static_cast<char>(~changed[100]);
  std::ofstream(packed_path(path), std::ios::binary) << changed;
  EXPECT_FALSE(read_log(path, {}));
}

}  // namespace
}  // namespace qd::log
