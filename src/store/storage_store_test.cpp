#include "store/storage_store.hpp"

#include <gmock/gmock.h>

#include "store/seal_key_store.hpp"
#include "store/testing/database_test_case.hpp"

namespace qd::store {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class StorageStoreTest : public testing::DatabaseTestCase {};
QD_ON_EVERY_DATABASE(StorageStoreTest);

StorageItem item(const std::string& path, const std::string& content = "x") {
  return {.path = path, .meta = {{"kind", path}}, .content = content, .created = 10, .updated = 20};
}

TEST_P(StorageStoreTest, KeepsBytesAndMetadata) {
  StorageStore store(*database_, "keys");
  std::string bytes = "\x01 ünï";
  bytes += std::string("\0\xff'\\", 4);
  ASSERT_TRUE(store.create(item("keys/a", bytes)));
  EXPECT_FALSE(store.create(item("keys/a")));
  const auto found = store.find("keys/a");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->content, bytes);
  EXPECT_EQ(found->meta, (std::map<std::string, std::string>{{"kind", "keys/a"}}));
  EXPECT_EQ(found->created, 10);
  EXPECT_EQ(found->updated, 20);
  EXPECT_EQ(found->version, 1);
  EXPECT_EQ(store.find("keys/A"), std::nullopt);
  EXPECT_EQ(StorageStore(*database_, "other").find("keys/a"), std::nullopt);
  EXPECT_TRUE(store.remove("keys/a"));
  EXPECT_FALSE(store.remove("keys/a"));
}

TEST_P(StorageStoreTest, ListsOneLevelAndItsFolders) {
  StorageStore store(*database_, "keys");
  for (const char* path : {"keys/b", "keys/a", "keys/f/g/h", "keys/f/x", "keys/f0", "keysx/z", "keys/F/q"}) {
    ASSERT_TRUE(store.create(item(path)));
  }
  const auto names = [](const StorageLevel& level) {
    std::vector<std::string> all;
    for (const auto& one : level.items) all.push_back(one.path);
    return all;
  };
  EXPECT_THAT(names(store.list("keys")), ElementsAre("keys/a", "keys/b", "keys/f0"));
  EXPECT_THAT(store.list("keys").folders, ElementsAre("keys/F", "keys/f"));
  EXPECT_THAT(names(store.list("")), IsEmpty());
  EXPECT_THAT(store.list("").folders, ElementsAre("keys", "keysx"));
  EXPECT_THAT(store.list("keys/f").folders, ElementsAre("keys/f/g"));
  EXPECT_TRUE(store.has_folder("keys/f/g"));
  EXPECT_FALSE(store.has_folder("keys/a"));
  EXPECT_FALSE(store.has_folder("key"));
  EXPECT_THAT(store.paths_after("keys/a", 3), ElementsAre("keys/b", "keys/f/g/h", "keys/f/x"));
}

TEST_P(StorageStoreTest, ReplacesOnlyTheVersionThatWasSeen) {
  StorageStore store(*database_, "keys");
  EXPECT_FALSE(store.replace(item("keys/a")));
  ASSERT_TRUE(store.create(item("keys/a")));
  EXPECT_TRUE(store.replace(item("keys/a", "second"), 1));
  EXPECT_FALSE(store.replace(item("keys/a", "third"), 1));
  EXPECT_EQ(store.find("keys/a")->content, "second");
  EXPECT_TRUE(store.replace(item("keys/a", "fourth")));
  EXPECT_EQ(store.find("keys/a")->version, 3);
}

TEST_P(StorageStoreTest, HasOneCurrentKey) {
  SealKeyStore keys(*database_);
  EXPECT_FALSE(keys.current());
  EXPECT_TRUE(keys.make_current({"k1", "file", "", 1}, ""));
  EXPECT_FALSE(keys.make_current({"k2", "password", "00", 2}, "")) << "another member's is there already";
  EXPECT_TRUE(keys.make_current({"k2", "password", "00", 2}, "k1"));
  EXPECT_FALSE(keys.make_current({"k3", "password", "11", 3}, "k1")) << "k1 is not current any more";
  EXPECT_EQ(keys.current()->id, "k2");
  EXPECT_EQ(keys.find("k1")->source, "file");
  EXPECT_TRUE(keys.make_current({"k1", "file", "", 1}, "k2")) << "back to an earlier one";
  EXPECT_EQ(keys.current()->id, "k1");
  EXPECT_EQ(keys.all().size(), 2u);
}

}  // namespace
}  // namespace qd::store
