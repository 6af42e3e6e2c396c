#include "http/form.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "http/target.hpp"

namespace qd::http {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

constexpr std::string_view kType = "multipart/form-data; boundary=XX";

Request with_body(std::string_view type, std::string body) {
  Request request;
  request.headers.emplace("content-type", type);
  request.body = std::move(body);
  return request;
}

TEST(Form, ReadsUrlencodedBodiesAndKeepsThem) {
  auto request = with_body("application/X-WWW-form-urlencoded; charset=utf-8", "a=1&b=x%20y+z&a=2&&c");
  request.query = {{"a", "0"}};
  ASSERT_TRUE(read_form(request));
  EXPECT_THAT(request.form, ElementsAre(Pair("a", "1"), Pair("b", "x y z"), Pair("a", "2"), Pair("c", "")));
  EXPECT_THAT(request.parameters("a"), ElementsAre("0", "1", "2"));
  EXPECT_EQ(request.parameter("b"), "x y z");
  EXPECT_FALSE(request.parameter("d"));
  EXPECT_FALSE(request.body.empty());
}

TEST(Form, LeavesOtherBodiesAlone) {
  auto request = with_body("application/json", "{\"a\": 1}");
  ASSERT_TRUE(read_form(request));
  EXPECT_TRUE(request.form.empty());
  EXPECT_EQ(request.body, "{\"a\": 1}");
}

TEST(Form, RefusesBrokenTextAndTooManyParameters) {
  auto broken = with_body("application/x-www-form-urlencoded", "a=%C3");
  EXPECT_EQ(read_form(broken).error().status, 400);
  std::string many;
  for (int i = 0; i < 10'000; ++i) many += "a=1&";
  EXPECT_TRUE(parse_urlencoded(many, "The form"));
  EXPECT_EQ(parse_urlencoded(many + "a=1", "The form").error().message, "The form has more than 10000 parameters.");
}

TEST(Multipart, ReadsFieldsAndFiles) {
  auto request = with_body(kType,
                           "preamble\r\n--XX\r\nContent-Disposition: form-data; name=\"format\"\r\n\r\nyaml\r\n"
                           "--XX\r\ncontent-type: text/yaml\r\nCONTENT-DISPOSITION: form-data; name=xmlBatch; "
                           "filename=\"C:\\dir\\a%22b.yaml\"\r\n\r\n--X\r\n--X\r\nline\r\n\r\n--XX--\r\nepilogue");
  ASSERT_TRUE(read_form(request));
  ASSERT_EQ(request.parts.size(), 2u);
  EXPECT_EQ(request.parameter("format"), "yaml");
  EXPECT_FALSE(request.parameter("xmlBatch"));
  const Part* file = request.part("xmlBatch");
  ASSERT_NE(file, nullptr);
  EXPECT_EQ(file->file_name, "a\"b.yaml");
  EXPECT_EQ(file->content_type, "text/yaml");
  EXPECT_EQ(file->content, "--X\r\n--X\r\nline\r\n");
  EXPECT_TRUE(request.body.empty());
}

TEST(Multipart, KeepsEveryByteOfTheContent) {
  std::string all;
  for (int c = 0; c < 256; ++c) all += static_cast<char>(c);
  const auto parts =
      parse_multipart("--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n" + all + "\r\n--XX--", kType);
  ASSERT_TRUE(parts);
  EXPECT_EQ(parts->front().content, all);
}

TEST(Multipart, ReadsOddButValidBodies) {
  EXPECT_TRUE(parse_multipart("--XX--", kType)->empty());
  const std::string part = "--XX  \r\nContent-Disposition: form-data; name=\"a;b\\\"c\"; x\r\n\r\n\r\n--XX--";
  EXPECT_EQ(parse_multipart(part, "multipart/form-data; charset=utf-8; boundary=\"XX\"")->front().name, "a;b\"c");
}

TEST(Multipart, RefusesMalformedBodies) {
  const std::string field = "--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nv\r\n";
  const auto refused = [](const std::string& body, std::string_view type = kType) {
    const auto parts = parse_multipart(body, type);
    return !parts && parts.error().status == 400 && !parts.error().message.empty();
  };
  EXPECT_TRUE(refused(field + "--XX--", "multipart/form-data"));
  EXPECT_TRUE(refused(field + "--XX--", "multipart/form-data; boundary="));
  EXPECT_TRUE(refused(field + "--XX--", "multipart/form-data; boundary=" + std::string(71, 'x')));
  EXPECT_TRUE(refused(field));
  EXPECT_TRUE(refused(field + "--X"));
  EXPECT_TRUE(refused(field + "--XXjunk\r\n\r\n--XX--"));
  EXPECT_TRUE(refused(""));
  EXPECT_TRUE(refused("--XX"));
  EXPECT_TRUE(refused("--XX\r\n\r\nno name\r\n--XX--"));
  EXPECT_TRUE(refused("--XX\r\n--XX--"));
  EXPECT_TRUE(refused("--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n--XX--"));
  EXPECT_TRUE(refused("--XX\r\nA: " + std::string(9000, 'x') +
                      "\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nv\r\n--XX--"));
  EXPECT_TRUE(refused("--XX\r\nContent-Disposition: form-data; name=\"\xFF\"\r\n\r\nv\r\n--XX--"));
}

TEST(Multipart, BoundsTheNumberOfParts) {
  const std::string field = "--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nv\r\n";
  std::string body;
  for (int i = 0; i < 1000; ++i) body += field;
  EXPECT_EQ(parse_multipart(body + "--XX--", kType)->size(), 1000u);
  EXPECT_FALSE(parse_multipart(body + field + "--XX--", kType));
}

}  // namespace
}  // namespace qd::http
