#include "identity/keys.hpp"

#include <stdlib.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

namespace belfry::identity {
namespace {

using base::Errc;

class KeysFile : public ::testing::Test {
 protected:
  KeysFile() {
    std::string pattern = (std::filesystem::temp_directory_path() / "belfry-XXXXXX").string();
    parent_ = ::mkdtemp(pattern.data());
    folder_ = parent_ + "/data";
  }
  ~KeysFile() override { std::filesystem::remove_all(parent_); }

  std::string parent_;
  std::string folder_;
  base::SeededRandom random_{1};
};

TEST_F(KeysFile, IsMadeOnTheFirstStartAndReadOnTheNext) {
  const auto first = load_or_create_keys(folder_, random_);
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_TRUE(first->created);
  const auto second = load_or_create_keys(folder_, random_);
  ASSERT_TRUE(second);
  EXPECT_FALSE(second->created);
  EXPECT_EQ(second->keys, first->keys);
  EXPECT_EQ(load_keys(folder_).value(), first->keys);
}

TEST_F(KeysFile, HoldsKeysOfTheShapesThatClientsExpect) {
  const Keys keys = load_or_create_keys(folder_, random_).value().keys;
  EXPECT_THAT(keys.account_sid, ::testing::MatchesRegex("AC[0-9a-f]{32}"));
  EXPECT_THAT(keys.auth_token, ::testing::MatchesRegex("[0-9a-f]{32}"));
  EXPECT_THAT(keys.api_key_sid, ::testing::MatchesRegex("SK[0-9a-f]{32}"));
  EXPECT_THAT(keys.api_key_secret, ::testing::MatchesRegex("[A-Za-z0-9]{32}"));
  EXPECT_THAT(keys.aws_access_key_id, ::testing::MatchesRegex("AKIA[A-Z0-9]{16}"));
  EXPECT_THAT(keys.aws_secret_access_key, ::testing::MatchesRegex("[A-Za-z0-9]{40}"));
  EXPECT_NE(keys.server_key, keys.nonce_key);
}

TEST_F(KeysFile, OfTwoInstallationsShareNothing) {
  base::SecureRandom secure;
  const Keys one = make_keys(secure);
  const Keys other = make_keys(secure);
  EXPECT_NE(one.account_sid, other.account_sid);
  EXPECT_NE(one.auth_token, other.auth_token);
  EXPECT_NE(one.api_key_secret, other.api_key_secret);
  EXPECT_NE(one.aws_secret_access_key, other.aws_secret_access_key);
  EXPECT_NE(one.server_key, other.server_key);
  EXPECT_NE(one.nonce_key, other.nonce_key);
}

TEST_F(KeysFile, IsForItsOwnerOnly) {
  ASSERT_TRUE(load_or_create_keys(folder_, random_));
  struct stat status{};
  ASSERT_EQ(::stat(folder_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0700U);
  const std::string path = folder_ + "/keys.json";
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);

  ASSERT_EQ(::chmod(path.c_str(), 0640), 0);
  const auto refused = load_or_create_keys(folder_, random_);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::forbidden);
  EXPECT_THAT(refused.error().message, ::testing::HasSubstr("chmod 600 " + path));
}

TEST_F(KeysFile, ThatIsDamagedIsNamedAndNotReplaced) {
  const Keys keys = load_or_create_keys(folder_, random_).value().keys;
  const std::string path = folder_ + "/keys.json";
  std::ofstream(path) << R"({"account_sid":")" << keys.account_sid << R"(","auth_token":""})";
  auto refused = load_or_create_keys(folder_, random_);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::malformed);
  EXPECT_THAT(refused.error().message, ::testing::HasSubstr("auth_token"));
  std::ofstream(path) << "{";
  EXPECT_EQ(load_or_create_keys(folder_, random_).error().code, Errc::malformed);
}

TEST_F(KeysFile, IsNotMadeByThoseWhoOnlyRead) {
  EXPECT_EQ(load_keys(folder_).error().code, Errc::not_found);
  EXPECT_FALSE(std::filesystem::exists(folder_));
}

}  // namespace
}  // namespace belfry::identity
