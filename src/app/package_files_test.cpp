// The files that the Debian package puts into /etc/rundeck (packaging/etc).
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/base_folder_files.hpp"
#include "app/config.hpp"

namespace qd::app {
namespace {

const std::filesystem::path kFiles = std::filesystem::path(QD_SOURCE_DIR) / "packaging" / "etc";

// Without the comment that tells where a policy came from.
std::string rules(const std::string& policy) {
  return policy.substr(policy.find("description:"));
}

TEST(PackageFiles, AreUnderstoodAndHoldTheLayoutOfThePackage) {
  ConfigRequest request;
  request.package_config_folder = kFiles;
  const auto config = load_config(request);
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_TRUE(config->unimplemented.empty()) << config->unimplemented.front().key;
  EXPECT_EQ(config->folders.base, "/var/lib/rundeck");
  EXPECT_EQ(config->folders.data, "/var/lib/rundeck/data");
  EXPECT_EQ(config->folders.logs, "/var/lib/rundeck/logs");
  EXPECT_EQ(config->folders.plugins, "/var/lib/rundeck/libext");
  EXPECT_EQ(config->log.file, "/var/log/rundeck/service.log");
  EXPECT_EQ(config->auth.realm_file, kFiles / "realm.properties");
  EXPECT_EQ(config->server.address, "0.0.0.0");
}

TEST(PackageFiles, GiveAdminsWhatANewBaseFolderGivesThem) {
  std::ifstream in(kFiles / "admin.aclpolicy");
  const std::string packaged{std::istreambuf_iterator<char>(in), {}};
  EXPECT_EQ(rules(packaged), rules(admin_policy_text()));
}

}  // namespace
}  // namespace qd::app
