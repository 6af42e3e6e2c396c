#include "app/base_folder.hpp"

#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <set>
#include <sys/stat.h>
#include <unistd.h>

#include "auth/realm.hpp"
#include "auth/temp_dir_testing.hpp"

namespace qd::app {
namespace {

using testing::HasSubstr;

class BaseFolderTest : public testing::Test {
 protected:
  BaseFolderTest() {
    request_.base = base_.string();
    request_.package_config_folder = dir_.path() / "none";
  }

  FirstStart prepare() {
    auto first = prepare_base_folder(request_);
    if (!first) throw std::runtime_error(first.error().message);
    return *first;
  }
  Config load() {
    auto config = load_config(request_);
    if (!config) throw std::runtime_error(config.error().message);
    return *config;
  }
  static unsigned mode(const std::filesystem::path& path) {
    struct stat info {};
    return stat(path.c_str(), &info) == 0 ? info.st_mode & 07777 : 0;
  }
  static std::string text(const std::filesystem::path& path) {
    std::ifstream in(path);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  auth::TempDir dir_;
  std::filesystem::path base_ = dir_.path() / "new" / "base";
  ConfigRequest request_;
};

TEST_F(BaseFolderTest, FirstStartWritesWhatLoads) {
  const FirstStart first = prepare();
  ASSERT_TRUE(first.generated_password);
  EXPECT_TRUE(first.wrote_anything);
  EXPECT_GE(first.generated_password->size(), 16U);

  const Config config = load();
  EXPECT_TRUE(config.unimplemented.empty());
  EXPECT_EQ(config.files.size(), 2U);
  EXPECT_EQ(config.member.uuid.size(), 36U);
  auth::Realm realm(config.auth.realm_file);
  EXPECT_THAT(realm.verify("admin", *first.generated_password),
              testing::Optional(testing::UnorderedElementsAre("admin", "user")));
  EXPECT_THAT(text(config.auth.realm_file), HasSubstr("BCRYPT:"));

  EXPECT_EQ(mode(config.auth.realm_file), 0600U);
  EXPECT_EQ(mode(base_ / "server/config/rundeck-config.properties"), 0600U);
  EXPECT_EQ(mode(base_ / "server/data"), 0700U);
  EXPECT_EQ(mode(base_ / "var/logs/rundeck"), 0700U);
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(base_)) {
    if (entry.is_regular_file()) names.insert(entry.path().filename());
  }
  EXPECT_EQ(names, (std::set<std::string>{"admin.aclpolicy", "framework.properties", "rundeck-config.properties",
                                          "realm.properties"}))
      << "and no left-overs";
}

TEST_F(BaseFolderTest, NothingThatExistsIsChanged) {
  dir_.write("new/base/server/config/realm.properties", "anne: secret,admin\n");
  dir_.write("new/base/etc/framework.properties", "framework.server.name = mine\n");
  const FirstStart first = prepare();
  EXPECT_FALSE(first.generated_password);
  EXPECT_TRUE(first.wrote_anything) << "rundeck-config.properties was missing";
  EXPECT_EQ(text(base_ / "server/config/realm.properties"), "anne: secret,admin\n");
  EXPECT_EQ(text(base_ / "etc/framework.properties"), "framework.server.name = mine\n");
  const std::string before = text(base_ / "server/config/rundeck-config.properties");
  EXPECT_FALSE(prepare().wrote_anything);
  EXPECT_EQ(text(base_ / "server/config/rundeck-config.properties"), before);
}

TEST_F(BaseFolderTest, AdminPasswordFromTheEnvironment) {
  request_.environment = {{"QD_ADMIN_PASSWORD", "opensesame"}};
  EXPECT_FALSE(prepare().generated_password);
  EXPECT_TRUE(auth::Realm(load().auth.realm_file).verify("admin", "opensesame"));
  EXPECT_EQ(text(load().auth.realm_file).find("opensesame"), std::string::npos);
}

TEST_F(BaseFolderTest, AFolderThatCannotBeMadeIsNamed) {
  dir_.write("new", "a file, not a folder");
  const auto first = prepare_base_folder(request_);
  ASSERT_FALSE(first);
  EXPECT_THAT(first.error().message, HasSubstr((dir_.path() / "new").string()));
}

TEST_F(BaseFolderTest, PackageLayoutIsLeftAlone) {
  request_.base.clear();
  request_.package_config_folder = dir_.write("pkg/framework.properties", "").parent_path();
  EXPECT_FALSE(prepare().wrote_anything);
  EXPECT_FALSE(std::filesystem::exists(dir_.path() / "pkg/rundeck-config.properties"));
}

TEST_F(BaseFolderTest, UuidIsKept) {
  dir_.write("new/base/etc/framework.properties", "framework.server.name = mine\n");
  prepare();
  const Config config = load();
  EXPECT_EQ(config.member.uuid, "");
  const auto uuid = server_uuid(config);
  ASSERT_TRUE(uuid);
  EXPECT_EQ(uuid->size(), 36U);
  EXPECT_EQ(server_uuid(config), uuid);
  dir_.write("new/base/var/server.uuid", "nonsense\n");
  EXPECT_THAT(server_uuid(config).error().message, HasSubstr("server.uuid: holds no UUID"));
}

TEST_F(BaseFolderTest, OneServerAtATime) {
  prepare();
  const Config config = load();
  ASSERT_TRUE(make_folders(config));
  EXPECT_TRUE(std::filesystem::is_directory(config.folders.temp));
  {
    const auto lock = BaseFolderLock::take(config);
    ASSERT_TRUE(lock);
    const auto second = BaseFolderLock::take(config);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().kind, ErrorKind::conflict);
    EXPECT_THAT(second.error().message, HasSubstr("process " + std::to_string(getpid()) + ")"));
  }
  EXPECT_TRUE(BaseFolderLock::take(config)) << "let go when the holder ended";
}

}  // namespace
}  // namespace qd::app
