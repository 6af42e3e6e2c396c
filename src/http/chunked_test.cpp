#include "http/chunked.hpp"

#include <gtest/gtest.h>

namespace qd::http {
namespace {

struct Decoded {
  int refused = 0;
  bool done = false;
  std::string body;
  std::size_t used = 0;
};

Decoded decode(std::string_view bytes, std::size_t step, std::uint64_t limit = 1000) {
  ChunkedDecoder decoder;
  Decoded decoded;
  for (std::size_t at = 0; at < bytes.size() && !decoder.done(); at += step) {
    const auto used = decoder.feed(bytes.substr(at, step), decoded.body, limit);
    if (!used) {
      decoded.refused = used.error().status;
      return decoded;
    }
    decoded.used += *used;
  }
  decoded.done = decoder.done();
  return decoded;
}

TEST(ChunkedDecoder, GivesTheSameWhereverTheInputIsCut) {
  const std::string bytes = "5\r\nhello\r\n1;ext=\"x\"\r\n \r\nA\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\nGET /next";
  for (std::size_t step = 1; step <= bytes.size(); ++step) {
    const auto decoded = decode(bytes, step);
    EXPECT_EQ(decoded.refused, 0) << step;
    EXPECT_TRUE(decoded.done) << step;
    EXPECT_EQ(decoded.body, "hello 0123456789") << step;
    EXPECT_EQ(decoded.used, bytes.size() - 9) << step;
  }
}

TEST(ChunkedDecoder, RefusesWhatIsMalformed) {
  for (const char* bytes :
       {"x\r\n", "\r\n", "-1\r\n", "0x5\r\nhello\r\n", "5\nhello\r\n", "5\r\nhelloX\r\n", "5\r\nhello\n", "5 6\r\n",
        "fffffffffffffffff\r\n", "5\rhello", "0\r\nA: b\n\r\n", "5;\x01\r\n"}) {
    EXPECT_EQ(decode(bytes, 1).refused, 400) << bytes;
    EXPECT_EQ(decode(bytes, 100).refused, 400) << bytes;
  }
}

TEST(ChunkedDecoder, RefusesTooMuch) {
  EXPECT_EQ(decode("3e9\r\n", 10).refused, 413);
  EXPECT_EQ(decode("3\r\nabc\r\n3\r\nabc\r\n", 100, 5).refused, 413);
  EXPECT_EQ(decode("3\r\nabc\r\n2\r\nab\r\n0\r\n\r\n", 100, 5).refused, 0);
  EXPECT_EQ(decode("ffffffffffffffff\r\n", 100).refused, 413);
  EXPECT_EQ(decode("5;" + std::string(300, 'x'), 100).refused, 400);
  EXPECT_EQ(decode("0\r\nA: " + std::string(9000, 'x') + "\r\n\r\n", 100).refused, 400);
}

TEST(ChunkedDecoder, IsNotDoneBeforeTheLastLine) {
  EXPECT_FALSE(decode("5\r\nhello\r\n0\r\n", 1).done);
  EXPECT_EQ(chunk_prefix(255), "ff\r\n");
}

}  // namespace
}  // namespace qd::http
