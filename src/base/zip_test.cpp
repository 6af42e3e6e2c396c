#include "base/zip.hpp"

#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/id.hpp"

namespace qd::base {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class ZipTest : public ::testing::Test {
 protected:
  void SetUp() override { fs::create_directories(folder_); }
  void TearDown() override { fs::remove_all(folder_); }

  std::string written(const std::vector<std::pair<std::string, std::string>>& files) {
    const auto path = (folder_ / "a.zip").string();
    auto zip = ZipWriter::create(path);
    EXPECT_TRUE(zip);
    for (const auto& [name, text] : files) EXPECT_TRUE((*zip)->add_text(name, text));
    EXPECT_TRUE((*zip)->finish());
    return path;
  }

  // The error of reading all of it.
  static std::string refused(const std::string& path, const ZipLimits& limits = {}) {
    const auto zip = ZipReader::open(path, limits);
    if (!zip) return zip.error().message;
    for (;;) {
      const auto entry = (*zip)->next();
      if (!entry) return entry.error().message;
      if (!*entry) return "";
      if (const auto text = (*zip)->text(SIZE_MAX); !text) return text.error().message;
    }
  }

  const fs::path folder_ = fs::temp_directory_path() / ("qd-zip-" + random_token(8));
};

TEST_F(ZipTest, GivesBackWhatWasWritten) {
  const auto path = (folder_ / "a.zip").string();
  const std::string large(3'000'000, 'x');
  {
    auto zip = ZipWriter::create(path);
    ASSERT_TRUE(zip);
    ASSERT_TRUE((*zip)->add_folder("a/"));
    ASSERT_TRUE((*zip)->add_text("a/empty", ""));
    ASSERT_TRUE((*zip)->add(
        "a/large", large.size(),
        [&](std::uint64_t offset, std::size_t most) -> Result<std::string> { return large.substr(offset, most); }));
    ASSERT_TRUE((*zip)->finish());
  }
  EXPECT_LT(fs::file_size(path), 100'000u);
  const auto zip = ZipReader::open(path, {});
  ASSERT_TRUE(zip);
  std::vector<std::string> names;
  std::string text;
  for (;;) {
    const auto entry = (*zip)->next();
    ASSERT_TRUE(entry);
    if (!*entry) break;
    names.push_back((*entry)->name + ((*entry)->folder ? "/" : ""));
    if ((*entry)->name == "a/large") text = (*zip)->text(large.size()).value();
  }
  EXPECT_THAT(names, ElementsAre("a/", "a/empty", "a/large"));
  EXPECT_EQ(text, large);
}

TEST_F(ZipTest, AWriterWhoseSourceEndsEarlyFails) {
  auto zip = ZipWriter::create((folder_ / "a.zip").string());
  ASSERT_TRUE(zip);
  const auto added = (*zip)->add("a", 10, [](std::uint64_t, std::size_t) -> Result<std::string> { return ""; });
  ASSERT_FALSE(added);
  EXPECT_THAT(added.error().message, HasSubstr("ended after 0 bytes of 10"));
}

TEST_F(ZipTest, RefusesNamesThatLeadElsewhere) {
  for (const char* name : {"../x", "a/../../x", "/x", "a\\..\\x", ".."})
    EXPECT_THAT(refused(written({{name, "1"}})), HasSubstr("would lie outside")) << name;
  EXPECT_EQ(refused(written({{"a/./b..c", "1"}})), "");
}

TEST_F(ZipTest, KeepsItsLimits) {
  const auto path = written({{"a", std::string(100'000, 'x')}, {"b", std::string(100'000, 'x')}});
  EXPECT_EQ(refused(path), "");
  EXPECT_THAT(refused(path, {.max_file = 99'999}), HasSubstr("'a' is larger"));
  EXPECT_THAT(refused(path, {.max_total = 150'000}), HasSubstr("unpacked it is larger"));
  EXPECT_THAT(refused(path, {.max_entries = 1}), HasSubstr("more than the 1 files"));
}

TEST_F(ZipTest, RefusesWhatIsNoZip) {
  const auto path = (folder_ / "text").string();
  std::ofstream(path) << "no zip";
  EXPECT_THAT(refused(path), HasSubstr("no zip file"));
  EXPECT_THAT(refused((folder_ / "gone").string()), HasSubstr("cannot be read"));
  const auto whole = written({{"a", std::string(100'000, 'x')}});
  fs::resize_file(whole, fs::file_size(whole) / 2);
  EXPECT_NE(refused(whole), "");
}

TEST_F(ZipTest, SavesAFileOnce) {
  const auto zip = ZipReader::open(written({{"a", "1"}, {"b", "2"}}), {});
  ASSERT_TRUE(zip);
  const auto target = (folder_ / "out").string();
  ASSERT_TRUE((*zip)->next());
  EXPECT_TRUE((*zip)->save(target));
  ASSERT_TRUE((*zip)->next());
  const auto again = (*zip)->save(target);
  ASSERT_FALSE(again);
  EXPECT_THAT(again.error().message, HasSubstr("there twice"));
}

}  // namespace
}  // namespace qd::base
