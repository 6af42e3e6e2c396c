#include "plugin/manifest.hpp"

#include <gmock/gmock.h>

namespace qd::plugin {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr const char* kGood = R"(
name: example
version: 1.0
rundeckPluginVersion: 1.1
author: somebody
providers:
  - name: step
    service: WorkflowNodeStep
    title: A step
    plugin-type: script
    script-interpreter: /bin/bash -e
    script-file: step.sh
    script-args: ${node.name} ${config.count}
    interpreter-args-quoted: true
    plugin-meta: {faicon: bolt}
    config:
      - {type: Integer, name: count, default: 1, required: true, scope: Project}
      - {type: Select, name: colour, values: "red, green"}
      - type: String
        name: secret
        renderingOptions: {valueConversion: STORAGE_PATH_AUTOMATIC_READ}
  - {name: page, plugin-type: ui}
  - name: remote
    service: RemoteScriptNodeStep
    plugin-type: script
    script-file: remote.py
    script-args: [a b, "${config.x}"]
    use-original-extension: false
    script-file-extension: txt
)";

TEST(Manifest, IsRead) {
  const auto manifest = parse_manifest(kGood);
  ASSERT_TRUE(manifest) << manifest.error().message;
  EXPECT_EQ(manifest->name, "example");
  EXPECT_EQ(manifest->version, "1.0");
  ASSERT_EQ(manifest->providers.size(), 2u);
  const auto& step = manifest->providers[0];
  EXPECT_EQ(step.service, "WorkflowNodeStep");
  EXPECT_EQ(step.interpreter, "/bin/bash -e");
  EXPECT_TRUE(step.args_quoted);
  EXPECT_TRUE(step.merge_environment);
  EXPECT_EQ(step.meta.at("faicon"), "bolt");
  ASSERT_EQ(step.properties.size(), 3u);
  EXPECT_EQ(step.properties[0].fallback, "1");
  EXPECT_EQ(step.properties[0].scope, "Project");
  EXPECT_THAT(step.properties[1].values, ElementsAre("red", "green"));
  EXPECT_EQ(step.properties[2].option("valueConversion"), "STORAGE_PATH_AUTOMATIC_READ");
  EXPECT_FALSE(manifest->providers[1].use_original_extension);
  EXPECT_EQ(manifest->providers[1].extension, "txt");
}

TEST(Manifest, TheFirstVersionDoesNotMergeTheEnvironment) {
  const auto manifest = parse_manifest(
      "{name: n, version: 1, rundeckPluginVersion: 1.0, providers: [{name: p, service: FileCopier, plugin-type: "
      "script, "
      "script-file: a}]}");
  ASSERT_TRUE(manifest);
  EXPECT_FALSE(manifest->providers.at(0).merge_environment);
}

TEST(Manifest, SaysWhatIsWrong) {
  EXPECT_THAT(parse_manifest("[]").error().message, HasSubstr("no map"));
  EXPECT_THAT(parse_manifest("{version: 1}").error().message, HasSubstr("'name' is missing"));
  EXPECT_THAT(parse_manifest("{name: n, rundeckPluginVersion: 3.0}").error().message,
              HasSubstr("rundeckPluginVersion"));
  EXPECT_THAT(parse_manifest("{name: n, rundeckPluginVersion: 1.2}").error().message, HasSubstr("'providers'"));
}

TEST(Manifest, LeavesOutProvidersThatCannotWork) {
  const auto left_out = [](const std::string& provider) {
    const auto manifest =
        parse_manifest("{name: n, version: 1, rundeckPluginVersion: 1.2, providers: [{name: p, " + provider + "}]}");
    EXPECT_TRUE(manifest && manifest->providers.empty()) << provider;
    return manifest && !manifest->left_out.empty() ? manifest->left_out.front() : "";
  };
  EXPECT_THAT(left_out("service: Nothing, plugin-type: script, script-file: a"), HasSubstr("'Nothing' is none of"));
  EXPECT_THAT(left_out("service: FileCopier, plugin-type: java, script-file: a"), HasSubstr("is not 'script'"));
  for (const char* file : {"../a", "/etc/passwd", "a/../../b", "''"}) {
    EXPECT_THAT(left_out(std::string("service: FileCopier, plugin-type: script, script-file: ") + file),
                HasSubstr("is no file of 'contents'"));
  }
  EXPECT_THAT(left_out("service: ResourceModelSource, plugin-type: script, script-file: a, resource-format: csv"),
              HasSubstr("resource-format 'csv'"));
  EXPECT_THAT(left_out("service: FileCopier, plugin-type: script, script-file: a, config: [{name: x, type: Select}]"),
              HasSubstr("needs 'values'"));
  EXPECT_THAT(left_out("service: FileCopier, plugin-type: script, script-file: a, config: [{name: x, scope: World}]"),
              HasSubstr("the scope 'World'"));
}

}  // namespace
}  // namespace qd::plugin
