#include "auth/jwt.hpp"

#include <gtest/gtest.h>

namespace qd::auth {
namespace {

// RFC 7515, appendix A: what these keys signed is the same body.
constexpr const char* kBody =
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
constexpr const char* kRsa =
    R"({"kty":"RSA","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ","e":"AQAB"})";
constexpr const char* kRsaSignature =
    "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_"
    "O8W2Fp5jujGbds9uJdbF9CUAr7t1dn"
    "ZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--"
    "xi12jzDwusC-"
    "eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";
constexpr const char* kEc =
    R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"})";
constexpr const char* kEcSignature =
    "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
// RFC 8037, appendix A.
constexpr const char* kEd = R"({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})";
constexpr const char* kEdText = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
constexpr const char* kEdSignature =
    "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";

Jwk key_of(const std::string& json) {
  auto key = Jwk::from_json(parse_json(json).value().as_object());
  EXPECT_TRUE(key) << (key ? "" : key.error().message);
  return key.value();
}

std::string why_no_key(const std::string& json) {
  const auto key = Jwk::from_json(parse_json(json).value().as_object());
  return key ? "it is a key" : key.error().message;
}

std::string signed_by(const std::string& header, const std::string& signature) {
  return base64url(header) + "." + kBody + "." + signature;
}

TEST(Jwt, KnowsSignaturesOfTheStandards) {
  const auto rsa = parse_jwt(std::string("eyJhbGciOiJSUzI1NiJ9.") + kBody + "." + kRsaSignature);
  ASSERT_TRUE(rsa) << rsa.error().message;
  EXPECT_EQ(text_or(rsa->claims, "iss"), "joe");
  EXPECT_TRUE(check_signature(*rsa, {key_of(kRsa)}, {"RS256"}));
  EXPECT_FALSE(check_signature(*rsa, {key_of(kRsa)}, {"RS384", "ES256"}));
  const auto ec = parse_jwt(std::string("eyJhbGciOiJFUzI1NiJ9.") + kBody + "." + kEcSignature);
  ASSERT_TRUE(ec);
  EXPECT_TRUE(check_signature(*ec, {key_of(kRsa), key_of(kEc)}, {"RS256", "ES256"}));
  EXPECT_TRUE(key_of(kEd).verifies("EdDSA", kEdText, base64url_decode(kEdSignature).value()));
  EXPECT_FALSE(key_of(kEd).verifies("EdDSA", std::string(kEdText) + "x", base64url_decode(kEdSignature).value()));
}

TEST(Jwt, AKeyFitsItsOwnKindOnly) {
  const Jwk rsa = key_of(kRsa), ec = key_of(kEc), ed = key_of(kEd);
  const Jwk secret = Jwk::from_secret(std::string(32, 's')).value();
  EXPECT_TRUE(rsa.fits("RS256") && rsa.fits("PS512") && ec.fits("ES256") && ed.fits("EdDSA") && secret.fits("HS256"));
  for (const char* algorithm : {"HS256", "HS384", "HS512", "none", "None", ""}) {
    EXPECT_FALSE(rsa.fits(algorithm) || ec.fits(algorithm) || ed.fits(algorithm)) << algorithm;
  }
  EXPECT_FALSE(ec.fits("ES384") || ec.fits("RS256") || rsa.fits("ES256") || secret.fits("RS256"));
  EXPECT_FALSE(key_of(std::string(kRsa).insert(1, R"("alg":"RS512",)")).fits("RS256"));
}

TEST(Jwt, SaysThatAnotherSetMayHaveTheKey) {
  const auto named = parse_jwt(signed_by(R"({"alg":"RS256","kid":"b"})", kRsaSignature));
  ASSERT_TRUE(named);
  const auto missing = check_signature(*named, {key_of(std::string(kRsa).insert(1, R"("kid":"a",)"))}, {"RS256"});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().kind, ErrorKind::not_found);
  const auto wrong = check_signature(*named, {key_of(std::string(kRsa).insert(1, R"("kid":"b",)"))}, {"RS256"});
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().kind, ErrorKind::unauthenticated);
}

TEST(Jwt, KeysThatAreNoneAreRefused) {
  EXPECT_NE(why_no_key(R"({"kty":"RSA","n":"AQAB","e":"AQAB"})").find("2048"), std::string::npos);
  EXPECT_NE(why_no_key(R"({"kty":"RSA","e":"AQAB"})").find("\"n\""), std::string::npos);
  EXPECT_NE(why_no_key(R"({"kty":"oct","k":"c2VjcmV0"})").find("not known"), std::string::npos);
  EXPECT_NE(why_no_key(std::string(kRsa).insert(1, R"("use":"enc",)")).find("not for signatures"), std::string::npos);
  EXPECT_NE(why_no_key(std::string(kRsa).insert(1, R"("key_ops":["sign"],)")).find("not for"), std::string::npos);
  std::string off_curve = kEc;
  off_curve.replace(off_curve.find("x_FE"), 4, "x_FF");
  EXPECT_NE(why_no_key(off_curve).find("curve"), std::string::npos);
  EXPECT_FALSE(Jwk::from_secret("short"));
  EXPECT_FALSE(Jwk::from_pem("-----BEGIN NOTHING-----"));
  EXPECT_FALSE(parse_jwk_set(R"({"keys":[{"kty":"oct","k":"c2VjcmV0"}]})"));
  EXPECT_FALSE(parse_jwk_set("[]"));
  EXPECT_EQ(parse_jwk_set(std::string(R"({"keys":[{"kty":"new"},)") + kEc + "]}").value().size(), 1u);
}

TEST(Jwt, BrokenTextsAreRefused) {
  const std::string good = signed_by(R"({"alg":"RS256"})", kRsaSignature);
  EXPECT_TRUE(parse_jwt(good));
  const std::string long_text(70'000, 'a');
  for (const std::string& bad :
       {std::string(), std::string("a.b"), good + ".x", good + "=", "e." + good, "." + good.substr(good.find('.')),
        signed_by("[]", "AA"), signed_by(R"({"alg":"RS256","crit":["exp"]})", "AA"), good + "!", long_text}) {
    EXPECT_FALSE(parse_jwt(bad)) << bad.substr(0, 80);
  }
}

std::string why_not(const std::string& claims, const JwtRules& rules, UnixMillis now) {
  const auto good = check_claims(parse_json(claims).value().as_object(), rules, now);
  return good ? "" : good.error().message;
}

TEST(Jwt, TimesCountWithTheLeeway) {
  const JwtRules rules{{}, "", {}, Millis(60'000)};
  EXPECT_EQ(why_not(R"({"exp":1000})", rules, 1'059'999), "");
  EXPECT_NE(why_not(R"({"exp":1000})", rules, 1'060'000), "");
  EXPECT_EQ(why_not(R"({"exp":2000,"nbf":1000,"iat":1000.5})", rules, 940'500), "");
  EXPECT_NE(why_not(R"({"exp":2000,"nbf":1000})", rules, 939'999), "");
  EXPECT_NE(why_not(R"({"exp":2000,"iat":1000})", rules, 939'999), "");
  for (const char* bad :
       {R"({})", R"({"exp":"2000"})", R"({"exp":-1})", R"({"exp":1e300})", R"({"exp":2000,"nbf":{}})"})
    EXPECT_NE(why_not(bad, rules, 0), "") << bad;
}

TEST(Jwt, IssuerAndAudienceMustBeMeant) {
  const JwtRules rules{{}, "https://a", {"x", "y"}, Millis(0)};
  const auto claims = [](const std::string& more) { return R"({"exp":2000,)" + more + "}"; };
  EXPECT_EQ(why_not(claims(R"("iss":"https://a","aud":"x")"), rules, 0), "");
  EXPECT_EQ(why_not(claims(R"("iss":"https://a","aud":["z","y"])"), rules, 0), "");
  EXPECT_NE(why_not(claims(R"("iss":"https://a/","aud":"x")"), rules, 0), "");
  EXPECT_NE(why_not(claims(R"("aud":"x")"), rules, 0), "");
  EXPECT_NE(why_not(claims(R"("iss":"https://a")"), rules, 0), "");
  EXPECT_NE(why_not(claims(R"("iss":"https://a","aud":"x y")"), rules, 0), "") << "a text is one audience";
}

TEST(Jwt, ClaimsGiveTexts) {
  const auto claims = parse_json(R"({"a":["x",1,"y z"],"b":"x, y z","c":7})").value().as_object();
  using Texts = std::vector<std::string>;
  EXPECT_EQ(claim_texts(claims, "a", ","), (Texts{"x", "y z"}));
  EXPECT_EQ(claim_texts(claims, "b", ","), (Texts{"x", "y z"}));
  EXPECT_EQ(claim_texts(claims, "b", ", "), (Texts{"x", "y", "z"}));
  EXPECT_EQ(claim_texts(claims, "c", ","), Texts());
  EXPECT_EQ(claim_texts(claims, "d", ","), Texts());
}

}  // namespace
}  // namespace qd::auth
