#include "sinks/aws_credentials.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <map>

#include "sinks/profile_file.hpp"
#include "store/testing.hpp"

namespace belfry::sinks {
namespace {

using namespace std::chrono_literals;

/// The endpoints of a machine at AWS.
class Metadata final : public http::Client {
 public:
  base::Task<base::Result<http::ClientResponse>> send(http::ClientRequest request) override {
    asked.push_back(request.method + " " + request.url);
    http::ClientResponse response;
    response.status = 200;
    const auto header = [&](const char* name) { return request.headers.get(name).value_or(""); };
    if (request.url.ends_with("/latest/api/token")) {
      response.body = "session";
    } else if (header("X-aws-ec2-metadata-token") != "session" && header("Authorization") != "t") {
      response.status = 401;
    } else if (request.url.ends_with("/security-credentials/")) {
      response.body = "role\n";
    } else {
      response.body =
          R"({"AccessKeyId":"ASIA1","SecretAccessKey":"s","Token":"t","Expiration":"2026-01-01T01:00:00Z"})";
    }
    co_return response;
  }
  std::vector<std::string> asked;
};

struct Scene {
  base::VirtualClock clock;
  base::Loop loop{clock};
  Metadata metadata;
  store::testing::TemporaryFolder folder;
  std::map<std::string, std::string> environment = {{"HOME", folder.path()}};

  AwsCredentials credentials(identity::sigv4::Credentials fixed = {}) {
    const auto get = [this](const char* name) -> const char* {
      const auto found = environment.find(name);
      return found == environment.end() ? nullptr : found->second.c_str();
    };
    return {loop, metadata, AwsCredentials::from_environment(std::move(fixed), "default", get)};
  }
  base::Result<identity::sigv4::Credentials> get(AwsCredentials& credentials) {
    return store::testing::wait_for(loop, credentials.get());
  }
};

TEST(AwsCredentials, WhatIsConfiguredComesFirst) {
  Scene scene;
  scene.environment["AWS_SESSION_TOKEN"] = "token";
  AwsCredentials credentials = scene.credentials({"AKIA1", "secret"});
  const auto found = scene.get(credentials);
  EXPECT_EQ(found->access_key_id, "AKIA1");
  EXPECT_EQ(found->session_token, "token");
  EXPECT_TRUE(scene.metadata.asked.empty());
}

TEST(AwsCredentials, AProfileOfTheFileComesNext) {
  Scene scene;
  scene.environment["AWS_SHARED_CREDENTIALS_FILE"] = scene.folder.path() + "/keys";
  std::ofstream(scene.folder.path() + "/keys")
      << "[other]\naws_access_key_id = X\naws_secret_access_key = Y\n"
         "# a comment\n[default]\naws_access_key_id=AKIA2\n aws_secret_access_key = s/e+c=\n";
  AwsCredentials credentials = scene.credentials();
  const auto found = scene.get(credentials);
  EXPECT_EQ(found->access_key_id, "AKIA2");
  EXPECT_EQ(found->secret_access_key, "s/e+c=");
  EXPECT_TRUE(scene.metadata.asked.empty());
}

TEST(AwsCredentials, AContainerIsAskedWithItsToken) {
  Scene scene;
  scene.environment["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] = "/v2/credentials/1";
  scene.environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = "t";
  AwsCredentials credentials = scene.credentials();
  EXPECT_EQ(scene.get(credentials)->session_token, "t");
  EXPECT_EQ(
      scene.metadata.asked, std::vector<std::string>{"GET http://169.254.170.2/v2/credentials/1"}
  );
}

TEST(AwsCredentials, AnInstanceIsAskedInASessionAndOnlyWhenItIsTime) {
  Scene scene;
  AwsCredentials credentials = scene.credentials();
  EXPECT_EQ(scene.get(credentials)->access_key_id, "ASIA1");
  const std::vector<std::string> expected = {
      "PUT http://169.254.169.254/latest/api/token",
      "GET http://169.254.169.254/latest/meta-data/iam/security-credentials/",
      "GET http://169.254.169.254/latest/meta-data/iam/security-credentials/role",
  };
  EXPECT_EQ(scene.metadata.asked, expected);
  scene.clock.advance(54min);
  EXPECT_TRUE(scene.get(credentials));
  EXPECT_EQ(scene.metadata.asked.size(), 3u);
  scene.clock.advance(2min);
  EXPECT_TRUE(scene.get(credentials));
  EXPECT_EQ(scene.metadata.asked.size(), 6u);
}

TEST(AwsCredentials, WithoutAnyThereAreNone) {
  Scene scene;
  scene.environment["AWS_EC2_METADATA_DISABLED"] = "true";
  AwsCredentials credentials = scene.credentials();
  EXPECT_EQ(scene.get(credentials).error().code, base::Errc::unauthorized);
  EXPECT_FALSE(read_profile("[default]\naws_access_key_id = X\n", "default"));
}

}  // namespace
}  // namespace belfry::sinks
