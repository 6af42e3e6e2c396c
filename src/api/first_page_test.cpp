#include "api/first_page.hpp"

#include <gtest/gtest.h>

namespace qd::api {
namespace {

constexpr const char* kTable = R"([
  {"pages": ["/", "/menu/home"], "files": ["home.js"], "asks": [{"path": "/projects"}]},
  {"pages": ["/project/:project/jobs/*"], "files": ["jobs.js", "jobs.css"], "asks": [{"path": "/project/:project/jobs"}]},
  {"pages": ["/project/:project/job/show/:uuid"], "files": ["job.js"], "asks": []}
])";

std::string file_of(std::string_view path) {
  const FirstPage page = first_page(kTable, path);
  return page.files.empty() ? "" : std::string(page.files.front().as_string());
}

TEST(FirstPage, IsTheOneWhosePatternFits) {
  EXPECT_EQ(file_of("/"), "home.js");
  EXPECT_EQ(file_of("/menu/home"), "home.js");
  EXPECT_EQ(file_of("/project/shop/jobs"), "jobs.js");
  EXPECT_EQ(file_of("/project/shop/jobs/web/front"), "jobs.js");
  EXPECT_EQ(file_of("/project/shop/job/show/1"), "job.js");
}

TEST(FirstPage, IsNoneElsewhere) {
  for (const char* path :
       {"/menu", "/project/shop", "/project/shop/job/show", "/project/shop/job/show/1/2", "/x/shop/jobs"})
    EXPECT_EQ(file_of(path), "") << path;
  EXPECT_TRUE(first_page("", "/").files.empty());
}

TEST(FirstPage, NamesSegmentsDecoded) {
  EXPECT_EQ(first_page(kTable, "/project/a%20b%2Fc/job/show/1").named,
            (JsonObject{{"project", "a b/c"}, {"uuid", "1"}}));
  EXPECT_TRUE(first_page(kTable, "/menu/home").named.empty());
}

}  // namespace
}  // namespace qd::api
