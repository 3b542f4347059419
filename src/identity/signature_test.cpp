#include "identity/standard_webhook.hpp"
#include "identity/twilio_signature.hpp"

namespace belfry::identity {
namespace {

using namespace std::chrono_literals;
using Form = std::vector<std::pair<std::string, std::string>>;

const TwilioSigner signer("12345");
const std::string url = "https://example.com/myapp?foo=1&bar=2";
const Form form = {
    {"To", "+18005551212"},
    {"Digits", "1234"},
    {"CallSid", "CA1234567890ABCDE"},
    {"Caller", "+14158675310"},
    {"From", "+14158675310"}
};
constexpr std::string_view form_signature = "GPSRTlODYHi4+bX3Qs97BVmS45M=";
constexpr std::string_view bare_signature = "XQzjHOd6m69Rz7KhxnERz0vDn9w=";

// The expected values were made with the vendor's own validator.
TEST(TwilioSignature, OfAFormIsTheVendorsWhateverTheOrder) {
  EXPECT_EQ(signer.sign(url, form), form_signature);
  const Form reversed(form.rbegin(), form.rend());
  EXPECT_EQ(signer.sign(url, reversed), form_signature);
}

TEST(TwilioSignature, WithoutParametersIsOverTheUrl) {
  EXPECT_EQ(signer.sign(url), bare_signature);
  EXPECT_EQ(signer.sign(url + "#rc=2&ct=100"), bare_signature);
}

TEST(TwilioSignature, OfAJsonBodyIsOverTheUrlWithItsHash) {
  const std::string body = R"({"a":1})";
  const std::string hashed = with_body_hash(url, body);
  EXPECT_EQ(
      hashed, url + "&bodySHA256=015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862"
  );
  EXPECT_EQ(signer.sign(hashed), "p3jJoN7dtgr18c0quuK0rWEfejM=");
  EXPECT_TRUE(signer.verify_body(hashed, body, "p3jJoN7dtgr18c0quuK0rWEfejM="));
  EXPECT_FALSE(signer.verify_body(hashed, R"({"a":2})", "p3jJoN7dtgr18c0quuK0rWEfejM="));
  EXPECT_FALSE(signer.verify_body(url, body, bare_signature));
  EXPECT_EQ(with_body_hash("http://h/x#rc=1", "").substr(0, 22), "http://h/x?bodySHA256=");
  EXPECT_TRUE(with_body_hash("http://h/x#rc=1", "").ends_with("#rc=1"));
}

TEST(TwilioSignature, TakesDistinctValuesOfARepeatedNameSorted) {
  const Form repeated = {{"a", "2"}, {"a", "1"}, {"a", "2"}};
  EXPECT_EQ(signer.sign("http://h/", repeated), signer.sign("http://h/a1a2"));
  const Form cases = {{"b", "1"}, {"B", "2"}};
  EXPECT_EQ(signer.sign("http://h/", cases), signer.sign("http://h/B2b1"));
}

TEST(TwilioSignature, IsAcceptedWithThePortAddedOrRemoved) {
  const auto signed_as = [](std::string_view signed_url, std::string_view received) {
    return signer.verify(received, {}, signer.sign(signed_url));
  };
  EXPECT_TRUE(signed_as("https://h/p", "https://h/p"));
  EXPECT_TRUE(signed_as("https://h:443/p", "https://h/p"));
  EXPECT_TRUE(signed_as("http://h:80/p", "http://h/p"));
  EXPECT_TRUE(signed_as("https://h/p", "https://h:8443/p"));
  EXPECT_TRUE(signed_as("wss://h:443?x", "wss://h?x"));
  EXPECT_TRUE(signed_as("http://[::1]/p", "http://[::1]:8080/p"));
  EXPECT_TRUE(signed_as("http://u:p@h/p", "http://u:p@h:1/p"));
  EXPECT_FALSE(signed_as("http://h:80/p", "https://h/p"));
  EXPECT_FALSE(signed_as("https://h/p:1", "https://h/p"));
  EXPECT_FALSE(signed_as("https://h/q", "https://h/p"));
}

TEST(TwilioSignature, IsRefusedForAnyOtherTokenFormOrText) {
  EXPECT_TRUE(signer.verify(url, form, form_signature));
  EXPECT_FALSE(TwilioSigner("12346").verify(url, form, form_signature));
  EXPECT_FALSE(signer.verify(url, {}, form_signature));
  EXPECT_FALSE(signer.verify(url, form, ""));
  EXPECT_FALSE(signer.verify("no url", form, form_signature));
}

const std::string secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const std::string body =
    R"({"type":"call.missed","timestamp":"2026-01-02T03:04:05Z","data":{"callId":"c1"}})";
constexpr std::int64_t at = 1'700'000'000;
constexpr base::WallTime now{std::chrono::seconds(at)};

TEST(StandardWebhook, SignatureIsTheSpecifications) {
  const auto secrets = WebhookSecrets::parse({secret}).value();
  EXPECT_EQ(secrets.sign("msg_1", at, body), "v1,3lxZ+JcUxVwRJmuEjsxkyynIHxuCIVVtx0mvqSACR44=");
}

TEST(StandardWebhook, TwoSecretsGiveTwoSignaturesAndEitherIsAccepted) {
  const std::string other = "whsec_" + std::string(32, 'A');
  const auto both = WebhookSecrets::parse({other, secret}).value();
  const auto old = WebhookSecrets::parse({secret}).value();
  const std::string header = both.sign("msg_1", at, body);
  EXPECT_THAT(header, ::testing::EndsWith(" " + old.sign("msg_1", at, body)));
  EXPECT_TRUE(old.verify("msg_1", at, body, header, now));
  EXPECT_TRUE(both.verify("msg_1", at, body, old.sign("msg_1", at, body), now));
}

TEST(StandardWebhook, RefusesWhatWasChangedOrIsTooOld) {
  const auto secrets = WebhookSecrets::parse({secret}).value();
  const std::string header = secrets.sign("msg_1", at, body);
  EXPECT_TRUE(secrets.verify("msg_1", at, body, header, now + 5min));
  EXPECT_FALSE(secrets.verify("msg_1", at, body, header, now + 5min + 1us));
  EXPECT_FALSE(secrets.verify("msg_1", at, body, header, now - 6min));
  EXPECT_FALSE(secrets.verify("msg_2", at, body, header, now));
  EXPECT_FALSE(secrets.verify("msg_1", at + 1, body, header, now));
  EXPECT_FALSE(secrets.verify("msg_1", at, body + " ", header, now));
  EXPECT_FALSE(secrets.verify("msg_1", at, body, "", now));
}

TEST(StandardWebhook, SecretsAreOfTheSpecifiedLength) {
  EXPECT_FALSE(WebhookSecrets::parse({"MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}));
  EXPECT_FALSE(WebhookSecrets::parse({"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2La"}));
  EXPECT_FALSE(WebhookSecrets::parse({"whsec_?"}));
}

}  // namespace
}  // namespace belfry::identity
