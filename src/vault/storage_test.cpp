#include "vault/storage.hpp"

#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <sys/stat.h>

#include "base/id.hpp"
#include "base/text.hpp"
#include "store/project_store.hpp"
#include "store/testing/database_test_case.hpp"
#include "vault/storage_config.hpp"
#include "vault/text_sealer.hpp"

namespace qd::vault {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class StorageTest : public ::testing::Test {
 protected:
  StorageTest() {
    fs::create_directories(folder);
    database = store::testing::open_or_fail(store::testing::fresh_database(store::Dialect::sqlite));
  }
  ~StorageTest() override { fs::remove_all(folder); }

  std::unique_ptr<KeyRing> ring_of(const std::string& password, const std::string& old = {},
                                   const std::string& file = "master.key") {
    auto ring = KeyRing::open({password, old, folder / file}, store::SealKeyStore(*database), clock);
    EXPECT_TRUE(ring) << ring.error().message;
    return std::move(ring.value());
  }

  std::unique_ptr<Storage> tree(KeyRing& ring, const std::map<std::string, std::string>& properties = {}) {
    const StorageSurroundings around{(folder / "storage").string(), {}, {}};
    const auto config = parse_storage_config(properties, "rundeck.storage.", around);
    EXPECT_TRUE(config) << config.error().message;
    auto built = build_storage(config.value(), *database, "keys", ring, clock);
    EXPECT_TRUE(built) << built.error().message;
    return std::move(built.value());
  }

  static Item secret(const std::string& path, const std::string& content = "s3cret words") {
    return {.path = path, .meta = {{meta::kContentType, "application/x-rundeck-data-password"}}, .content = content};
  }

  std::string in_database(const std::string& path) {
    return store::StorageStore(*database, "keys").find(path).value().content;
  }

  static std::vector<std::string> paths(const Result<std::vector<Entry>>& entries) {
    std::vector<std::string> all;
    for (const auto& entry : entries.value()) all.push_back(entry.path + (entry.folder ? "/" : ""));
    return all;
  }

  const fs::path folder = fs::temp_directory_path() / ("qd-vault-" + base::new_uuid());
  std::unique_ptr<store::Database> database;
  ManualClock clock{1'700'000'000'000};
};

TEST_F(StorageTest, KeepsCiphertextOnly) {
  const auto ring = ring_of("");
  const auto storage = tree(*ring);
  ASSERT_TRUE(storage->create(secret("keys/a")));
  EXPECT_THAT(in_database("keys/a"), ::testing::Not(HasSubstr("s3cret")));
  EXPECT_EQ(storage->read("keys/a").value()->content, "s3cret words");
  struct stat status {};
  ASSERT_EQ(stat((folder / "master.key").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  const auto again = ring_of("");
  EXPECT_EQ(tree(*again)->read("keys/a").value()->content, "s3cret words") << "the key file is read, not made anew";
}

TEST_F(StorageTest, RefusesWhatSomebodyWroteIntoTheDatabase) {
  const auto ring = ring_of("a password");
  const auto storage = tree(*ring);
  ASSERT_TRUE(storage->create(secret("keys/a", "one")));
  ASSERT_TRUE(storage->create(secret("keys/b", "two")));
  store::StorageStore rows(*database, "keys");
  auto a = rows.find("keys/a").value();
  const auto b = rows.find("keys/b").value();
  rows.replace({.path = "keys/a", .meta = a.meta, .content = b.content});
  EXPECT_FALSE(storage->read("keys/a")) << "another item's content";
  a.meta[meta::kContentType] = "application/pgp-keys";
  rows.replace(a);
  EXPECT_FALSE(storage->read("keys/a")) << "a password that was made a public key";
  rows.replace({.path = "keys/b", .meta = b.meta, .content = "plain"});
  const auto plain = storage->read("keys/b");
  ASSERT_FALSE(plain);
  EXPECT_THAT(plain.error().message, HasSubstr("keys/b: its content is not encrypted"));
}

TEST_F(StorageTest, KeepsWhoMadeItAndWhen) {
  const auto ring = ring_of("");
  const auto storage = tree(*ring);
  auto item = secret("keys/a");
  item.meta[meta::kCreatedBy] = item.meta[meta::kModifiedBy] = "ann";
  ASSERT_TRUE(storage->create(item));
  clock.advance(Millis{5000});
  auto later = secret("keys/a", "longer than before");
  later.meta[meta::kModifiedBy] = "bob";
  const auto entry = storage->replace(later);
  ASSERT_TRUE(entry);
  EXPECT_EQ(entry->meta, storage->look("keys/a").value()->meta);
  EXPECT_EQ(entry->meta.at(meta::kCreatedBy), "ann");
  EXPECT_EQ(entry->meta.at(meta::kModifiedBy), "bob");
  EXPECT_EQ(entry->meta.at(meta::kCreated), "2023-11-14T22:13:20Z");
  EXPECT_EQ(entry->meta.at(meta::kModified), "2023-11-14T22:13:25Z");
  EXPECT_EQ(entry->meta.at(meta::kSize), "18");
}

TEST_F(StorageTest, SaysWhatIsThereAlreadyOrNot) {
  const auto ring = ring_of("");
  const auto storage = tree(*ring);
  ASSERT_TRUE(storage->create(secret("keys/a")));
  EXPECT_EQ(storage->create(secret("keys/a")).error().kind, ErrorKind::conflict);
  EXPECT_EQ(storage->create(secret("keys/a/b")).error().kind, ErrorKind::conflict) << "a file is no folder";
  EXPECT_EQ(storage->replace(secret("keys/none")).error().kind, ErrorKind::not_found);
  EXPECT_EQ(storage->read("keys/none").value(), std::nullopt);
  EXPECT_TRUE(storage->remove("keys/a").value());
  EXPECT_FALSE(storage->remove("keys/a").value());
  EXPECT_EQ(storage->look("keys").value(), std::nullopt) << "empty folders are gone";
}

TEST_F(StorageTest, MountsProvidersOverEachOther) {
  const auto ring = ring_of("");
  const auto files = (folder / "files").string(), stripped = (folder / "stripped").string();
  const auto storage = tree(*ring, {{"rundeck.storage.provider.1.type", "db"},
                                    {"rundeck.storage.provider.1.path", "keys"},
                                    {"rundeck.storage.provider.2.type", "file"},
                                    {"rundeck.storage.provider.2.path", "/keys/local/"},
                                    {"rundeck.storage.provider.2.config.baseDir", files},
                                    {"rundeck.storage.provider.3.type", "file"},
                                    {"rundeck.storage.provider.3.path", "keys/local/short"},
                                    {"rundeck.storage.provider.3.removePathPrefix", "true"},
                                    {"rundeck.storage.provider.3.config.baseDir", stripped}});
  for (const char* path : {"keys/a", "keys/local/b", "keys/local/short/c/d"}) {
    ASSERT_TRUE(storage->create(secret(path))) << path;
    EXPECT_EQ(storage->read(path).value()->content, "s3cret words") << path;
    EXPECT_EQ(storage->read(path).value()->path, path);
  }
  EXPECT_TRUE(fs::exists(files + "/content/keys/local/b"));
  EXPECT_TRUE(fs::exists(files + "/meta/keys/local/b"));
  EXPECT_TRUE(fs::exists(stripped + "/content/c/d"));
  EXPECT_THAT(paths(storage->list("keys")), ElementsAre("keys/a", "keys/local/"));
  EXPECT_THAT(paths(storage->list("keys/local")), ElementsAre("keys/local/b", "keys/local/short/"));
  EXPECT_THAT(paths(storage->list("keys/local/short/c")), ElementsAre("keys/local/short/c/d"));
  EXPECT_TRUE(storage->remove("keys/local/short/c/d").value());
  EXPECT_THAT(paths(storage->list("keys/local/short")), IsEmpty());
  EXPECT_FALSE(fs::exists(stripped + "/content/c"));
  EXPECT_TRUE(storage->look("keys/local/short").value()->folder) << "a mount is a folder, also when it is empty";
}

TEST_F(StorageTest, ReadsThePeersFilesAndTakesThemOver) {
  const auto base = folder / "storage";
  fs::create_directories(base / "content/keys");
  fs::create_directories(base / "meta/keys");
  const auto put = [&](const std::string& name, const std::string& content, const std::string& json) {
    std::ofstream(base / "content/keys" / name) << content;
    std::ofstream(base / "meta/keys" / name) << json;
  };
  const std::string type = R"("Rundeck-content-type":"application/x-rundeck-data-password")";
  put("plain", "open words", "{" + type + "}");
  put("old", base::base64_decode("bbnJmDtx82/NOeUc9ahULGVAH+RdSLG5").value(),
      "{" + type + R"(,"jasypt-encryption:encrypted":"true"})");
  std::map<std::string, std::string> settings{{"rundeck.storage.provider.1.type", "file"},
                                              {"rundeck.storage.provider.1.path", "/"},
                                              {"rundeck.storage.converter.1.type", "jasypt-encryption"},
                                              {"rundeck.storage.converter.1.path", "keys"},
                                              {"rundeck.storage.converter.1.config.password", "1PwdToBindThem$"}};
  const auto ring = ring_of("");
  const auto as_it_is = tree(*ring, settings);
  EXPECT_EQ(as_it_is->read("keys/plain").value()->content, "open words");
  EXPECT_EQ(as_it_is->read("keys/old").value()->content, "binder123");

  settings["rundeck.storage.converter.1.config.readOnly"] = "true";
  const auto report = tree(*ring, settings)->reseal();
  ASSERT_TRUE(report);
  EXPECT_THAT(report->failures, IsEmpty());
  EXPECT_EQ(report->changed, 2u);
  settings.erase("rundeck.storage.converter.1.type");
  std::erase_if(settings, [](const auto& entry) { return entry.first.find("converter") != std::string::npos; });
  const auto without = tree(*ring, settings);
  EXPECT_EQ(without->read("keys/plain").value()->content, "open words");
  EXPECT_EQ(without->read("keys/old").value()->content, "binder123") << "it does not need the peer's password any more";
}

TEST_F(StorageTest, ConvertersTakeWhatTheirSelectorSays) {
  const auto ring = ring_of("");
  const auto storage = tree(*ring, {{"rundeck.storage.converter.1.type", "aes-gcm-encryption"},
                                    {"rundeck.storage.converter.1.path", "keys/x"},
                                    {"rundeck.storage.converter.1.resourceSelector", "Rundeck-key-type=private"},
                                    {"rundeck.storage.converter.1.config.password", "pw"}});
  auto key = secret("keys/x/private");
  key.meta["Rundeck-key-type"] = "private";
  ASSERT_TRUE(storage->create(key));
  ASSERT_TRUE(storage->create(secret("keys/x/password")));
  EXPECT_FALSE(in_database("keys/x/private").starts_with("QDV1"));
  EXPECT_TRUE(in_database("keys/x/password").starts_with("QDV1"));
  for (const char* path : {"keys/x/private", "keys/x/password"}) {
    EXPECT_EQ(storage->read(path).value()->content, "s3cret words");
  }
}

TEST_F(StorageTest, RotatesToAnotherPasswordWhileItIsUsed) {
  {
    const auto ring = ring_of("first");
    const auto storage = tree(*ring);
    ASSERT_TRUE(storage->create(secret("keys/a", "one")));
    ASSERT_TRUE(storage->create(secret("keys/b", "two")));
    EXPECT_FALSE(ring->rotate().value()) << "it is the current one already";
  }
  EXPECT_EQ(ring_of("second")->check().error().kind, ErrorKind::unavailable);
  const auto before = in_database("keys/a");
  const auto ring = ring_of("second", "first");
  const auto storage = tree(*ring);
  EXPECT_EQ(storage->read("keys/a").value()->content, "one");
  ASSERT_TRUE(storage->create(secret("keys/c", "three")));
  const auto other = ring_of("first");
  EXPECT_EQ(tree(*other)->read("keys/c").value()->content, "three") << "members that do not know the new one go on";
  EXPECT_TRUE(ring->rotate().value());
  const auto report = storage->reseal();
  ASSERT_TRUE(report);
  EXPECT_EQ(report->checked, 3u);
  EXPECT_EQ(report->changed, 3u);
  EXPECT_EQ(storage->reseal()->changed, 0u);
  EXPECT_NE(in_database("keys/a").substr(0, 12), before.substr(0, 12));
  const auto only_new = ring_of("second");
  EXPECT_EQ(tree(*only_new)->read("keys/b").value()->content, "two");
  const auto stale = ring_of("first");
  const auto refused = tree(*stale)->read("keys/a");
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("quarterdeck.storage.password"));
}

TEST_F(StorageTest, MovesFromTheKeyFileToAPassword) {
  {
    const auto ring = ring_of("");
    ASSERT_TRUE(tree(*ring)->create(secret("keys/a")));
  }
  const auto ring = ring_of("a password");
  const auto storage = tree(*ring);
  EXPECT_EQ(storage->read("keys/a").value()->content, "s3cret words");
  EXPECT_TRUE(ring->rotate().value());
  EXPECT_EQ(storage->reseal()->changed, 1u);
  fs::remove(folder / "master.key");
  const auto without = ring_of("a password");
  EXPECT_EQ(tree(*without)->read("keys/a").value()->content, "s3cret words");
  EXPECT_FALSE(fs::exists(folder / "master.key"));
}

TEST_F(StorageTest, DoesNotWriteWithAKeyThatOthersLack) {
  const auto first = ring_of("", "", "one.key");
  ASSERT_TRUE(tree(*first)->create(secret("keys/a")));
  const auto second = ring_of("", "", "two.key");
  const auto refused = tree(*second)->create(secret("keys/b"));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::unavailable);
  EXPECT_THAT(refused.error().message, HasSubstr("a copy of that member's two.key"));
}

TEST_F(StorageTest, SealsProjectsWithAPassword) {
  const auto raw = [&](const char* sql) { return database->query(sql).at(0).text(0); };
  const char* config_sql = "SELECT config FROM project WHERE name = 'p'";
  const char* file_sql = "SELECT content FROM project_file WHERE project = 'p' AND path = 'readme.md'";
  store::ProjectStore(*database).create({.name = "p", .config = {{"project.plugin.password", "s3cret"}}, .created = 1});
  store::ProjectStore(*database).put_file("p", "readme.md", "s3cret readme");
  store::ProjectStore(*database).put_file("p", "motd.md", "qdv1:not sealed at all");
  const auto ring = ring_of("first");
  store::ProjectStore projects(*database, make_text_seal(*ring, "projects", true));
  EXPECT_EQ(projects.find("p")->config.at("project.plugin.password"), "s3cret") << "as it was before";
  const auto done = projects.reseal("p");
  EXPECT_EQ(done.checked, 3u);
  EXPECT_EQ(done.changed, 3u);
  EXPECT_EQ(projects.reseal("p").changed, 0u);
  EXPECT_THAT(raw(config_sql), ::testing::StartsWith("qdv1:"));
  EXPECT_THAT(raw(file_sql), ::testing::Not(HasSubstr("s3cret")));
  EXPECT_EQ(projects.file("p", "readme.md"), "s3cret readme");
  EXPECT_EQ(projects.file("p", "motd.md"), "qdv1:not sealed at all");
  EXPECT_TRUE(projects.change_config("p", {{"a", "b"}}, {}));
  EXPECT_EQ(projects.list().front().config.size(), 2u);

  const auto second = ring_of("second", "first");
  store::ProjectStore rotated(*database, make_text_seal(*second, "projects", true));
  EXPECT_TRUE(second->rotate().value());
  EXPECT_EQ(rotated.reseal("p").changed, 3u);
  const auto only_new = ring_of("second");
  EXPECT_EQ(store::ProjectStore(*database, make_text_seal(*only_new, "projects", true)).find("p")->config.at("a"), "b");
  const auto stranger = ring_of("another");
  store::ProjectStore lost(*database, make_text_seal(*stranger, "projects", true));
  EXPECT_THROW(lost.find("p"), store::SealError);
  database->execute("UPDATE project_file SET content = (SELECT config FROM project WHERE name = 'p')");
  EXPECT_THROW(rotated.file("p", "readme.md"), store::SealError) << "moved to another place";
}

TEST_F(StorageTest, RefusesAKeyFileThatIsNone) {
  std::ofstream(folder / "master.key") << "# a comment\nnot a key\n";
  const auto ring = KeyRing::open({"", "", folder / "master.key"}, store::SealKeyStore(*database), clock);
  ASSERT_FALSE(ring);
  EXPECT_THAT(ring.error().message, HasSubstr("master.key:2: a key is 64 hexadecimal digits"));
}

TEST(StorageConfigTest, NamesTheKeyThatIsWrong) {
  const StorageSurroundings around{"/var/storage",
                                   [](const std::string& name) -> std::optional<std::string> {
                                     if (name == "SET") return "from the environment";
                                     return std::nullopt;
                                   },
                                   {}};
  const auto parsed = [&](std::map<std::string, std::string> properties) {
    std::map<std::string, std::string> full;
    for (auto& [key, value] : properties) full["rundeck.storage." + key] = value;
    return parse_storage_config(full, "rundeck.storage.", around);
  };
  const auto complaint = [&](std::map<std::string, std::string> properties) {
    const auto config = parsed(std::move(properties));
    return config ? std::string("accepted") : config.error().message;
  };
  EXPECT_THAT(complaint({{"provider.1.type", "vault-storage"}}), HasSubstr("rundeck.storage.provider.1.type"));
  EXPECT_THAT(complaint({{"provider.x.type", "db"}}), HasSubstr("rundeck.storage.provider.x.type"));
  EXPECT_THAT(complaint({{"converter.2.type", "jasypt-encryption"}}), HasSubstr("converter.2.config.password"));
  std::map<std::string, std::string> converter{{"converter.1.type", "jasypt-encryption"},
                                               {"converter.1.config.passwordEnvVarName", "UNSET"}};
  EXPECT_THAT(complaint(converter), HasSubstr("converter.1.config.passwordEnvVarName: UNSET is not set"));
  converter["converter.1.config.passwordEnvVarName"] = "SET";
  EXPECT_EQ(parsed(converter)->converters.front().settings.password, "from the environment");
  EXPECT_EQ(parsed(converter)->converters.front().settings.algorithm, "PBEWithMD5AndDES");
  converter["converter.1.config.encryptorType"] = "strong";
  EXPECT_EQ(parsed(converter)->converters.front().settings.algorithm, "PBEWithMD5AndTripleDES");
  converter["converter.1.config.encryptorType"] = "custom";
  converter["converter.1.config.algorithm"] = "PBEWithNothing";
  EXPECT_THAT(complaint(converter), HasSubstr("converter.1.config.algorithm"));
  converter["converter.1.config.algorithm"] = "PBEWITHSHA256AND256BITAES-CBC-BC";
  converter["converter.1.config.keyObtentionIterations"] = "0";
  EXPECT_THAT(complaint(converter), HasSubstr("keyObtentionIterations"));
  const auto both = parsed({{"provider.1.type", "db"},
                            {"provider.1.path", "keys"},
                            {"provider.2.type", "file"},
                            {"provider.2.path", "/keys"}});
  ASSERT_EQ(both->providers.size(), 1u) << "the later one of a path wins";
  EXPECT_EQ(both->providers.front().folder, "/var/storage");
}

}  // namespace
}  // namespace qd::vault
