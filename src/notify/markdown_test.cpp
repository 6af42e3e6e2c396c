#include "notify/markdown.hpp"

#include <gtest/gtest.h>

namespace qd::notify {
namespace {

TEST(Markdown, BecomesHtml) {
  EXPECT_EQ(markdown_to_html("# Job *failed*\n\nOn **web1** with `exit 1`.\nSee [it](http://x/y).\n"),
            "<h1>Job <em>failed</em></h1>\n<p>On <strong>web1</strong> with <code>exit 1</code>.\nSee <a "
            "href=\"http://x/y\">it</a>.\n</p>\n");
  EXPECT_EQ(markdown_to_html("- a\n- b\n\n1. c\n---\n> d"),
            "<ul><li>a</li>\n<li>b</li>\n</ul>\n<ol><li>c</li>\n</ol>\n<hr>\n<blockquote>d\n</blockquote>\n");
  EXPECT_EQ(markdown_to_html("```\n**a**\n```"), "<pre><code>**a**\n</code></pre>\n");
}

TEST(Markdown, LeavesTheRestAlone) {
  EXPECT_EQ(markdown_to_html("a * b, x_y, 2 ** 3, [z](javascript:alert), `"),
            "<p>a * b, x_y, 2 ** 3, [z](javascript:alert), `\n</p>\n");
  EXPECT_EQ(markdown_to_html(""), "");
  EXPECT_EQ(markdown_to_html("```\nopen"), "<pre><code>open\n</code></pre>\n");
}

}  // namespace
}  // namespace qd::notify
