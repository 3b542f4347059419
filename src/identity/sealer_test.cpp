#include "identity/sealer.hpp"

#include <gtest/gtest.h>

namespace belfry::identity {
namespace {

std::array<std::byte, 32> key_of(unsigned char filled_with) {
  std::array<std::byte, 32> key{};
  key.fill(std::byte{filled_with});
  return key;
}

TEST(Sealer, OpensWhatItHasSealedAndNothingElse) {
  base::SeededRandom random(7);
  const Sealer sealer(key_of(1));
  const std::string sealed = sealer.seal("a secret of an account", random);
  EXPECT_EQ(sealer.open(sealed).value_or(""), "a secret of an account");
  EXPECT_EQ(sealed.find("secret"), std::string::npos);
  EXPECT_NE(sealer.seal("a secret of an account", random), sealed);

  EXPECT_FALSE(Sealer(key_of(2)).open(sealed));
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    std::string changed = sealed;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    if (changed != sealed) EXPECT_NE(sealer.open(changed).value_or(""), "a secret of an account");
  }
  for (const std::string_view nonsense : {"", "AAAA", "not base64!"})
    EXPECT_FALSE(sealer.open(nonsense)) << nonsense;
}

}  // namespace
}  // namespace belfry::identity
