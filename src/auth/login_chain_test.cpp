#include "auth/login_chain.hpp"

#include <gmock/gmock.h>

#include "auth/address_set.hpp"
#include "auth/ldap_directory.hpp"
#include "auth/ldap_password.hpp"
#include "auth/login_cache.hpp"
#include "auth/login_throttle.hpp"

namespace qd::auth {
namespace {

using testing::ElementsAre;
using Kind = LoginOutcome::Kind;

class FakeModule final : public LoginModule {
 public:
  FakeModule(Kind kind, std::string role, int& asked) : kind_(kind), role_(std::move(role)), asked_(asked) {}
  std::string name() const override { return role_; }
  LoginOutcome log_in(const Credentials&, SharedLogin&) override {
    ++asked_;
    return {kind_, {"", {role_}, "", "", ""}, "said no"};
  }

 private:
  Kind kind_;
  std::string role_;
  int& asked_;
};

struct FakeEntry {
  LoginFlag flag;
  Kind kind;
};

// Roles are "0", "1"… of the modules.
LoginOutcome run_chain(const std::vector<FakeEntry>& entries, int* asked = nullptr) {
  int count = 0;
  std::vector<ChainedModule> modules;
  for (std::size_t at = 0; at < entries.size(); ++at) {
    modules.push_back({entries[at].flag, std::make_unique<FakeModule>(entries[at].kind, std::to_string(at), count)});
  }
  LoginChain chain("test", std::move(modules));
  SharedLogin shared;
  auto outcome = chain.log_in({"ann", "x"}, shared);
  if (asked != nullptr) *asked = count;
  return outcome;
}

TEST(LoginChain, SufficientEndsItAndFailureGoesOn) {
  int asked = 0;
  EXPECT_THAT(run_chain({{LoginFlag::sufficient, Kind::good}, {LoginFlag::required, Kind::bad}}, &asked).facts.roles,
              ElementsAre("0"));
  EXPECT_EQ(asked, 1);
  EXPECT_EQ(run_chain({{LoginFlag::sufficient, Kind::bad}, {LoginFlag::required, Kind::good}}).kind, Kind::good);
  EXPECT_EQ(run_chain({{LoginFlag::sufficient, Kind::unavailable}, {LoginFlag::sufficient, Kind::good}}).kind,
            Kind::good);
  EXPECT_EQ(run_chain({{LoginFlag::sufficient, Kind::bad}, {LoginFlag::sufficient, Kind::bad}}).kind, Kind::bad);
}

TEST(LoginChain, RequiredAndRequisiteMustSucceed) {
  int asked = 0;
  EXPECT_EQ(
      run_chain(
          {{LoginFlag::required, Kind::bad}, {LoginFlag::sufficient, Kind::good}, {LoginFlag::optional, Kind::good}},
          &asked)
          .kind,
      Kind::bad);
  EXPECT_EQ(asked, 3) << "a sufficient one does not end it after a required one failed";
  EXPECT_EQ(run_chain({{LoginFlag::requisite, Kind::bad}, {LoginFlag::sufficient, Kind::good}}, &asked).kind,
            Kind::bad);
  EXPECT_EQ(asked, 1);
  EXPECT_THAT(run_chain({{LoginFlag::requisite, Kind::good}, {LoginFlag::required, Kind::good}}).facts.roles,
              ElementsAre("0", "1"));
}

TEST(LoginChain, NobodyComesInWhenAllAreAbsentOrOptionalAndWrong) {
  EXPECT_NE(run_chain({{LoginFlag::required, Kind::absent}}).kind, Kind::good);
  EXPECT_NE(run_chain({{LoginFlag::optional, Kind::bad}}).kind, Kind::good);
  EXPECT_NE(run_chain({}).kind, Kind::good);
  EXPECT_TRUE(run_chain({{LoginFlag::required, Kind::bad}, {LoginFlag::optional, Kind::good}}).facts.roles.empty());
}

TEST(LoginThrottle, PausesGrowForAUserAndHoldNobodyElse) {
  ManualClock clock(1'000'000);
  LoginThrottle throttle(clock, {true, 3, Millis(10'000)});
  for (int at = 0; at < 3; ++at) {
    EXPECT_EQ(throttle.wait("ann", "10.0.0.1").count(), 0) << at;
    throttle.failed("ann", "10.0.0.1");
  }
  EXPECT_EQ(throttle.wait("ann", "10.0.0.1").count(), 1'000);
  EXPECT_EQ(throttle.wait("ann", "10.0.0.2").count(), 1'000) << "from elsewhere too";
  EXPECT_EQ(throttle.wait("bob", "10.0.0.1").count(), 0);
  clock.advance(Millis(1'000));
  EXPECT_EQ(throttle.wait("ann", "10.0.0.1").count(), 0);
  throttle.failed("ann", "10.0.0.1");
  EXPECT_EQ(throttle.wait("ann", "10.0.0.1").count(), 2'000);
  for (int at = 0; at < 9; ++at) throttle.failed("ann", "10.0.0.1");
  EXPECT_EQ(throttle.wait("ann", "10.0.0.1").count(), 10'000);
  clock.advance(Millis(16 * 60'000));
  EXPECT_EQ(throttle.wait("ann", "10.0.0.1").count(), 0) << "forgotten";
}

TEST(LoginThrottle, WhoWasHereBeforeIsNotHeldUpByStrangers) {
  ManualClock clock(1'000'000);
  LoginThrottle throttle(clock, {true, 3, Millis(10'000)});
  throttle.succeeded("ann", "10.0.0.1");
  for (int at = 0; at < 50; ++at) {
    throttle.failed("ann", "66.6.6.6");
    throttle.failed("user" + std::to_string(at), "10.0.0.1");
  }
  EXPECT_EQ(throttle.wait("ann", "10.0.0.1").count(), 0);
  EXPECT_GT(throttle.wait("ann", "66.6.6.6").count(), 0);
  EXPECT_GT(throttle.wait("carl", "10.0.0.1").count(), 0) << "an address that guesses is held up for others";
  for (int at = 0; at < 4; ++at) throttle.failed("ann", "10.0.0.1");
  EXPECT_GT(throttle.wait("ann", "10.0.0.1").count(), 0) << "but is not free to guess";
}

TEST(LoginCache, RemembersOnlyTheSamePasswordForAWhile) {
  ManualClock clock(1'000'000);
  LoginCache cache(clock, Millis(5'000));
  cache.put({"ann", "right"}, {"", {"ops"}, "", "", ""});
  ASSERT_TRUE(cache.find({"ann", "right"}));
  EXPECT_THAT(cache.find({"ann", "right"})->roles, ElementsAre("ops"));
  EXPECT_FALSE(cache.find({"ann", "wrong"}));
  EXPECT_FALSE(cache.find({"bob", "right"}));
  clock.advance(Millis(5'000));
  EXPECT_FALSE(cache.find({"ann", "right"}));
  LoginCache none(clock, Millis(0));
  none.put({"ann", "right"}, {});
  EXPECT_FALSE(none.find({"ann", "right"}));
}

TEST(LdapPassword, StoredForms) {
  // Made with `slappasswd` and `openssl dgst -binary | base64`.
  for (const char* stored :
       {"mypass", "{MD5}oCnQ34TrVUnGQeBKnvOJ5Q==", "{CRYPT}jsnDAc2Xk4W4o", "{md5}oCnQ34TrVUnGQeBKnvOJ5Q=="}) {
    EXPECT_EQ(verify_ldap_password(stored, "mypass"), std::optional(true)) << stored;
    EXPECT_EQ(verify_ldap_password(stored, "mypasS"), std::optional(false)) << stored;
  }
  EXPECT_EQ(verify_ldap_password("{SASL}ann@realm", "mypass"), std::nullopt);
  EXPECT_EQ(verify_ldap_password("{SSHA}AAAA", "mypass"), std::optional(false));
}

TEST(LdapText, IsEscapedForFiltersAndNames) {
  EXPECT_EQ(ldap_escape("a*(b)\\"), "a\\2a\\28b\\29\\5c");
  EXPECT_EQ(ldap_escape(std::string_view("x\0y", 3)), "x\\00y");
  EXPECT_EQ(ldap_normal_dn("CN=Ops , OU=Groups,dc=Example"), ldap_normal_dn("cn=ops,ou=groups,DC=example"));
}

TEST(AddressSet, NetworksOfBothKinds) {
  const auto set = AddressSet::parse("127.0.0.1, 10.1.0.0/16, fd00::/8");
  ASSERT_TRUE(set);
  for (const char* inside : {"127.0.0.1", "10.1.255.3", "fd12::1", "::ffff:10.1.2.3"})
    EXPECT_TRUE(set->contains(inside)) << inside;
  for (const char* outside : {"127.0.0.2", "10.2.0.1", "fe80::1", "x", "", "::ffff:10.2.2.3"})
    EXPECT_FALSE(set->contains(outside)) << outside;
  EXPECT_FALSE(AddressSet::parse("10.0.0.0/33"));
  EXPECT_FALSE(AddressSet::parse("proxy.example.com"));
  EXPECT_TRUE(AddressSet::parse("")->empty());
}

}  // namespace
}  // namespace qd::auth
