#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>

#include "base/id.hpp"
#include "logstore/aws_credentials.hpp"
#include "logstore/azure_client.hpp"
#include "logstore/file_bytes.hpp"
#include "logstore/http_date.hpp"
#include "logstore/path_template.hpp"
#include "logstore/s3_settings.hpp"
#include "logstore/sigv4.hpp"

namespace qd::logstore {
namespace {

namespace fs = std::filesystem;

// The examples that AWS publishes in "Authenticating Requests: Using the Authorization Header".
class PublishedSignatures : public ::testing::Test {
 protected:
  std::string signature(AwsRequest request) const {
    for (const auto& [name, value] : sign_aws_request(request, keys, {"us-east-1", "s3", 1369353600000}))
      if (name == "Authorization") return value.substr(value.find("Signature=") + 10);
    return "none";
  }
  AwsRequest get(std::string path) const {
    return {"GET", "examplebucket.s3.amazonaws.com", std::move(path), {}, {}, base::sha256_hex(""), true};
  }
  const AwsCredentials keys{"AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", {}, {}};
};

TEST_F(PublishedSignatures, OfAReadWithARange) {
  auto request = get("/test.txt");
  request.headers = {{"Range", "bytes=0-9"}};
  EXPECT_EQ(signature(request), "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
}

TEST_F(PublishedSignatures, OfAWrite) {
  auto request = get("/test%24file.text");
  request.method = "PUT";
  request.headers = {{"Date", "Fri, 24 May 2013 00:00:00 GMT"}, {"x-amz-storage-class", "REDUCED_REDUNDANCY"}};
  request.payload_sha256 = base::sha256_hex("Welcome to Amazon S3.");
  EXPECT_EQ(signature(request), "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd");
}

TEST_F(PublishedSignatures, OfQueries) {
  auto flag = get("/");
  flag.query = {{"lifecycle", ""}};
  EXPECT_EQ(signature(flag), "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543");
  auto list = get("/");
  list.query = {{"prefix", "J"}, {"max-keys", "2"}};
  EXPECT_EQ(signature(list), "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7");
}

TEST(SigV4, SignsTheSessionTokenToo) {
  AwsRequest request{"GET", "h", "/", {}, {}, base::sha256_hex(""), true};
  const auto headers = sign_aws_request(request, {"k", "s", "token+/=", {}}, {"r", "s3", 0});
  std::map<std::string, std::string> sent(headers.begin(), headers.end());
  EXPECT_EQ(sent["x-amz-security-token"], "token+/=");
  EXPECT_NE(sent["Authorization"].find("x-amz-date;x-amz-security-token,"), std::string::npos);
}

const std::map<std::string, std::string> kJob{{"execid", "12"}, {"project", "p"}, {"id", ""}, {"group", "a/b"}};

TEST(PathTemplate, FillsInVariables) {
  EXPECT_EQ(*expand_path("//project/${job.project}//${job.execid}", kJob), "project/p/12");
  EXPECT_EQ(*expand_path("logs/${job.group}/${job.id}/${job.nothing}${other}${job.execid}.log", kJob),
            "logs/a/b/12.log");
  EXPECT_EQ(*expand_path("logs/", kJob), "logs/12");
}

TEST(PathTemplate, RefusesWhatWouldShareOrLeadOut) {
  for (const char* bad : {"logs", "${job.execid}/", "logs/../${job.execid}", "./${job.execid}", "", "a\n${job.execid}"})
    EXPECT_FALSE(expand_path(bad, kJob)) << bad;
  EXPECT_FALSE(expand_path("x/${job.group}/${job.execid}", {{"execid", "1"}, {"group", ".."}}));
  EXPECT_FALSE(check_key(std::string(901, 'x')));
}

TEST(S3Settings, HaveTheDefaultsOfThePlugin) {
  const auto settings = parse_s3_settings({{"bucket", "logs"}});
  ASSERT_TRUE(settings);
  EXPECT_EQ(settings->region, "us-east-1");
  EXPECT_FALSE(settings->path_style);
  const auto place = place_of(*settings, "a b/1+2=(3).rdlog");
  EXPECT_EQ(place.host, "logs.s3.us-east-1.amazonaws.com");
  EXPECT_EQ(place.path, "/a%20b/1%2B2%3D%283%29.rdlog");
  EXPECT_EQ(place.url, "https://" + place.host + place.path);
}

TEST(S3Settings, UseThePathWhereNamesCannotHoldTheBucket) {
  const auto place = [](Settings settings) { return place_of(*parse_s3_settings(settings), "k").url; };
  EXPECT_EQ(place({{"bucket", "logs"}, {"endpoint", "http://10.0.0.1:9000/"}}), "http://10.0.0.1:9000/logs/k");
  EXPECT_EQ(place({{"bucket", "Logs_1"}, {"endpoint", "minio.example"}}), "https://minio.example/Logs_1/k");
  EXPECT_EQ(place({{"bucket", "logs"}, {"endpoint", "https://h:443/s3"}, {"pathStyle", "true"}}),
            "https://h/s3/logs/k");
  EXPECT_EQ(place({{"bucket", "logs"}, {"region", "cn-north-1"}}), "https://logs.s3.cn-north-1.amazonaws.com.cn/k");
}

TEST(S3Settings, SayWhatIsWrong) {
  const auto error = [](Settings settings) { return parse_s3_settings(settings).error().message; };
  EXPECT_EQ(error({}), "bucket: not set");
  EXPECT_NE(error({{"bucket", "b"}, {"pathStyle", "perhaps"}}).find("pathStyle: 'perhaps'"), std::string::npos);
  EXPECT_NE(error({{"bucket", "b"}, {"endpoint", "ftp://h"}}).find("endpoint"), std::string::npos);
  EXPECT_NE(error({{"bucket", "b"}, {"serverSideEncryption", "DES"}}).find("AES256"), std::string::npos);
  EXPECT_NE(error({{"bucket", "b"}, {"partSizeMB", "4"}}).find("5 to 512"), std::string::npos);
}

TEST(S3Settings, MetadataThatHeadersCannotCarry) {
  S3Settings settings;
  const Metadata metadata{{"rundeck.username", "Zoë B"}, {"rundeck.url", " "}};
  EXPECT_EQ(metadata_headers(settings, metadata).size(), 1U);
  EXPECT_EQ(metadata_headers(settings, metadata).front().second, "Zo?? B");
  settings.encode_metadata = true;
  EXPECT_EQ(metadata_headers(settings, metadata).front(),
            (std::pair<std::string, std::string>("x-amz-meta-rundeck.username", "Zo%C3%AB+B")));
}

class Folder : public ::testing::Test {
 protected:
  Folder() : path(fs::temp_directory_path() / ("qd-logstore-" + base::new_uuid())) { fs::create_directories(path); }
  ~Folder() override { fs::remove_all(path); }
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(path / name, std::ios::binary) << text;
    return (path / name).string();
  }
  static std::string read(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  fs::path path;
};

using Credentials = Folder;

TEST_F(Credentials, ComeFromWhereTheyAreSetFirst) {
  const auto file = write("keys", "accessKey=FROM_FILE\nsecretKey=s1\n");
  const auto shared = write("shared",
                            "[default]\naws_access_key_id=FROM_DEFAULT\naws_secret_access_key = s2\n"
                            "; note\n[other]\naws_access_key_id=FROM_OTHER\naws_secret_access_key=s3\n");
  std::map<std::string, std::string> environment{
      {"AWS_SHARED_CREDENTIALS_FILE", shared}, {"AWS_EC2_METADATA_DISABLED", "true"}, {"HOME", path.string()}};
  const auto key = [&](const Settings& settings) {
    const auto found = AwsCredentialChain(settings, environment, "r").get(0);
    return found ? found->access_key : found.error().message;
  };
  EXPECT_EQ(key({{"AWSAccessKeyId", "SET"}, {"AWSSecretKey", "s"}, {"AWSCredentialsFile", file}}), "SET");
  EXPECT_EQ(key({{"AWSAccessKeyId", "SET"}}), "AWSAccessKeyId and AWSSecretKey must both be configured");
  EXPECT_EQ(key({{"AWSCredentialsFile", file}}), "FROM_FILE");
  EXPECT_EQ(key({{"profile", "other"}}), "FROM_OTHER");
  EXPECT_EQ(key({}), "FROM_DEFAULT");
  environment["AWS_ACCESS_KEY_ID"] = "FROM_ENVIRONMENT";
  environment["AWS_SECRET_KEY"] = "s4";
  EXPECT_EQ(key({}), "FROM_ENVIRONMENT");
}

TEST_F(Credentials, SayWhereWasLookedInVain) {
  AwsCredentialChain chain({}, {{"HOME", path.string()}, {"AWS_EC2_METADATA_DISABLED", "TRUE"}}, "r");
  const auto found = chain.get(0);
  ASSERT_FALSE(found);
  for (const char* place : {"environment", "profile", "container", "instance"})
    EXPECT_NE(found.error().message.find(place), std::string::npos) << found.error().message;
}

using Filesystem = Folder;

TEST_F(Filesystem, KeepsFilesWhole) {
  auto store = *open_log_store("filesystem", {{"directory", (path / "shared").string()}}, {});
  const auto source = write("log", "0123456789");
  ASSERT_TRUE(store->put("p/1.rdlog", Body::of_file(source, 2, 5), {}, {}));
  EXPECT_EQ(read(path / "shared/p/1.rdlog"), "23456");
  ASSERT_TRUE(store->put("p/1.rdlog", Body::of_text("anew"), {}, {}));
  EXPECT_EQ((*store->find("p/1.rdlog"))->size, 4);
  ASSERT_TRUE(*store->get("p/1.rdlog", (path / "copy").string(), {}));
  EXPECT_EQ(read(path / "copy"), "anew");
  EXPECT_FALSE(*store->get("p/2.rdlog", (path / "none").string(), {}));
  ASSERT_TRUE(store->remove("p/1.rdlog"));
  EXPECT_TRUE(store->remove("p/1.rdlog"));
  EXPECT_FALSE(store->find("p/1.rdlog")->has_value());
}

TEST_F(Filesystem, LeavesNothingOfWhatFailed) {
  auto store = *open_log_store("filesystem", {{"directory", (path / "shared").string()}}, {});
  const auto source = write("log", "0123");
  EXPECT_FALSE(store->put("p/1.rdlog", Body::of_file(source, 0, 5), {}, {})) << "shorter than it says";
  EXPECT_FALSE(store->put("p/1.rdlog", Body::of_file(source, 0, 4), {}, [](std::int64_t) { return false; }));
  EXPECT_TRUE(fs::is_empty(path / "shared/p"));
  EXPECT_FALSE(store->put("../1", Body::of_text("x"), {}, {}));
  fs::remove_all(path / "shared");
  EXPECT_FALSE(store->find("p/1.rdlog")) << "a folder that is not mounted is no missing file";
}

TEST_F(Filesystem, WantsAnAbsoluteFolder) {
  EXPECT_FALSE(open_log_store("filesystem", {{"directory", "logs"}}, {}));
  EXPECT_FALSE(open_log_store("filesystem", {}, {}));
  EXPECT_FALSE(open_log_store("azure-storage", {}, {}));
}

TEST_F(Filesystem, SaysWhichFolderItCannotMake) {
  std::ofstream(path / "file") << "no folder";
  const auto store = open_log_store("filesystem", {{"directory", (path / "file/logs").string()}}, {});
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().kind, ErrorKind::unavailable);
  EXPECT_TRUE(store.error().message.starts_with("directory: cannot make the folder ")) << store.error().message;
}

TEST(Azure, TextToSignIsInTheOrderThatIsPrescribed) {
  AzureRequest request{"PUT", "", "/acc/logs/a%20b", {{"comp", "block"}, {"blockid", "MDAw"}}};
  request.body = "1234";
  const std::vector<std::pair<std::string, std::string>> headers{
      {"x-ms-version", "2021-08-06"}, {"content-type", "text/plain"}, {"x-ms-date", "today"}};
  EXPECT_EQ(azure_text_to_sign(request, "acc", headers),
            "PUT\n\n\n4\n\ntext/plain\n\n\n\n\n\n\nx-ms-date:today\nx-ms-version:2021-08-06\n"
            "/acc/acc/logs/a%20b\nblockid:MDAw\ncomp:block");
}

TEST(Azure, PlacesFilesInContainers) {
  Settings settings{{"storageAccount", "acc"}, {"accessKey", "a2V5"}};
  const auto by_path = parse_azure_settings(settings).value();
  EXPECT_EQ(by_path.key, "key");
  const auto place = azure_place_of(by_path, "Project/p q/12.rdlog").value();
  EXPECT_EQ(place.url, "https://acc.blob.core.windows.net/project/p%20q/12.rdlog");
  EXPECT_EQ(place.path, "/project/p%20q/12.rdlog");
  EXPECT_EQ(place.container_path, "/project");
  EXPECT_FALSE(azure_place_of(by_path, "12.rdlog"));
  EXPECT_FALSE(azure_place_of(by_path, "a_b/12.rdlog"));
  settings["containerName"] = "Logs";
  settings["extraConnectionSettings"] = "EndpointSuffix=core.chinacloudapi.cn";
  EXPECT_EQ(azure_place_of(parse_azure_settings(settings).value(), "12.rdlog").value().url,
            "https://acc.blob.core.chinacloudapi.cn/logs/12.rdlog");
  settings["extraConnectionSettings"] = "BlobEndpoint=http://127.0.0.1:10000/acc/";
  EXPECT_EQ(azure_place_of(parse_azure_settings(settings).value(), "12.rdlog").value().path, "/acc/logs/12.rdlog");
}

TEST(Azure, NamesTheSettingThatIsWrong) {
  const Settings good{{"storageAccount", "acc"}, {"accessKey", "a2V5"}};
  const std::vector<std::pair<std::string, std::string>> wrong{
      {"storageAccount", ""},    {"storageAccount", "A/b"},          {"accessKey", "?"},        {"containerName", "x"},
      {"containerName", "a--b"}, {"defaultEndpointProtocol", "ftp"}, {"endpoint", "file:///x"}, {"blockSizeMB", "0"}};
  for (const auto& [name, value] : wrong) {
    auto settings = good;
    settings[name] = value;
    const auto parsed = parse_azure_settings(settings);
    ASSERT_FALSE(parsed) << name;
    EXPECT_TRUE(parsed.error().message.starts_with(name + ":")) << parsed.error().message;
  }
}

TEST(HttpDate, GoesBothWays) {
  EXPECT_EQ(http_date(1795946400000), "Sun, 29 Nov 2026 10:00:00 GMT");
  EXPECT_EQ(parse_http_date("Sun, 29 Nov 2026 10:00:00 GMT"), 1795946400000);
  EXPECT_FALSE(parse_http_date("yesterday"));
}

}  // namespace
}  // namespace qd::logstore
