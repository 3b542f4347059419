#include "identity/sigv4.hpp"

#include <gtest/gtest.h>

#include "base/encoding.hpp"

namespace belfry::identity::sigv4 {
namespace {

using namespace std::chrono_literals;
using Kind = Problem::Kind;

const Credentials example{"AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"};
const base::WallTime example_time = *parse_amz_date("20150830T123600Z");

struct Vector {
  std::string method;
  std::string path;
  std::string query;
  std::vector<Header> headers;
  std::string body;
  std::string signature;
};

/// Requests of AWS's published test suite, and one with an encoded path; the expected values were
/// checked with botocore.
std::vector<Vector> published() {
  const std::string unreserved =
      "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  return {
      {"GET", "/", "", {}, "", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
      {"POST", "/", "", {}, "", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"},
      {"GET",
       "/",
       "Param2=value2&Param1=value1",
       {},
       "",
       "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"},
      {"GET",
       "/",
       "Param1=value2&Param1=value1",
       {},
       "",
       "5772eed61e12b33fae39ee5e7012498b51d56abc0abb7c60486157bd471c4694"},
      {"GET",
       "/",
       unreserved + "=" + unreserved,
       {},
       "",
       "9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197"},
      {"POST",
       "/",
       "",
       {{"Content-Type", "application/x-www-form-urlencoded"}},
       "Param1=value1",
       "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"},
      {"GET",
       "/",
       "",
       {{"My-Header1", " value1"}, {"My-Header2", " \"a   b   c\""}},
       "",
       "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"},
      {"GET",
       "/example1/example2/../..",
       "",
       {},
       "",
       "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
      {"GET", "//", "", {}, "", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
      {"GET",
       "/phone-numbers/%2B15551234567",
       "",
       {},
       "",
       "0f956ac4c28da4f306c210a9aeb4bda884319771d8054da759df38dd8a344c16"},
  };
}

TEST(Sigv4, SignsThePublishedRequestsAsPublished) {
  for (const Vector& vector : published()) {
    Request request{vector.method, vector.path, vector.query, vector.headers};
    request.headers.emplace_back("Host", "example.amazonaws.com");
    request.headers.emplace_back("X-Amz-Date", "20150830T123600Z");
    std::vector<std::string> names;
    for (const auto& [name, value] : request.headers) {
      std::string lower;
      for (const char each : name) lower += static_cast<char>(std::tolower(each));
      names.push_back(lower);
    }
    std::ranges::sort(names);
    const Scope scope{"20150830", "us-east-1", "service"};
    EXPECT_EQ(
        signature_of(
            request, names, base::sha256_hex(vector.body), scope, "20150830T123600Z",
            example.secret_access_key
        ),
        vector.signature
    ) << vector.method
      << " " << vector.path << "?" << vector.query;
  }
}

TEST(Sigv4, AnEncodedPathIsEncodedAgain) {
  const Request request{
      "GET",
      "/phone-numbers/%2B15551234567",
      "",
      {{"host", "127.0.0.1:8910"}, {"x-amz-date", "20261120T180000Z"}}
  };
  const std::vector<std::string> names = {"host", "x-amz-date"};
  const std::string hash = base::sha256_hex("");
  EXPECT_EQ(
      base::sha256_hex(canonical_request(request, names, hash, "chime")),
      "6efc1063e860032c48bbbb19076b78c327049ede6426001ce7ff62b366ed37e5"
  );
  const Scope scope{"20261120", "us-east-1", "chime"};
  EXPECT_EQ(
      signature_of(request, names, hash, scope, "20261120T180000Z", "secretEXAMPLE"),
      "ab058e5e852cc97afe6ada9421803fb10747c55b28144035fe63ff1b896a817c"
  );
}

Request presigned() {
  return {
      "GET",
      "/recordings/2026/a%20b%2Bc%231.wav",
      "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Content-Sha256=UNSIGNED-PAYLOAD&X-Amz-Credential="
      "AKIDEXAMPLE%2F20261120%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20261120T180000Z&X-Amz-"
      "Expires=900&X-Amz-Signature="
      "b389c7abc96bdc76c564a4f8876d398b7367134951b01d77997bf943e0cc0896&X-Amz-SignedHeaders=host&"
      "x-amz-checksum-mode=ENABLED&x-id=GetObject",
      {{"host", "127.0.0.1:8910"}}
  };
}

TEST(Sigv4, APresignedUrlIsGoodUntilItExpires) {
  const Request request = presigned();
  const auto claim = read_claim(request);
  ASSERT_TRUE(claim);
  const base::WallTime begins = *parse_amz_date("20261120T180000Z");
  const auto verdict = [&](base::WallTime now) {
    return verify(*claim, request, base::sha256_hex(""), "secretEXAMPLE", now);
  };
  EXPECT_FALSE(verdict(begins));
  EXPECT_FALSE(verdict(begins + 900s));
  EXPECT_EQ(verdict(begins + 901s)->kind, Kind::expired);
  EXPECT_EQ(verdict(begins - 16min)->kind, Kind::not_yet_valid);
}

Request signed_request(base::WallTime at) {
  Request request{
      "POST", "/", "", {{"host", "localhost:8080"}, {"content-type", "application/x-amz-json-1.0"}}
  };
  sign(request, base::sha256_hex("{}"), example, "eu-west-1", "monitoring", at);
  return request;
}

std::optional<Kind> verdict(const Request& request, std::string_view body, base::WallTime now) {
  const auto claim = read_claim(request);
  if (!claim) return claim.error().kind;
  const auto problem =
      verify(*claim, request, base::sha256_hex(body), example.secret_access_key, now);
  if (!problem) return std::nullopt;
  return problem->kind;
}

// Rule T2.
TEST(Sigv4, WhatIsSignedIsBelieved) {
  EXPECT_FALSE(verdict(signed_request(example_time), "{}", example_time));
}

TEST(Sigv4, AChangeOfAnythingIsNoticed) {
  using Change = void (*)(Request&);
  const std::vector<Change> changes = {
      [](Request& request) { request.method = "PUT"; },
      [](Request& request) { request.path = "/x"; },
      [](Request& request) { request.query = "a"; },
      [](Request& request) { request.headers[0].second = "localhost"; },
      [](Request& request) { request.headers[1].second = "text/plain"; },
      [](Request& request) { request.headers[2].second = "20150830T123601Z"; },
      [](Request& request) { request.headers[3].second = "UNSIGNED-PAYLOAD"; },
      [](Request& request) { request.headers.back().second.back() ^= 1; },
  };
  for (std::size_t i = 0; i < changes.size(); ++i) {
    Request request = signed_request(example_time);
    changes[i](request);
    EXPECT_EQ(verdict(request, "{}", example_time), Kind::wrong) << i;
  }
  EXPECT_EQ(verdict(signed_request(example_time), "{ }", example_time), Kind::wrong);
}

TEST(Sigv4, ClocksMayDifferByAQuarterOfAnHour) {
  const Request request = signed_request(example_time);
  EXPECT_FALSE(verdict(request, "{}", example_time + 15min));
  EXPECT_FALSE(verdict(request, "{}", example_time - 15min));
  EXPECT_EQ(verdict(request, "{}", example_time + 15min + 1s), Kind::expired);
  EXPECT_EQ(verdict(request, "{}", example_time - 15min - 1s), Kind::not_yet_valid);
}

TEST(Sigv4, HostAndDateMustBeSignedAndTheScopeWhole) {
  const auto with = [](const std::string& authorization) {
    const Request request{
        "GET",
        "/",
        "",
        {{"host", "a"}, {"x-amz-date", "20150830T123600Z"}, {"authorization", authorization}}
    };
    return verdict(request, "", example_time);
  };
  const std::string credential =
      "AWS4-HMAC-SHA256 Credential=AKID/20150830/us-east-1/sns/aws4_request, ";
  EXPECT_EQ(with(credential + "SignedHeaders=x-amz-date, Signature=00"), Kind::incomplete);
  EXPECT_EQ(with(credential + "SignedHeaders=host, Signature=00"), Kind::incomplete);
  EXPECT_EQ(with(credential + "SignedHeaders=host;x-amz-date"), Kind::incomplete);
  EXPECT_EQ(with(credential + "SignedHeaders=host;x-amz-date, Signature=00"), Kind::wrong);
  const std::string rest = ", SignedHeaders=host;x-amz-date, Signature=00";
  for (const std::string scope :
       {"AKID/20150831/us-east-1/sns/aws4_request", "AKID/20150830/us-east-1/aws4_request",
        "/20150830/us-east-1/sns/aws4_request", "AKID/20150830/us-east-1/sns/aws3_request"})
    EXPECT_EQ(with("AWS4-HMAC-SHA256 Credential=" + scope + rest), Kind::incomplete) << scope;
  EXPECT_EQ(with("Basic QUM6dG9rZW4="), Kind::missing);
  const Request bare{"GET", "/", "", {{"host", "a"}}};
  EXPECT_EQ(verdict(bare, "", example_time), Kind::missing);
}

}  // namespace
}  // namespace belfry::identity::sigv4
