#include "http/address_blocks.hpp"

#include <gtest/gtest.h>

namespace qd::http {
namespace {

TEST(AddressBlocks, HoldTheirRanges) {
  const auto blocks = AddressBlocks::parse(" 169.254.0.0/16, fe80::/10,192.0.2.7, 10.0.0.0/9");
  ASSERT_TRUE(blocks);
  for (const char* inside :
       {"169.254.169.254", "::ffff:169.254.1.1", "fe80::1", "fe80::1%eth0", "febf::", "192.0.2.7", "10.127.255.255"}) {
    EXPECT_TRUE(blocks->contains(inside)) << inside;
  }
  for (const char* outside : {"169.253.255.255", "fec0::1", "192.0.2.8", "10.128.0.0", "127.0.0.1", "::1", "no"}) {
    EXPECT_FALSE(blocks->contains(outside)) << outside;
  }
  EXPECT_TRUE(AddressBlocks::parse("")->empty());
  EXPECT_TRUE(AddressBlocks::parse("0.0.0.0/0")->contains("8.8.8.8"));
  EXPECT_FALSE(AddressBlocks::parse("0.0.0.0/0")->contains("2001:db8::1"));
}

TEST(AddressBlocks, RefuseWhatIsNoRange) {
  for (const char* wrong : {"host", "1.2.3.4/33", "1.2.3.4/-1", "1.2.3.4/x", "::/129", "1.2.3"}) {
    EXPECT_FALSE(AddressBlocks::parse(wrong)) << wrong;
  }
}

}  // namespace
}  // namespace qd::http
