#include "http/static_files.hpp"

#include <gtest/gtest.h>

namespace qd::http {
namespace {

constexpr std::string_view kBundle =
    R"({"files":[{"path":"a.js","type":"text/javascript","tag":"t1","immutable":true,"plain":[0,5],"gzip":[5,3],"br":[8,2]},)"
    R"({"path":"i.html","type":"text/html","tag":"t2","plain":[10,4]}]})"
    "\nplainGZPBRhtml";

Request asking(std::initializer_list<std::pair<std::string, std::string>> headers) {
  Request request;
  request.method = "GET";
  for (const auto& [name, value] : headers) request.headers.emplace(name, value);
  return request;
}

std::string header(const Response& response, const char* name) {
  const auto found = response.headers.find(std::string_view(name));
  return found == response.headers.end() ? "" : found->second;
}

TEST(StaticFiles, ServesTheBestFormThatTheClientTakes) {
  const auto files = StaticFiles::read(kBundle);
  ASSERT_TRUE(files) << files.error().message;
  EXPECT_EQ(files->answer(asking({}), "a.js")->body, "plain");
  const auto br = files->answer(asking({{"Accept-Encoding", "gzip, deflate, br"}}), "a.js");
  EXPECT_EQ(br->body, "BR");
  EXPECT_EQ(header(*br, "Content-Encoding"), "br");
  EXPECT_EQ(header(*br, "Content-Type"), "text/javascript");
  EXPECT_EQ(header(*br, "Cache-Control"), "public, max-age=31536000, immutable");
  EXPECT_EQ(files->answer(asking({{"Accept-Encoding", "gzip;q=0.5, br;q=0"}}), "a.js")->body, "GZP");
  EXPECT_EQ(files->answer(asking({{"Accept-Encoding", "gzip;q=0.0"}}), "a.js")->body, "plain");
  const auto page = files->answer(asking({{"Accept-Encoding", "br"}}), "i.html");
  EXPECT_EQ(page->body, "html");
  EXPECT_EQ(header(*page, "Content-Encoding"), "");
  EXPECT_EQ(header(*page, "Cache-Control"), "no-cache");
}

TEST(StaticFiles, AnswersNotModifiedToWhoHasIt) {
  const auto files = StaticFiles::read(kBundle);
  ASSERT_TRUE(files);
  EXPECT_EQ(files->answer(asking({{"If-None-Match", "\"t1\""}}), "a.js")->status, 304);
  EXPECT_EQ(files->answer(asking({{"If-None-Match", "\"x\", W/\"t1\""}}), "a.js")->status, 304);
  EXPECT_EQ(files->answer(asking({{"If-None-Match", "\"t2\""}}), "a.js")->status, 200);
}

TEST(StaticFiles, KnowsNothingElse) {
  const auto files = StaticFiles::read(kBundle);
  ASSERT_TRUE(files);
  EXPECT_FALSE(files->answer(asking({}), "../a.js"));
  EXPECT_FALSE(files->answer(asking({}), ""));
  EXPECT_EQ(files->text("i.html"), "html");
  EXPECT_EQ(files->text("none"), "");
  EXPECT_TRUE(StaticFiles::read("")->empty());
}

TEST(StaticFiles, RefusesABrokenBundle) {
  EXPECT_FALSE(StaticFiles::read("no index"));
  EXPECT_FALSE(StaticFiles::read("{}\n"));
  EXPECT_FALSE(StaticFiles::read("{\"files\":[1]}\n"));
  EXPECT_FALSE(StaticFiles::read(R"({"files":[{"path":"a","plain":[0,6]}]})"
                                 "\nshort"));
  EXPECT_FALSE(StaticFiles::read(R"({"files":[{"path":"a","plain":[-1,1]}]})"
                                 "\nshort"));
}

}  // namespace
}  // namespace qd::http
