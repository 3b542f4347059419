#include "webrtc/stun.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/random.hpp"

namespace belfry::webrtc::stun {
namespace {

using Bytes = std::vector<std::byte>;

Bytes from_hex(std::string_view text) {
  Bytes bytes;
  std::string digits;
  for (const char character : text) {
    if (character == ' ') continue;
    digits += character;
    if (digits.size() < 2) continue;
    bytes.push_back(static_cast<std::byte>(std::stoi(digits, nullptr, 16)));
    digits.clear();
  }
  return bytes;
}

constexpr std::string_view rfc5769_password = "VOkJxbRl1RmTxUk/WvJxBt";

// RFC 5769 section 2.1
const Bytes sample_request = from_hex(
    "000100582112a442b7e7a701bc34d686fa87dfae802200105354554e207465737420636c69656e74"
    "002400046e0001ff80290008932ff9b151263b36000600096576746a3a68367659202020"
    "000800149aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a280280004e57a3bcf"
);
// RFC 5769 section 2.2
const Bytes sample_ipv4_response = from_hex(
    "0101003c2112a442b7e7a701bc34d686fa87dfae8022000b7465737420766563746f7220"
    "002000080001a147e112a643000800142b91f599fd9e90c38c7489f92af9ba53f06be7d7"
    "80280004c07d4c96"
);
// RFC 5769 section 2.3
const Bytes sample_ipv6_response = from_hex(
    "010100482112a442b7e7a701bc34d686fa87dfae8022000b7465737420766563746f7220"
    "002000140002a1470113a9faa5d3f179bc25f4b5bed2b9d900080014a382954e4be67bf11784c97c8292c275"
    "bfe3ed4180280004c8fb0b4c"
);

Path ipv4_path() {
  Path path;
  path.ip = {std::byte{192}, std::byte{0}, std::byte{2}, std::byte{1}};
  path.port = 32853;
  return path;
}

TEST(Stun, ReadsTheSampleRequestOfRfc5769) {
  const auto message = parse(sample_request);
  ASSERT_TRUE(message);
  EXPECT_EQ(message->kind, Kind::request);
  EXPECT_EQ(message->username, "evtj:h6vY");
  EXPECT_EQ(receiver_ufrag(*message), "evtj");
  EXPECT_EQ(message->priority, 0x6e0001ffU);
  EXPECT_EQ(message->controlled, 0x932ff9b151263b36U);
  EXPECT_FALSE(message->controlling);
  EXPECT_FALSE(message->use_candidate);
  EXPECT_EQ(message->unknown, 0);
  EXPECT_TRUE(is_authentic(*message, IntegrityKey(rfc5769_password)));
  EXPECT_FALSE(is_authentic(*message, IntegrityKey("VOkJxbRl1RmTxUk/WvJxBu")));
}

TEST(Stun, ReadsTheSampleResponsesOfRfc5769) {
  const auto ipv4 = parse(sample_ipv4_response);
  ASSERT_TRUE(ipv4);
  EXPECT_EQ(ipv4->kind, Kind::success);
  EXPECT_EQ(ipv4->mapped, ipv4_path());
  EXPECT_TRUE(is_authentic(*ipv4, IntegrityKey(rfc5769_password)));

  const auto ipv6 = parse(sample_ipv6_response);
  ASSERT_TRUE(ipv6);
  Path expected;
  expected.v6 = true;
  expected.port = 32853;
  const Bytes ip = from_hex("20010db81234567800112233445566 77");
  std::ranges::copy(ip, expected.ip.begin());
  EXPECT_EQ(ipv6->mapped, expected);
  EXPECT_TRUE(is_authentic(*ipv6, IntegrityKey(rfc5769_password)));
}

TEST(Stun, AnyBitThatIsTurnedOverIsNoticed) {
  const IntegrityKey key(rfc5769_password);
  const std::size_t fingerprint_at = sample_request.size() - 8;
  for (std::size_t bit = 0; bit < sample_request.size() * 8; ++bit) {
    // Without its type the fingerprint is an attribute behind the integrity, where none counts.
    if (bit / 8 == fingerprint_at || bit / 8 == fingerprint_at + 1) continue;
    Bytes changed = sample_request;
    changed[bit / 8] ^= std::byte{1} << (bit % 8);
    const auto message = parse(changed);
    EXPECT_FALSE(message && is_authentic(*message, key)) << bit;
  }
}

TEST(Stun, M5NoPartOfAMessageIsAMessage) {
  for (std::size_t size = 0; size < sample_request.size(); ++size)
    EXPECT_FALSE(parse(std::span(sample_request).first(size))) << size;
}

TEST(Stun, M5AnAttributeLongerThanTheMessageIsRefused) {
  const Bytes head = from_hex("000100042112a442000000000000000000000000");
  for (const std::string_view attribute : {"0006ffff", "00060001", "0008fffd", "80280004"}) {
    Bytes message = head;
    const Bytes tail = from_hex(attribute);
    message.insert(message.end(), tail.begin(), tail.end());
    EXPECT_FALSE(parse(message)) << attribute;
  }
}

TEST(Stun, WhatFollowsTheIntegrityIsNotBelieved) {
  const IntegrityKey key("password-of-the-session");
  Bytes buffer(longest_written);
  const auto written = write_request({{}, "a:b", 1, 2, true, false}, key, buffer);
  // The fingerprint gives way to USE-CANDIDATE behind the integrity.
  Bytes forged(written.begin(), written.end() - 8);
  const Bytes added = from_hex("00250000");
  forged.insert(forged.end(), added.begin(), added.end());
  forged[3] = static_cast<std::byte>(forged.size() - 20);
  const auto message = parse(forged);
  ASSERT_TRUE(message);
  EXPECT_TRUE(is_authentic(*message, key));
  EXPECT_FALSE(message->use_candidate);
}

TEST(Stun, ReadsTheRequestsThatItWrites) {
  base::SeededRandom random(1);
  const IntegrityKey key("password-of-the-session");
  for (const bool controlling : {true, false})
    for (const bool nominate : {true, false}) {
      Request request{{}, "receiver:sender", 77, 0x123456789ABCDEF0, controlling, nominate};
      random.fill(request.id);
      Bytes buffer(longest_written);
      const auto message = parse(write_request(request, key, buffer));
      ASSERT_TRUE(message);
      EXPECT_EQ(message->id, request.id);
      EXPECT_EQ(message->username, "receiver:sender");
      EXPECT_EQ(message->priority, 77U);
      EXPECT_EQ(controlling ? message->controlling : message->controlled, request.tie_breaker);
      EXPECT_EQ(message->controlling.has_value(), controlling);
      EXPECT_EQ(message->use_candidate, nominate);
      EXPECT_TRUE(is_authentic(*message, key));
    }
}

TEST(Stun, ReadsTheAnswersThatItWrites) {
  const IntegrityKey key("password-of-the-session");
  Path v6;
  v6.v6 = true;
  v6.port = 65535;
  v6.ip.fill(std::byte{0xFE});
  for (const Path& path : {ipv4_path(), v6}) {
    Bytes buffer(longest_written);
    const auto message = parse(write_success({}, path, key, buffer));
    ASSERT_TRUE(message);
    EXPECT_EQ(message->kind, Kind::success);
    EXPECT_EQ(message->mapped, path);
    EXPECT_TRUE(is_authentic(*message, key));
  }
  Bytes buffer(longest_written);
  const auto error = parse(write_error({}, 420, 0x7777, key, buffer));
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind, Kind::error);
  EXPECT_EQ(error->error_code, 420);
  EXPECT_TRUE(is_authentic(*error, key));
}

TEST(Stun, AMessageThatDoesNotFitIsNotWritten) {
  const IntegrityKey key("password-of-the-session");
  Bytes buffer(longest_written);
  const std::size_t needed = write_success({}, ipv4_path(), key, buffer).size();
  ASSERT_GT(needed, 0U);
  for (std::size_t size = 0; size < needed; ++size)
    EXPECT_TRUE(write_success({}, ipv4_path(), key, std::span(buffer).first(size)).empty()) << size;
}

}  // namespace
}  // namespace belfry::webrtc::stun
