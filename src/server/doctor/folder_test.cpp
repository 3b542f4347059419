#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "identity/keys.hpp"
#include "server/doctor/testing.hpp"

namespace belfry::server::doctor {
namespace {

struct DoctorFolder : testing::Test, TestMachine {
  void make_data(mode_t mode) {
    std::filesystem::create_directory(config.data);
    ::chmod(config.data.c_str(), mode);
  }
  Finding data_folder() { return check_data_folder(machine).at(0); }
  Finding keys() { return check_keys_file(machine).at(0); }
};

TEST_F(DoctorFolder, IsWellBeforeTheFirstStartAndMakesNothing) {
  EXPECT_TRUE(data_folder().ok);
  EXPECT_TRUE(keys().ok);
  EXPECT_TRUE(check_disk_space(machine).at(0).ok);
  EXPECT_TRUE(check_clock(machine).at(0).ok);
  EXPECT_TRUE(std::filesystem::is_empty(folder));
}

TEST_F(DoctorFolder, OfOneselfIsWell) {
  make_data(0700);
  EXPECT_TRUE(data_folder().ok) << data_folder().text;
}

TEST_F(DoctorFolder, OpenToOthersIsRepairedByChmod) {
  make_data(0750);
  EXPECT_FALSE(data_folder().ok);
  EXPECT_NE(data_folder().text.find("0750"), std::string::npos) << data_folder().text;
  EXPECT_NE(data_folder().text.find("chmod 700 " + config.data), std::string::npos);
}

TEST_F(DoctorFolder, ThatIsAFileIsNone) {
  std::ofstream(config.data) << "not a folder";
  EXPECT_FALSE(data_folder().ok);
}

TEST_F(DoctorFolder, KeysOpenToOthersAreRepairedByChmod) {
  ASSERT_TRUE(identity::load_or_create_keys(config.data, random));
  EXPECT_TRUE(keys().ok) << keys().text;
  ::chmod((config.data + "/keys.json").c_str(), 0644);
  EXPECT_FALSE(keys().ok);
  EXPECT_NE(keys().text.find("chmod 600"), std::string::npos) << keys().text;
}

TEST_F(DoctorFolder, DamagedKeysAreNoticedAndNotShown) {
  make_data(0700);
  const std::string path = config.data + "/keys.json";
  std::ofstream(path) << R"({"auth_token": "secret-token"})";
  ::chmod(path.c_str(), 0600);
  EXPECT_FALSE(keys().ok);
  EXPECT_EQ(keys().text.find("secret-token"), std::string::npos) << keys().text;
}

}  // namespace
}  // namespace belfry::server::doctor
