#include "http/message.hpp"

#include <gtest/gtest.h>
#include <stdexcept>

#include "http/cookie.hpp"
#include "http/response_head.hpp"

namespace qd::http {
namespace {

TEST(Request, FindsHeadersInAnyCase) {
  Request request;
  request.headers.emplace("X-Rundeck-Auth-Token", "abc");
  request.headers.emplace("content-type", " Text/HTML ; charset=x");
  EXPECT_EQ(request.header("x-RUNDECK-auth-token"), "abc");
  EXPECT_FALSE(request.header("x-rundeck-auth"));
  EXPECT_EQ(request.header_or("Accept", "*/*"), "*/*");
  EXPECT_EQ(request.content_type(), "text/html");
  EXPECT_EQ(Request().content_type(), "");
}

TEST(Request, ReadsCookies) {
  Request request;
  request.headers.emplace("Cookie", "a=1; JSESSIONID=xyz ;b=\"q\"; junk; c=x=y");
  request.headers.emplace("Cookie", "d=4");
  EXPECT_EQ(request.cookie("JSESSIONID"), "xyz");
  EXPECT_EQ(request.cookie("b"), "q");
  EXPECT_EQ(request.cookie("c"), "x=y");
  EXPECT_EQ(request.cookie("d"), "4");
  EXPECT_FALSE(request.cookie("jsessionid"));
  EXPECT_FALSE(request.cookie("junk"));
}

TEST(Cookie, IsWrittenWithItsAttributes) {
  Cookie cookie{.name = "JSESSIONID", .value = "x", .max_age = std::chrono::seconds(60), .secure = true};
  EXPECT_EQ(set_cookie(cookie), "JSESSIONID=x; Path=/; Max-Age=60; HttpOnly; Secure; SameSite=Lax");
  cookie.value = "a;b";
  EXPECT_THROW(set_cookie(cookie), std::logic_error);
}

TEST(ResponseHead, WritesHeadersInTheirUsualSpelling) {
  auto response = Response::json(200, "{}");
  response.headers.emplace("X-Own", "1");
  response.headers.emplace("content-length", "77");
  const Headers common{{"x-own", "2"}, {"X-Common", "3"}};
  const std::string head = response_head(response, common, {});
  EXPECT_EQ(head.find("HTTP/1.1 200 OK\r\nDate: "), 0u);
  EXPECT_NE(head.find("GMT\r\nContent-Type: application/json\r\nX-Own: 1\r\nX-Common: 3\r\nContent-Length: 2\r\n\r\n"),
            std::string::npos)
      << head;
}

TEST(ResponseHead, AValueCannotAddAHeader) {
  Response response = Response::redirect("/a\r\nSet-Cookie: x=1");
  response.headers.emplace("Bad Name", "x");
  const std::string head = response_head(response, {}, {});
  EXPECT_NE(head.find("Location: /a  Set-Cookie: x=1\r\n"), std::string::npos) << head;
  EXPECT_EQ(head.find("Bad Name"), std::string::npos);
}

TEST(ResponseHead, SaysHowTheBodyEndsAndWhatBecomesOfTheConnection) {
  const auto head = [](int status, AnswerFacts facts) {
    return response_head(Response::text(status, "abc"), {}, facts);
  };
  const auto has = [](const std::string& text, const char* part) { return text.find(part) != std::string::npos; };
  EXPECT_FALSE(has(head(204, {}), "Content-Length"));
  EXPECT_FALSE(has(head(304, {}), "Content-Length"));
  EXPECT_TRUE(has(head(200, {.framing = BodyFraming::chunked}), "Transfer-Encoding: chunked\r\n"));
  EXPECT_FALSE(has(head(200, {.framing = BodyFraming::chunked}), "Content-Length"));
  EXPECT_TRUE(has(head(200, {.keep_alive = false}), "Connection: close\r\n"));
  EXPECT_TRUE(has(head(200, {.http_1_0 = true}), "Connection: keep-alive\r\n"));
  EXPECT_FALSE(has(head(200, {}), "Connection"));
  Response sized;
  sized.headers.emplace("Content-Length", "99");
  EXPECT_TRUE(has(response_head(sized, {}, {.head_request = true}), "Content-Length: 99\r\n"));
}

TEST(ResponseHead, WritesDatesAsTheProtocolWantsThem) {
  EXPECT_EQ(http_date(784111777), "Sun, 06 Nov 1994 08:49:37 GMT");
}

}  // namespace
}  // namespace qd::http
