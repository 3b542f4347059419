#include "webrtc/ice_lite.hpp"

#include <gtest/gtest.h>

#include <set>
#include <vector>

namespace belfry::webrtc {
namespace {

using namespace std::chrono_literals;
using Outcome = IceLite::Outcome;
using Bytes = std::vector<std::byte>;

Path path(int number) {
  Path made;
  made.ip[3] = static_cast<std::byte>(number);
  made.port = 4000;
  return made;
}

struct IceLiteTest : testing::Test {
  IceLiteTest() { ice.set_remote_ufrag("theirs"); }

  Outcome receive(const stun::Request& request, const std::string& password, const Path& from) {
    Bytes datagram(stun::longest_written);
    answer.resize(stun::longest_written);
    const auto bytes = stun::write_request(request, IntegrityKey(password), datagram);
    const auto reply = ice.handle(bytes, from, clock.now(), answer);
    answer.resize(reply.bytes.size());
    return reply.outcome;
  }
  Outcome check(const Path& from, bool nominate = false) {
    return receive({{}, ours.ufrag + ":theirs", 1, 1, true, nominate}, ours.password, from);
  }

  base::VirtualClock clock;
  base::SeededRandom random{1};
  IceCredentials ours = IceCredentials::make(random);
  IceLite ice{ours};
  Bytes answer;
};

TEST_F(IceLiteTest, CredentialsAreLongAndDiffer) {
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    const IceCredentials made = IceCredentials::make(random);
    EXPECT_GE(made.ufrag.size(), 8U);
    EXPECT_GE(made.password.size(), 24U);
    EXPECT_TRUE(seen.insert(made.ufrag).second);
    EXPECT_TRUE(seen.insert(made.password).second);
  }
}

TEST_F(IceLiteTest, ACheckIsAnsweredWithTheAddressThatItCameFromAndMakesItsPathValid) {
  EXPECT_FALSE(ice.is_valid(path(1)));
  EXPECT_EQ(ice.selected(), nullptr);
  EXPECT_EQ(check(path(1)), Outcome::valid);
  const auto reply = stun::parse(answer);
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->kind, stun::Kind::success);
  EXPECT_EQ(reply->mapped, path(1));
  EXPECT_TRUE(stun::is_authentic(*reply, IntegrityKey(ours.password)));
  EXPECT_TRUE(ice.is_valid(path(1)));
  EXPECT_FALSE(ice.is_valid(path(2)));
}

TEST_F(IceLiteTest, APathThroughAnotherSocketIsAnotherPath) {
  check(path(1));
  Path other = path(1);
  other.socket = 1;
  EXPECT_FALSE(ice.is_valid(other));
}

TEST_F(IceLiteTest, M2AWrongNameOrPasswordGetsNoAnswer) {
  const auto request = [&](const std::string& name) {
    return stun::Request{{}, name, 1, 1, true, true};
  };
  EXPECT_EQ(receive(request(ours.ufrag + ":theirs"), "wrong", path(1)), Outcome::ignored);
  EXPECT_TRUE(answer.empty());
  for (const std::string& name :
       {std::string("other:theirs"), ours.ufrag + ":other", ours.ufrag, ours.ufrag + "x:theirs",
        std::string()}) {
    EXPECT_EQ(receive(request(name), ours.password, path(1)), Outcome::ignored) << name;
    EXPECT_TRUE(answer.empty());
  }
  EXPECT_FALSE(ice.is_valid(path(1)));
}

TEST_F(IceLiteTest, BeforeThePeersDescriptionAnyPeerWithThePasswordMayCheck) {
  IceLite early(ours);
  Bytes datagram(stun::longest_written), into(stun::longest_written);
  const auto request = stun::write_request(
      {{}, ours.ufrag + ":unknown", 1, 1, true, false}, IntegrityKey(ours.password), datagram
  );
  EXPECT_EQ(early.handle(request, path(1), clock.now(), into).outcome, Outcome::valid);
}

TEST_F(IceLiteTest, APeerThatWantsToBeControlledIsToldToControl) {
  const std::string name = ours.ufrag + ":theirs";
  const stun::Request request{{}, name, 1, 1, false, false};
  EXPECT_EQ(receive(request, ours.password, path(1)), Outcome::refused);
  const auto reply = stun::parse(answer);
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->error_code, 487);
  EXPECT_FALSE(ice.is_valid(path(1)));
}

TEST_F(IceLiteTest, TheLatestNominationSelectsAndOtherChecksDoNotAfterIt) {
  check(path(1));
  EXPECT_EQ(*ice.selected(), path(1));
  check(path(2));
  EXPECT_EQ(*ice.selected(), path(2));
  check(path(1), true);
  EXPECT_EQ(*ice.selected(), path(1));
  check(path(2));
  EXPECT_EQ(*ice.selected(), path(1));
  check(path(2), true);
  EXPECT_EQ(*ice.selected(), path(2));
}

TEST_F(IceLiteTest, EightPathsAreRememberedAndTheOneInUseIsNeverForgotten) {
  check(path(1), true);
  for (int number = 2; number < 50; ++number) {
    clock.advance(1ms);
    check(path(number));
    EXPECT_TRUE(ice.is_valid(path(1)));
    EXPECT_TRUE(ice.is_valid(path(number)));
  }
  int valid = 0;
  for (int number = 1; number < 50; ++number) valid += ice.is_valid(path(number)) ? 1 : 0;
  EXPECT_EQ(valid, 8);
  EXPECT_TRUE(ice.is_valid(path(43)));
  EXPECT_FALSE(ice.is_valid(path(42)));
}

TEST_F(IceLiteTest, M3ConsentEndsThirtySecondsAfterTheLastCheckOfTheSelectedPath) {
  EXPECT_FALSE(ice.consent_lost(clock.now()));
  check(path(1), true);
  clock.advance(20s);
  check(path(2));
  clock.advance(10s - 1ms);
  EXPECT_FALSE(ice.consent_lost(clock.now()));
  clock.advance(1ms);
  EXPECT_TRUE(ice.consent_lost(clock.now()));
  // The peer is gone from there, but still elsewhere.
  check(path(2));
  EXPECT_FALSE(ice.consent_lost(clock.now()));
  EXPECT_EQ(*ice.selected(), path(2));
}

TEST_F(IceLiteTest, ARestartHoldsOnToTheOldCredentialsUntilTheFirstCheckWithTheNew) {
  check(path(1), true);
  const IceCredentials fresh = IceCredentials::make(random);
  ice.restart(fresh, "fresh");
  ASSERT_NE(ice.previous(), nullptr);
  EXPECT_EQ(*ice.previous(), ours);
  EXPECT_EQ(check(path(1), true), Outcome::valid);
  const std::string name = fresh.ufrag + ":fresh";
  const stun::Request request{{}, name, 1, 1, true, false};
  EXPECT_EQ(receive(request, fresh.password, path(2)), Outcome::valid);
  EXPECT_EQ(*ice.selected(), path(2));
  EXPECT_EQ(ice.previous(), nullptr);
  EXPECT_EQ(check(path(1), true), Outcome::ignored);
  EXPECT_TRUE(ice.is_valid(path(1)));  // what is still on its way
}

TEST_F(IceLiteTest, AnswersAndIndicationsAreNotAnswered) {
  Bytes datagram(stun::longest_written), into(stun::longest_written);
  const IntegrityKey key(ours.password);
  const auto success = stun::write_success({}, path(1), key, datagram);
  EXPECT_EQ(ice.handle(success, path(1), clock.now(), into).outcome, Outcome::ignored);
  EXPECT_FALSE(ice.is_valid(path(1)));
}

}  // namespace
}  // namespace belfry::webrtc
