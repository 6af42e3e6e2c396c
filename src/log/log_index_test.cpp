#include "log/log_index.hpp"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <random>

#include "log/packed_log.hpp"
#include "log/rdlog.hpp"
#include "log/reader.hpp"

namespace qd::log {
namespace {

constexpr std::int64_t index_test_noon = 1795348800000;
constexpr std::size_t index_budget = 768 << 10;  // of one read: three blocks

class LogIndexTest : public testing::Test {
 protected:
  void SetUp() override {
    path_ = testing::TempDir() + "index-" + testing::UnitTest::GetInstance()->current_test_info()->name() + ".rdlog";
    TearDown();
    write(std::string(rdlog_header), {});
  }
  void TearDown() override { remove_log(path_); }

  static Meta at(const std::string& node, const std::string& step) { return {{"node", node}, {"stepctx", step}}; }

  // Appends so many lines to the log in one write, and tells the writer of the index, if there is one.
  void add(const Meta& meta, int lines, IndexWriter* index) {
    std::string text;
    BlockMarks marks;
    const EncodedMeta encoded(meta);
    for (int i = 0; i < lines; ++i) {
      encode_event(text, index_test_noon, Level::normal, event_type::log, encoded,
                   "line " + std::to_string(lines_++) + " with\nwords ^ to fill it");
      marks.add(true, encoded.marks());
    }
    write(text, marks, index);
  }
  void write(const std::string& text, const BlockMarks& marks, IndexWriter* index = nullptr) {
    std::ofstream(path_, std::ios::binary | std::ios::app) << text;
    if (index != nullptr) index->wrote(size(), marks);
  }
  std::int64_t size() const { return static_cast<std::int64_t>(std::filesystem::file_size(path_)); }

  // Twenty nodes, one after the other, in two steps of two steps each: about 4 MB.
  void write_log(bool with_index = true) {
    IndexWriter index(path_);
    if (with_index) index.begin();
    for (int step = 1; step <= 2; ++step) {
      for (int node = 0; node < 20; ++node) {
        for (int inner = 1; inner <= 2; ++inner) {
          const auto name = "node" + std::to_string(node);
          add(at(name, std::to_string(step) + "@node=" + name + "/" + std::to_string(inner)), 500,
              with_index ? &index : nullptr);
        }
      }
    }
    write(std::string(rdlog_end), {}, with_index ? &index : nullptr);
    if (with_index) index.close();
  }

  LogPage read(ReadRequest request, std::size_t budget = index_budget) const {
    request.max_bytes = budget;
    return read_log(path_, request).value();
  }
  static ReadRequest of_node(const std::string& node) {
    ReadRequest request;
    request.node = node;
    return request;
  }
  static ReadRequest of_step(const std::string& step) {
    ReadRequest request;
    request.stepctx = step;
    return request;
  }
  static std::vector<std::int64_t> offsets(const LogPage& page) {
    std::vector<std::int64_t> found;
    for (const auto& event : page.events) found.push_back(event.offset);
    return found;
  }
  // All that a request gives, page by page; `pages` counts them.
  std::vector<std::int64_t> all(ReadRequest request, std::size_t budget, int& pages) const {
    std::vector<std::int64_t> found;
    for (pages = 1;; ++pages) {
      const auto page = read(request, budget);
      for (const auto& event : page.events) found.push_back(event.offset);
      if (!page.more || pages > 10'000) return found;
      request.offset = page.next_offset;
      request.skip_lines = page.skip_lines;
      request.index_place = page.index_place;
    }
  }
  void change_index(const std::function<void(std::string&)>& change) const {
    std::ifstream in(index_path(path_), std::ios::binary);
    std::string bytes{std::istreambuf_iterator<char>(in), {}};
    change(bytes);
    std::ofstream(index_path(path_), std::ios::binary | std::ios::trunc) << bytes;
  }

  std::string path_;
  std::int64_t lines_ = 0;
};

TEST_F(LogIndexTest, LeadsToOneNodeWithoutTheRest) {
  write_log();
  ASSERT_GT(size(), 3 << 20);
  const auto page = read(of_node("node7"));
  EXPECT_EQ(page.events.size(), 2000u);
  EXPECT_FALSE(page.more);
  EXPECT_TRUE(page.ended);
  EXPECT_EQ(page.next_offset, size());
  std::filesystem::remove(index_path(path_));
  EXPECT_TRUE(read(of_node("node7")).more);
  EXPECT_EQ(offsets(read(of_node("node7"), 1 << 30)), offsets(page));
}

TEST_F(LogIndexTest, LeadsToAStepAndWhatIsInside) {
  write_log();
  for (const auto& [step, lines] : std::map<std::string, std::size_t>{
           {"2/", 20'000}, {"2/1", 10'000}, {"2@node=node3/2", 500}, {"2", 0}, {"3/", 0}}) {
    int pages = 0;
    EXPECT_EQ(all(of_step(step), 256 << 10, pages).size(), lines) << step;
    auto of_both = of_step(step);
    of_both.node = "node3";
    const auto page = read(of_both);
    EXPECT_FALSE(page.more) << step;
    EXPECT_EQ(page.events.size(), lines == 500 ? 500 : lines / 20) << step;
  }
}

TEST_F(LogIndexTest, FindsALineByItsNumber) {
  write_log();
  for (const std::int64_t line : {1, 2, 17'000, 39'999}) {
    ReadRequest request;
    request.skip_lines = line;
    request.max_lines = 1;
    const auto page = read(request);
    ASSERT_EQ(page.events.size(), 1u) << line;
    EXPECT_TRUE(page.events[0].event.message.starts_with("line " + std::to_string(line) + " ")) << line;
  }
  ReadRequest beyond;
  beyond.skip_lines = 40'000;
  EXPECT_TRUE(read(beyond).events.empty());
  EXPECT_TRUE(read(beyond).ended);
  // Filters are of what comes from that line on.
  auto filtered = of_node("node19");
  filtered.skip_lines = 39'990;
  EXPECT_EQ(read(filtered).events.size(), 10u);
}

TEST_F(LogIndexTest, FindsTheLastLinesOfANodeFarFromTheEnd) {
  write_log();
  auto request = of_node("node2");
  request.last_lines = 1500;
  const auto page = read(request, 1 << 20);
  ASSERT_EQ(page.events.size(), 1500u);
  EXPECT_FALSE(page.truncated);
  EXPECT_TRUE(page.ended);
  std::filesystem::remove(index_path(path_));
  EXPECT_TRUE(read(request, 1 << 20).truncated);
  EXPECT_EQ(offsets(read(request, 1 << 30)), offsets(page));
}

TEST_F(LogIndexTest, IsNotTrustedWhenDamagedOrOfAnotherLog) {
  write_log();
  int pages = 0;
  const auto expected = all(of_node("node12"), index_budget, pages);
  EXPECT_EQ(expected.size(), 2000u);
  const auto still_right = [&](const char* what) {
    EXPECT_EQ(all(of_node("node12"), index_budget, pages), expected) << what;
    auto tail = of_node("node12");
    tail.last_lines = 5;
    EXPECT_EQ(read(tail, 1 << 30).events.back().offset, expected.back()) << what;
    ReadRequest line;
    line.skip_lines = 30'000;
    line.max_lines = 1;
    ASSERT_EQ(read(line, 1 << 30).events.size(), 1u) << what;
    EXPECT_TRUE(read(line, 1 << 30).events[0].event.message.starts_with("line 30000 ")) << what;
  };
  change_index([](std::string& bytes) { bytes.resize(bytes.size() - 3); });
  still_right("torn");
  change_index([](std::string& bytes) { bytes[bytes.size() / 2] ^= 1; });
  still_right("a changed byte");
  change_index([](std::string& bytes) { bytes.erase(12, 40); });
  still_right("its beginning is gone");
  change_index([](std::string& bytes) { bytes = "QDLI"; });
  still_right("all is gone");
  std::filesystem::remove(index_path(path_));
  write_log(false);  // appended: another size, no index
  ASSERT_TRUE(build_index(path_).value());
  std::filesystem::resize_file(path_, static_cast<std::uintmax_t>(expected.back()));
  EXPECT_EQ(all(of_node("node12"), 1 << 30, pages).size(), 1999u);
}

TEST_F(LogIndexTest, GoesOnWhereItWasAndCoversWhatWasWrittenWithoutIt) {
  {
    IndexWriter index(path_);
    index.begin();
    add(at("early", "1"), 8000, &index);
  }
  const auto torn = std::filesystem::file_size(index_path(path_));
  std::ofstream(index_path(path_), std::ios::binary | std::ios::app) << "half a record";
  add(at("between", "1"), 3000, nullptr);
  IndexWriter index(path_);
  index.begin();
  EXPECT_EQ(std::filesystem::file_size(index_path(path_)), torn);  // what was torn is gone
  add(at("late", "1"), 9000, &index);
  index.close();
  EXPECT_EQ(index.covered(), size());
  for (const auto& [node, lines] :
       std::map<std::string, std::size_t>{{"early", 8000}, {"between", 3000}, {"late", 9000}}) {
    EXPECT_EQ(read(of_node(node), 3 << 20).events.size(), lines) << node;
  }
  ReadRequest line;
  line.skip_lines = 10'999;
  line.max_lines = 2;
  const auto page = read(line);
  ASSERT_EQ(page.events.size(), 2u);
  EXPECT_EQ(page.events[0].event.meta.at("node"), "between");
  EXPECT_EQ(page.events[1].event.meta.at("node"), "late");
}

TEST_F(LogIndexTest, IsMadeAnewForALogThatHasNoneAlsoWhenCompressed) {
  write_log();
  int pages = 0;
  const auto expected = all(of_node("node5"), index_budget, pages);
  const auto with = std::filesystem::file_size(index_path(path_));
  std::filesystem::remove(index_path(path_));
  ASSERT_TRUE(build_index(path_).value());
  EXPECT_LT(std::filesystem::file_size(index_path(path_)), 2 * with);
  EXPECT_EQ(all(of_node("node5"), 2 * index_budget, pages), expected);
  EXPECT_EQ(pages, 1);
  ASSERT_TRUE(pack_log(path_));
  EXPECT_EQ(all(of_node("node5"), 2 * index_budget, pages), expected);
  EXPECT_EQ(pages, 1);
  std::filesystem::remove(index_path(path_));
  ASSERT_TRUE(build_index(path_).value());
  EXPECT_EQ(all(of_node("node5"), 2 * index_budget, pages), expected);
  EXPECT_EQ(pages, 1);
  EXPECT_TRUE(remove_log(path_));
  EXPECT_FALSE(std::filesystem::exists(index_path(path_)));
}

TEST_F(LogIndexTest, IsNotMadeForSmallLogs) {
  IndexWriter index(path_);
  index.begin();
  add(at("a", "1"), 10, &index);
  index.close();
  EXPECT_FALSE(std::filesystem::exists(index_path(path_)));
  EXPECT_FALSE(build_index(path_).value());
}

TEST_F(LogIndexTest, StaysSmallWithTenThousandNodes) {
  IndexWriter index(path_);
  index.begin();
  for (int round = 0; round < 5; ++round) {
    for (int node = 0; node < 10'000; ++node) add(at("host-" + std::to_string(node), "1"), 1, &index);
  }
  index.close();
  const auto bytes = static_cast<std::int64_t>(std::filesystem::file_size(index_path(path_)));
  EXPECT_LT(bytes, size() / 10);
  int pages = 0;
  EXPECT_EQ(all(of_node("host-4711"), 4 << 20, pages).size(), 5u);
}

TEST(BlockMarks, KnowTooManyAsAny) {
  BlockMarks block;
  for (int i = 0; i < 3000; ++i) block.add(true, marks_of("n" + std::to_string(i), "1"));
  EXPECT_TRUE(block.nodes().any());
  EXPECT_TRUE(block.nodes().marks().empty());
  EXPECT_FALSE(block.steps().any());
  EXPECT_EQ(block.lines(), 3000);
  BlockMarks other;
  other.merge(block);
  EXPECT_TRUE(other.nodes().any());
  EXPECT_EQ(other.lines(), 3000);
}

// Whatever the log, the request and the budget: with the index all is as without it.
TEST_F(LogIndexTest, ChangesNoAnswer) {
  std::mt19937 random(7);
  const auto pick = [&](int most) { return std::uniform_int_distribution<int>(0, most - 1)(random); };
  IndexWriter index(path_);
  index.begin();
  std::string node = "n0", step = "1";
  for (int i = 0; i < 6000; ++i) {
    if (pick(300) == 0) node = "n" + std::to_string(pick(12));
    if (pick(500) == 0) step = std::to_string(pick(4)) + (pick(2) == 0 ? "" : "/" + std::to_string(pick(3)));
    add(at(node, step), 1 + pick(5), &index);
  }
  index.close();
  const auto without = path_ + ".copy.rdlog";
  std::filesystem::copy_file(path_, without, std::filesystem::copy_options::overwrite_existing);
  const auto with = path_;
  for (int round = 0; round < 150; ++round) {
    ReadRequest request;
    if (pick(3) != 0) request.node = "n" + std::to_string(pick(13));
    if (pick(3) == 0) request.stepctx = std::to_string(pick(4)) + (pick(2) == 0 ? "/" : "");
    if (pick(4) == 0) request.skip_lines = pick(20'000);
    if (pick(4) == 0) request.max_lines = pick(50);
    if (pick(5) == 0) request.offset = pick(static_cast<int>(size()));
    if (pick(5) == 0) request.last_lines = pick(2000);
    int pages = 0;
    path_ = with;
    const auto got = request.last_lines || request.max_lines ? offsets(read(request, 1 << 28))
                                                             : all(request, (64 << 10) + pick(1 << 20), pages);
    path_ = without;
    EXPECT_EQ(got, offsets(read(request, 1 << 28)))
        << request.node << " " << request.stepctx << " from " << request.offset << ", line " << request.skip_lines;
  }
  std::filesystem::remove(without);
  path_ = with;
}

}  // namespace
}  // namespace qd::log
