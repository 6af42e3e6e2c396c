#include "plugin/settings.hpp"

#include <gmock/gmock.h>

namespace qd::plugin {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Provider provider_with(Property property) {
  Provider provider;
  provider.name = "p";
  provider.service = "WorkflowNodeStep";
  provider.properties = {std::move(property)};
  return provider;
}

Property named(const char* scope) {
  Property property;
  property.name = "x";
  property.scope = scope;
  property.fallback = "fallback";
  return property;
}

TEST(Settings, EachScopeLooksWhereItMay) {
  const Texts properties{{"project.plugin.WorkflowNodeStep.p.x", "project"},
                         {"framework.plugin.WorkflowNodeStep.p.x", "framework"}};
  const Texts framework{{"framework.plugin.WorkflowNodeStep.p.x", "framework"}};
  const auto value = [&](const char* scope, const Texts& instance, const Texts* set) {
    return resolve_settings(provider_with(named(scope)), {instance, set, nullptr, {}})->values.at("x");
  };
  const Texts given{{"x", "instance"}};
  EXPECT_EQ(value("Instance", given, &properties), "instance");
  EXPECT_EQ(value("Instance", {}, &properties), "project");
  EXPECT_EQ(value("Instance", {}, &framework), "framework");
  EXPECT_EQ(value("InstanceOnly", {}, &properties), "fallback");
  EXPECT_EQ(value("Project", given, &properties), "project");
  EXPECT_EQ(value("Project", given, &framework), "framework");
  EXPECT_EQ(value("ProjectOnly", given, &framework), "fallback");
  EXPECT_EQ(value("Framework", given, &properties), "framework");
}

TEST(Settings, RequiredOnesSayWhereTheyCanBeSet) {
  auto property = named("Project");
  property.fallback.clear();
  EXPECT_TRUE(resolve_settings(provider_with(property), {})->values.empty());
  property.required = true;
  const auto missing = resolve_settings(provider_with(property), {});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().message,
            "WorkflowNodeStep 'p': property 'x' is required; set it in the project as "
            "project.plugin.WorkflowNodeStep.p.x, or in framework.properties as framework.plugin.WorkflowNodeStep.p.x");
}

TEST(Settings, ValuesFitTheirType) {
  const auto problem = [](const char* type, const char* value) {
    auto property = named("Instance");
    property.type = type;
    property.values = {"a", "b"};
    const auto settings = resolve_settings(provider_with(property), {{{"x", value}}, nullptr, nullptr, {}});
    return settings ? std::string() : settings.error().message;
  };
  EXPECT_EQ(problem("Integer", "12"), "");
  EXPECT_THAT(problem("Integer", "many"), HasSubstr("'many' is no whole number"));
  EXPECT_THAT(problem("Boolean", "maybe"), HasSubstr("neither true nor false"));
  EXPECT_THAT(problem("Select", "c"), HasSubstr("none of a, b"));
  EXPECT_EQ(problem("FreeSelect", "c"), "");
  EXPECT_EQ(problem("Options", "a, b"), "");
  EXPECT_THAT(problem("Options", "a,c"), HasSubstr("not made of a, b"));
}

TEST(Settings, SecretsAreReadFromWhereTheirValuesSay) {
  auto property = named("Instance");
  property.rendering = {{"valueConversion", "STORAGE_PATH_AUTOMATIC_READ"}};
  SettingSources sources;
  sources.instance = {{"x", "keys/a"}};
  EXPECT_THAT(resolve_settings(provider_with(property), sources).error().message, HasSubstr("no key storage"));
  sources.read_secret = [](const std::string& path) -> Result<std::string> {
    if (path == "keys/a") return std::string("hunter2");
    return fail(ErrorKind::not_found, "resource not found: " + path);
  };
  const auto settings = resolve_settings(provider_with(property), sources);
  ASSERT_TRUE(settings);
  EXPECT_EQ(settings->values.at("x"), "hunter2");
  EXPECT_THAT(settings->secrets, ElementsAre("hunter2"));
  sources.instance = {{"x", "keys/b"}};
  EXPECT_THAT(resolve_settings(provider_with(property), sources).error().message,
              HasSubstr("resource not found: keys/b"));
  property.rendering["valueConversionFailure"] = "remove";
  EXPECT_FALSE(resolve_settings(provider_with(property), sources)->values.contains("x"));
  property.rendering["valueConversionFailure"] = "skip";
  EXPECT_EQ(resolve_settings(provider_with(property), sources)->values.at("x"), "keys/b");
}

TEST(Settings, SecretsComeFromSecureOptionsToo) {
  auto property = named("Instance");
  property.rendering = {{"valueConversion", "PRIVATE_DATA_CONTEXT"}};
  const Texts secure{{"password", "hunter2"}};
  const auto settings = resolve_settings(provider_with(property), {{{"x", "option.password"}}, nullptr, &secure, {}});
  EXPECT_EQ(settings->values.at("x"), "hunter2");
  EXPECT_FALSE(resolve_settings(provider_with(property), {{{"x", "option.other"}}, nullptr, &secure, {}}));
}

TEST(Settings, NodesSayTheirOwn) {
  auto property = named("Instance");
  property.rendering = {{"instance-scope-node-attribute", "my-x"}};
  model::Node node;
  node.attributes["my-x"] = "of the node";
  EXPECT_EQ(node_instance(provider_with(property), node).at("x"), "of the node");
}

}  // namespace
}  // namespace qd::plugin
