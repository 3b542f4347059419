#include "identity/recording_vault.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

namespace belfry::identity {
namespace {

namespace fs = std::filesystem;

struct SealedRecording : testing::Test {
  base::SeededRandom random{5};
  std::array<std::byte, 32> master{std::byte{1}};
  SealedRecordings vault{Sealer(master), random};
  fs::path folder, plain, sealed;
  std::string content;

  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "belfry-vault-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder = pattern;
    plain = folder / "RE1.wav";
    sealed = folder / "RE1.sealed";
  }
  void TearDown() override { fs::remove_all(folder); }
  void write(std::size_t size) {
    content.resize(size);
    random.fill(std::as_writable_bytes(std::span(content)));
    std::ofstream(plain, std::ios::binary) << content;
  }
  static std::string read(call::RecordingBytes& bytes, std::uint64_t at, std::size_t count) {
    std::string text(count, '\0');
    const auto got = bytes.read(at, std::as_writable_bytes(std::span(text)));
    EXPECT_TRUE(got);
    text.resize(got.value_or(0));
    return text;
  }
};

TEST_F(SealedRecording, IsReadFromAnywhereWithItsKeyAlone) {  // rule P4
  for (const std::size_t size : {0u, 1u, 65535u, 65536u, 65537u, 300'000u}) {
    write(size);
    const std::string key = vault.make_key();
    ASSERT_TRUE(vault.seal(plain, sealed, key));
    EXPECT_FALSE(fs::exists(plain));
    EXPECT_EQ(fs::status(sealed).permissions(), fs::perms::owner_read | fs::perms::owner_write);
    auto bytes = vault.open(sealed, key);
    ASSERT_TRUE(bytes);
    EXPECT_EQ((*bytes)->size(), size);
    EXPECT_EQ(read(**bytes, 0, size + 10), content);
    for (const std::uint64_t at : {0u, 44u, 65530u, 65536u, 140'000u})
      if (at < size) EXPECT_EQ(read(**bytes, at, 100), content.substr(at, 100));
    EXPECT_EQ(read(**bytes, size, 10), "");
    const auto other = vault.open(sealed, vault.make_key());
    if (size > 0) {
      std::array<std::byte, 1> byte{};
      EXPECT_FALSE((*other)->read(0, byte));
    }
    EXPECT_FALSE(vault.open(sealed, "no key"));
  }
}

TEST_F(SealedRecording, ShowsNothingOfItsAudioAndCannotBeChanged) {  // rule P4
  write(100'000);
  const std::string key = vault.make_key();
  ASSERT_TRUE(vault.seal(plain, sealed, key));
  std::ifstream stream(sealed, std::ios::binary);
  const std::string file{std::istreambuf_iterator<char>(stream), {}};
  EXPECT_EQ(file.find(content.substr(1000, 16)), std::string::npos);
  for (const std::size_t at : {std::size_t{20}, std::size_t{70'000}, file.size() - 1}) {
    std::string changed = file;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    std::ofstream(sealed, std::ios::binary) << changed;
    auto bytes = vault.open(sealed, key);
    ASSERT_TRUE(bytes);
    std::vector<std::byte> all(100'000);
    EXPECT_FALSE((*bytes)->read(0, all)) << at;
  }
  std::string shorter = file;  // a length that fits the file, but not its seal
  shorter[8] = static_cast<char>(shorter[8] ^ 1);
  std::ofstream(sealed, std::ios::binary) << shorter;
  auto bytes = vault.open(sealed, key);
  ASSERT_TRUE(bytes);
  std::array<std::byte, 1> byte{};
  EXPECT_FALSE((*bytes)->read(0, byte));
}

}  // namespace
}  // namespace belfry::identity
