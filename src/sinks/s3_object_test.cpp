#include "sinks/s3_object.hpp"

#include <gtest/gtest.h>

#include <map>

#include "base/encoding.hpp"
#include "store/testing.hpp"

namespace belfry::sinks {
namespace {

/// As much of S3 as an upload needs; fails the request that it is told to.
class Bucket final : public http::Client {
 public:
  base::Task<base::Result<http::ClientResponse>> send(http::ClientRequest request) override {
    asked.push_back(request.method + " " + request.url);
    encryption = request.headers.get("x-amz-server-side-encryption").value_or(encryption);
    http::ClientResponse response;
    response.status = asked.size() == failing ? failure : 200;
    if (response.status != 200) co_return response;
    if (request.url.ends_with("&uploads=")) {
      response.body = leftovers;
    } else if (request.url.ends_with("?uploads=")) {
      response.body = "<R><UploadId>u/1</UploadId></R>";
    } else if (request.method == "PUT") {
      bytes += request.body;
      response.headers.add("ETag", "\"" + std::to_string(asked.size()) + "\"");
    } else if (request.method == "POST") {
      completed = request.body;
      response.body = broken_at_the_end ? "<Error><Code>InternalError</Code></Error>" : "<Done/>";
    }
    co_return response;
  }
  std::vector<std::string> asked;
  std::string bytes;
  std::string completed;
  std::string encryption;
  std::string leftovers = "<ListMultipartUploadsResult></ListMultipartUploadsResult>";
  std::size_t failing = 0;
  int failure = 503;
  bool broken_at_the_end = false;
};

base::Task<base::Result<S3Object::Piece>> slice(
    std::string whole, std::uint64_t at, std::size_t size
) {
  std::string part = whole.substr(at, size);
  std::string hash = base::sha256_hex(part);
  co_return S3Object::Piece{std::move(part), std::move(hash)};
}

struct Scene {
  base::VirtualClock clock;
  base::Loop loop{clock};
  Bucket bucket;
  AwsCredentials credentials{loop, bucket, {.fixed = {"AKIA", "secret"}}};
  AwsClient aws{loop, bucket, credentials, {"eu-west-1", "http://127.0.0.1:4568/"}};

  base::Result<> put(const std::string& whole) {
    S3Object object(aws, {"calls", "2026/a b+c.wav", "audio/wav", "AES256"});
    S3Object::Read read = [whole](std::uint64_t at, std::size_t size) {
      return slice(whole, at, size);
    };
    return store::testing::wait_for(loop, object.put(whole.size(), std::move(read)));
  }
};

const std::string large(2 * S3Object::part_size + 7, 'x');

TEST(S3Object, ASmallOneGoesInOneRequest) {
  Scene scene;
  ASSERT_TRUE(scene.put("sound"));
  EXPECT_EQ(
      scene.bucket.asked,
      std::vector<std::string>{"PUT http://127.0.0.1:4568/calls/2026/a%20b%2Bc.wav"}
  );
  EXPECT_EQ(scene.bucket.bytes, "sound");
  EXPECT_EQ(scene.bucket.encryption, "AES256");
}

TEST(S3Object, ALargeOneGoesInParts) {
  Scene scene;
  ASSERT_TRUE(scene.put(large));
  ASSERT_EQ(scene.bucket.asked.size(), 6u);
  EXPECT_EQ(
      scene.bucket.asked[0],
      "GET http://127.0.0.1:4568/calls?encoding-type=url&prefix=2026%2Fa%20b%2Bc.wav&uploads="
  );
  EXPECT_TRUE(scene.bucket.asked[4].ends_with("?partNumber=3&uploadId=u%2F1"));
  EXPECT_EQ(scene.bucket.bytes, large);
  EXPECT_TRUE(scene.bucket.completed.contains(
      "<Part><PartNumber>3</PartNumber><ETag>&quot;5&quot;</ETag></Part>"
  )) << scene.bucket.completed;
}

TEST(S3Object, WhatFailsLeavesNoParts) {
  for (std::size_t failing = 3; failing <= 5; ++failing) {
    Scene scene;
    scene.bucket.failing = failing;
    EXPECT_EQ(scene.put(large).error().code, base::Errc::unavailable);
    EXPECT_TRUE(scene.bucket.asked.back().starts_with("DELETE ")) << failing;
  }
  Scene scene;
  scene.bucket.broken_at_the_end = true;
  EXPECT_EQ(scene.put(large).error().code, base::Errc::unavailable);
}

TEST(S3Object, TakesAwayWhatAnEarlierAttemptLeft) {
  Scene scene;
  scene.bucket.leftovers =
      "<R><Upload><Key>2026/a+b%2Bc.wav</Key><UploadId>old</UploadId></Upload>"
      "<Upload><Key>2026/a+b%2Bc.wav.other</Key><UploadId>others</UploadId></Upload></R>";
  ASSERT_TRUE(scene.put(large));
  EXPECT_EQ(
      scene.bucket.asked[1], "DELETE http://127.0.0.1:4568/calls/2026/a%20b%2Bc.wav?uploadId=old"
  );
  EXPECT_TRUE(scene.bucket.asked[2].ends_with("?uploads="));
  Scene forbidden;
  forbidden.bucket.failing = 1;
  forbidden.bucket.failure = 403;
  EXPECT_TRUE(forbidden.put(large)) << "who may not list may still write";
}

TEST(S3Object, ThrottlingIsNoRefusal) {
  for (const int status : {400, 429, 503}) {
    http::ClientResponse answer;
    answer.status = status;
    answer.body = "<ErrorResponse><Error><Code>Throttling</Code></Error></ErrorResponse>";
    EXPECT_TRUE(is_worth_repeating(answer)) << status;
  }
  http::ClientResponse wrong;
  wrong.status = 400;
  wrong.body = "<ErrorResponse><Error><Code>InvalidParameterValue</Code></Error></ErrorResponse>";
  EXPECT_FALSE(is_worth_repeating(wrong));
}

TEST(S3Object, KnowsWhatWillNeverWork) {
  Scene scene;
  scene.bucket.failing = 1;
  scene.bucket.failure = 400;
  EXPECT_EQ(scene.put("sound").error().code, base::Errc::refused);
  Scene absent;
  absent.bucket.failing = 1;
  absent.bucket.failure = 404;
  EXPECT_EQ(absent.put("sound").error().code, base::Errc::unavailable);
}

TEST(S3Object, NamesAreFilledIn) {
  EXPECT_EQ(fill_template("{a}/{b}/{c}", {{"a", "1"}, {"b", "{a}"}}), "1/{a}/{c}");
}

}  // namespace
}  // namespace belfry::sinks
