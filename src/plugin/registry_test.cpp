#include "plugin/registry.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>

#include "base/id.hpp"
#include "plugin/archive.hpp"
#include "plugin/option_values.hpp"

namespace qd::plugin {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string manifest(const std::string& version, const std::string& file = "a.sh") {
  return "{name: n, version: '" + version +
         "', rundeckPluginVersion: 1.2, providers: [{name: p, service: WorkflowNodeStep, plugin-type: script, "
         "script-file: " +
         file + "}]}";
}

class RegistryTest : public ::testing::Test {
 protected:
  RegistryTest() : root_(fs::temp_directory_path() / ("qd-registry-" + base::random_token(8))) {
    fs::create_directories(root_ / "libext");
  }
  ~RegistryTest() override { fs::remove_all(root_); }

  void write(const std::string& path, const std::string& text) {
    fs::create_directories((root_ / "libext" / path).parent_path());
    std::ofstream(root_ / "libext" / path) << text;
  }

  struct Entry {
    std::string name, text;
    unsigned type = AE_IFREG;
  };
  std::string zip(const std::string& name, const std::vector<Entry>& entries) {
    const auto path = (root_ / "libext" / name).string();
    ::archive* writer = archive_write_new();
    archive_write_set_format_zip(writer);
    archive_write_open_filename(writer, path.c_str());
    for (const auto& one : entries) {
      archive_entry* entry = archive_entry_new();
      archive_entry_set_pathname(entry, one.name.c_str());
      archive_entry_set_filetype(entry, one.type);
      archive_entry_set_perm(entry, 0644);
      archive_entry_set_size(entry, static_cast<la_int64_t>(one.text.size()));
      if (one.type == AE_IFLNK) archive_entry_set_symlink(entry, one.text.c_str());
      archive_write_header(writer, entry);
      if (one.type == AE_IFREG) archive_write_data(writer, one.text.data(), one.text.size());
      archive_entry_free(entry);
    }
    archive_write_free(writer);
    return path;
  }

  fs::path root_;
  Registry registry_{(root_ / "libext").string(), (root_ / "cache").string()};
};

TEST_F(RegistryTest, FindsFoldersAndZipFiles) {
  write("one/plugin.yaml", manifest("1.0"));
  write("one/contents/a.sh", "#!/bin/sh\n");
  write("README.txt", "no plugin");
  zip("two-plugin.zip", {{"two-plugin/plugin.yaml",
                          "{name: two, version: 1, rundeckPluginVersion: 1.1, providers: [{name: q, service: "
                          "Notification, plugin-type: script, script-file: b.sh}]}"},
                         {"two-plugin/contents/b.sh", "echo b"}});
  registry_.refresh();
  EXPECT_EQ(registry_.list().size(), 2u);
  const auto q = registry_.find("Notification", "q");
  ASSERT_TRUE(q);
  std::ifstream script(q->script());
  std::string line;
  std::getline(script, line);
  EXPECT_EQ(line, "echo b");
  EXPECT_NE(fs::status(q->script()).permissions() & fs::perms::owner_exec, fs::perms::none);
  EXPECT_TRUE(registry_.troubles().empty());
  EXPECT_EQ(registry_.find("Notification", "p"), nullptr);
}

TEST_F(RegistryTest, SeesWhatComesChangesAndGoes) {
  registry_.refresh();
  EXPECT_EQ(registry_.find("WorkflowNodeStep", "p"), nullptr);
  write("one/plugin.yaml", manifest("1.0"));
  write("one/contents/a.sh", "");
  const auto first = registry_.find_now("WorkflowNodeStep", "p");
  ASSERT_TRUE(first);
  write("one/plugin.yaml", manifest("1.10.0"));
  registry_.refresh();
  EXPECT_EQ(registry_.find("WorkflowNodeStep", "p")->version, "1.10.0");
  EXPECT_EQ(first->version, "1.0");
  fs::remove_all(root_ / "libext" / "one");
  registry_.refresh();
  EXPECT_EQ(registry_.find("WorkflowNodeStep", "p"), nullptr);
}

TEST_F(RegistryTest, TheNewestVersionCounts) {
  for (const char* version : {"1.9", "1.10", "1.2"}) {
    write(std::string("v") + version + "/plugin.yaml", manifest(version));
    write(std::string("v") + version + "/contents/a.sh", "");
  }
  registry_.refresh();
  EXPECT_EQ(registry_.find("WorkflowNodeStep", "p")->version, "1.10");
  EXPECT_EQ(compare_versions("1.0", "1"), 0);
  EXPECT_LT(compare_versions("1.0-alpha", "1.0-beta"), 0);
}

TEST_F(RegistryTest, SaysWhyAPluginIsNotUsed) {
  write("empty/plugin.yaml", manifest("1", "gone.sh"));
  zip("wrong.zip", {{"wrong/plugin.yaml", manifest("1")}});
  zip("other-plugin.zip", {{"else/plugin.yaml", manifest("1")}});
  write("broken-plugin.zip", "this is no zip file");
  registry_.refresh();
  std::string all;
  for (const auto& one : registry_.troubles()) all += one.message + "\n";
  EXPECT_TRUE(registry_.list().empty());
  EXPECT_THAT(all, HasSubstr("there is no file contents/gone.sh"));
  EXPECT_THAT(all, HasSubstr("must end with -plugin.zip"));
  EXPECT_THAT(all, HasSubstr("there is no other-plugin/plugin.yaml"));
  EXPECT_THAT(all, HasSubstr("no zip file that can be read"));
}

class UnpackTest : public RegistryTest {
 protected:
  std::string refused(const std::vector<Entry>& entries, const ArchiveLimits& limits = {}) {
    const auto path = zip("x-plugin.zip", entries);
    const auto target = root_ / "out" / base::random_token(6);
    fs::create_directories(target);
    const auto result = unpack(path, target.string(), limits);
    return result ? "" : result.error().message;
  }
};

TEST_F(UnpackTest, StaysInItsFolder) {
  EXPECT_EQ(refused({{"a/b.txt", "x"}}), "");
  for (const char* name : {"../evil", "a/../../evil", "/tmp/evil-of-a-plugin", "a\\..\\evil"}) {
    EXPECT_THAT(refused({{name, "x"}}), HasSubstr("would lie outside")) << name;
  }
  EXPECT_THAT(refused({{"link", "/etc/passwd", AE_IFLNK}}), HasSubstr("neither file nor folder"));
  EXPECT_FALSE(fs::exists("/tmp/evil-of-a-plugin"));
}

TEST_F(UnpackTest, KeepsTheLimits) {
  ArchiveLimits limits;
  limits.max_file = 10;
  EXPECT_THAT(refused({{"a", std::string(11, 'x')}}, limits), HasSubstr("'a' is larger"));
  limits.max_total = 15;
  EXPECT_THAT(refused({{"a", "12345678"}, {"b", "12345678"}}, limits), HasSubstr("unpacked it is larger"));
  limits.max_entries = 1;
  EXPECT_THAT(refused({{"a", "1"}, {"b", "2"}}, limits), HasSubstr("more than the 1 files"));
  limits.max_archive = 10;
  EXPECT_THAT(refused({{"a", "1"}}, limits), HasSubstr("larger than a plugin may be"));
}

TEST(OptionValues, StandBetweenTheMarks) {
  const auto values =
      parse_option_values("noise\n==START_OPTIONS==\nFirst : 1\n\nplain\nurl:http://x\n==END_OPTIONS==\nx:y\n");
  ASSERT_TRUE(values);
  EXPECT_THAT(*values, ElementsAre(LabelledValue{"First", "1"}, LabelledValue{"plain", "plain"},
                                   LabelledValue{"url", "http://x"}));
  EXPECT_FALSE(parse_option_values("a:b"));
  EXPECT_FALSE(parse_option_values("==START_OPTIONS==\na:b"));
}

}  // namespace
}  // namespace qd::plugin
