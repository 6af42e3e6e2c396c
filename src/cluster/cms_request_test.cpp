#include "cluster/cms_request.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cluster/cms_keys_testing.hpp"

namespace qd::cluster {
namespace {

using testing::HasSubstr;

constexpr Millis max_age{5'000};
const std::string first_nonce = "nonce-1-0123456789";

MemberRequest log_request() {
  return {"GET", "/api/59/execution/7/output?offset=12", "", "member-bert"};
}

std::string signed_header(const std::string& nonce = first_nonce, UnixMillis time = key_time) {
  const auto header = sign_request(log_request(), anna(), time, nonce);
  EXPECT_TRUE(header) << header.error().message;
  return header.value_or("");
}

Result<void> verify_header(const std::string& header, const MemberRequest& request, UnixMillis now, ReplayGuard& guard,
                           const MemberKeys& sender = anna()) {
  const auto signature = parse_request_signature(header);
  if (!signature) return fail(signature.error());
  return verify_request(*signature, request, sender.certificate_pem(), now, max_age, guard);
}

std::string refusal_of(const std::string& header, const MemberRequest& request = log_request(),
                       UnixMillis now = key_time, const MemberKeys& sender = anna()) {
  ReplayGuard guard;
  const auto verified = verify_header(header, request, now, guard, sender);
  EXPECT_FALSE(verified);
  EXPECT_EQ(guard.size(), 0u);  // what is refused takes no room
  return verified ? "" : verified.error().message;
}

TEST(MemberRequest, SignedVerifiesOnce) {
  ReplayGuard guard;
  const std::string header = signed_header();
  EXPECT_EQ(parse_request_signature(header)->sender, "member-anna");
  EXPECT_TRUE(verify_header(header, log_request(), key_time + 10, guard));
  const auto again = verify_header(header, log_request(), key_time + 20, guard);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().kind, ErrorKind::conflict);
  EXPECT_TRUE(verify_header(signed_header("nonce-2-0123456789"), log_request(), key_time + 30, guard));
}

TEST(MemberRequest, NeverTwiceWhileItIsYoungEnough) {
  ReplayGuard guard;
  // From a member whose clock is ahead, to the last moment.
  const std::string header = signed_header(first_nonce, key_time + max_age.count());
  EXPECT_TRUE(verify_header(header, log_request(), key_time, guard));
  for (UnixMillis now = key_time; now <= key_time + 3 * max_age.count(); now += 500) {
    EXPECT_FALSE(verify_header(header, log_request(), now, guard)) << now - key_time;
  }
}

TEST(MemberRequest, WithABody) {
  ReplayGuard guard;
  MemberRequest request{"POST", "/x", "the body", "member-bert"};
  const auto header = sign_request(request, anna(), key_time, first_nonce);
  ASSERT_TRUE(header);
  EXPECT_THAT(refusal_of(*header, {"POST", "/x", "the Body", "member-bert"}), HasSubstr("signature does not fit"));
  EXPECT_TRUE(verify_header(*header, request, key_time, guard));
}

TEST(MemberRequest, AnyOtherRequestIsRefused) {
  for (const auto& [method, target, body, recipient] :
       std::vector<MemberRequest>{{"POST", "/api/59/execution/7/output?offset=12", "", "member-bert"},
                                  {"GET", "/api/59/execution/8/output?offset=12", "", "member-bert"},
                                  {"GET", "/api/59/execution/7/output?offset=1", "", "member-bert"},
                                  {"GET", "/api/59/execution/7/output?offset=12", "x", "member-bert"},
                                  {"GET", "/api/59/execution/7/output?offset=12", "", "member-carl"}}) {
    EXPECT_THAT(refusal_of(signed_header(), {method, target, body, recipient}), HasSubstr("signature does not fit"));
  }
}

TEST(MemberRequest, AgeCountsBothWays) {
  const UnixMillis age = max_age.count();
  EXPECT_THAT(refusal_of(signed_header(), log_request(), key_time + age + 1), HasSubstr("too old"));
  EXPECT_THAT(refusal_of(signed_header(), log_request(), key_time - age - 1), HasSubstr("in the future"));
  for (const UnixMillis now : {key_time - age, key_time + age}) {
    ReplayGuard guard;
    EXPECT_TRUE(verify_header(signed_header(), log_request(), now, guard));
  }
}

std::string with_replaced(std::string header, const std::string& from, const std::string& to) {
  const auto at = header.find(from);
  EXPECT_NE(at, std::string::npos);
  return header.replace(at, from.size(), to);
}

TEST(MemberRequest, ChangedHeadersAreRefused) {
  const std::string header = signed_header();
  const std::string time = std::to_string(key_time);
  EXPECT_THAT(refusal_of(with_replaced(header, time, std::to_string(key_time + 1))), HasSubstr("does not fit"));
  EXPECT_THAT(refusal_of(with_replaced(header, "nonce-1", "nonce-9")), HasSubstr("does not fit"));
  EXPECT_THAT(refusal_of(with_replaced(header, "member-anna", "member-carl")), HasSubstr("not that of member-carl"));
  EXPECT_THAT(refusal_of(with_replaced(header, "signature=", "signature=AAAA")), HasSubstr("does not fit"));
  EXPECT_THAT(refusal_of(with_replaced(header, time, "9223372036854775807")), HasSubstr("in the future"));
}

TEST(MemberRequest, AnotherMembersKeyIsRefused) {
  // Carl signs, and says that he is Anna.
  const auto header = sign_request(log_request(), carl(), key_time, first_nonce);
  ASSERT_TRUE(header);
  EXPECT_THAT(refusal_of(with_replaced(*header, "member-carl", "member-anna")), HasSubstr("does not fit"));
  EXPECT_THAT(refusal_of(*header), HasSubstr("not that of member-carl"));
}

TEST(MemberRequest, ExpiredCertificatesAreRefused) {
  const UnixMillis later = carl().expires() + 1000;
  const auto header = sign_request(log_request(), carl(), later, first_nonce);
  ASSERT_TRUE(header);
  EXPECT_THAT(refusal_of(*header, log_request(), later, carl()), HasSubstr("member-carl has expired"));
}

TEST(MemberRequest, BrokenHeadersAreRefused) {
  const std::string header = signed_header();
  for (const std::string& broken :
       {std::string(), std::string("v=1"), std::string("; ; ="), header + "; nonce=another-0123456789",
        with_replaced(header, "v=1", "v=2"), with_replaced(header, "time=", "time=-"),
        with_replaced(header, "time=", "time=x"), with_replaced(header, first_nonce, "short"),
        with_replaced(header, "signature=", "signature=~"), with_replaced(header, "sender=member-anna", "sender="),
        header + std::string(5000, ' ')}) {
    EXPECT_THAT(refusal_of(broken), HasSubstr("X-Quarterdeck-Member"));
  }
}

TEST(MemberRequest, NoLineCanPassForTwo) {
  EXPECT_FALSE(sign_request({"GET", "/a\n/b", "", "member-bert"}, anna(), key_time, first_nonce));
  EXPECT_FALSE(sign_request(log_request(), anna(), key_time, "nonce\n0123456789abc"));
}

}  // namespace
}  // namespace qd::cluster
