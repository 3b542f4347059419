#include "rtp/srtp.hpp"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <srtp2/srtp.h>

#include <memory>

#include "base/encoding.hpp"
#include "base/random.hpp"
#include "rtp/packet.hpp"

namespace belfry::rtp {
namespace {

using Bytes = std::vector<std::byte>;

Bytes from_hex(std::string_view text) {
  Bytes bytes;
  for (std::size_t at = 0; at + 1 < text.size(); at += 2)
    bytes.push_back(static_cast<std::byte>(std::stoi(std::string(text.substr(at, 2)), nullptr, 16))
    );
  return bytes;
}

Bytes rtp_packet(std::uint16_t sequence, std::uint32_t ssrc, std::size_t payload_size = 20) {
  const Bytes payload(payload_size, std::byte{0xAB});
  Bytes into(header_size + payload_size);
  write_packet({false, 15, sequence, 0xDECAFBAD, ssrc}, payload, into);
  return into;
}

SrtpMaster master(SrtpSuite suite, std::uint64_t seed = 1) {
  base::SeededRandom random(seed);
  SrtpMaster made{suite, Bytes(key_size(suite) + salt_size(suite))};
  random.fill(made.key_and_salt);
  return made;
}

Bytes copy(std::span<const std::byte> bytes) {
  return {bytes.begin(), bytes.end()};
}

struct SrtpTest : testing::TestWithParam<SrtpSuite> {
  Bytes protect(const Bytes& packet) {
    Bytes into(packet.size() + srtp_overhead);
    return copy(sender.protect(packet, into));
  }
  std::expected<Bytes, SrtpError> unprotect(const Bytes& packet) {
    Bytes into(packet.size());
    const auto plain = receiver.unprotect(packet, into);
    if (!plain) return std::unexpected(plain.error());
    return copy(*plain);
  }

  SrtpMaster keys = master(GetParam());
  SrtpSender sender = std::move(*SrtpSender::create(keys));
  SrtpReceiver receiver = std::move(*SrtpReceiver::create(keys));
};

INSTANTIATE_TEST_SUITE_P(Suites, SrtpTest, testing::ValuesIn(srtp_suites), [](const auto& about) {
  return std::string(to_string(about.param));
});

TEST_P(SrtpTest, WhatOneEndSealsTheOtherOpensOverARollOver) {
  for (std::uint32_t number = 65'500; number < 65'500 + 1000; ++number) {
    const Bytes packet = rtp_packet(static_cast<std::uint16_t>(number), 7);
    const Bytes sealed = protect(packet);
    ASSERT_GT(sealed.size(), packet.size());
    const auto opened = unprotect(sealed);
    ASSERT_TRUE(opened) << number;
    ASSERT_EQ(*opened, packet);
  }
}

TEST_P(SrtpTest, APacketThatComesTwiceIsTakenOnceInAnyOrder) {
  std::vector<Bytes> sealed;
  for (std::uint16_t number = 100; number < 200; ++number)
    sealed.push_back(protect(rtp_packet(number, 7)));
  for (const std::size_t at : {50u, 40u, 60u, 59u}) EXPECT_TRUE(unprotect(sealed[at])) << at;
  for (const std::size_t at : {50u, 40u, 60u, 59u})
    EXPECT_EQ(unprotect(sealed[at]).error(), SrtpError::replayed) << at;
  EXPECT_TRUE(unprotect(sealed[99]));
  EXPECT_EQ(unprotect(sealed[35]).error(), SrtpError::replayed) << "too old to be told apart";
  EXPECT_TRUE(unprotect(sealed[36]));
}

TEST_P(SrtpTest, M4_NoBitOfAPacketCanBeChanged) {
  const Bytes sealed = protect(rtp_packet(5, 7));
  for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
    Bytes changed = sealed;
    changed[bit / 8] ^= static_cast<std::byte>(1U << bit % 8);
    EXPECT_FALSE(unprotect(changed)) << bit;
  }
  EXPECT_TRUE(unprotect(sealed)) << "and the true one is still taken";
}

TEST_P(SrtpTest, M5_NoLengthIsTooShort) {
  const Bytes sealed = protect(rtp_packet(5, 7));
  for (std::size_t size = 0; size < sealed.size(); ++size)
    EXPECT_FALSE(unprotect(Bytes(sealed.begin(), sealed.begin() + static_cast<long>(size))));
  Bytes beyond = sealed;
  beyond[0] = std::byte{0x9F};  // 15 contributors and an extension that are not there
  EXPECT_FALSE(unprotect(beyond));
  EXPECT_TRUE(protect(Bytes(11)).empty());
}

TEST_P(SrtpTest, StreamsHaveRollOversOfTheirOwn) {
  for (std::uint32_t number = 65'530; number < 65'545; ++number)
    EXPECT_TRUE(unprotect(protect(rtp_packet(static_cast<std::uint16_t>(number), 7))));
  EXPECT_TRUE(unprotect(protect(rtp_packet(3, 8))));
  EXPECT_TRUE(unprotect(protect(rtp_packet(10, 7))));
}

TEST_P(SrtpTest, NoKeyStreamIsUsedTwice) {
  EXPECT_FALSE(protect(rtp_packet(5, 7)).empty());
  EXPECT_TRUE(protect(rtp_packet(5, 7, 30)).empty());
  EXPECT_FALSE(protect(rtp_packet(6, 7)).empty());
}

TEST_P(SrtpTest, ControlPacketsAreSealedWithACounterOfTheirOwn) {
  Bytes report(32, std::byte{1});
  report[0] = std::byte{0x80};
  report[1] = std::byte{200};
  Bytes sealed(report.size() + srtp_overhead), plain(sealed.size());
  for (int number = 0; number < 5; ++number) {
    const auto out = sender.protect_control(report, sealed);
    ASSERT_FALSE(out.empty());
    const auto opened = receiver.unprotect_control(out, plain);
    ASSERT_TRUE(opened);
    EXPECT_EQ(copy(*opened), report);
    EXPECT_EQ(receiver.unprotect_control(out, plain).error(), SrtpError::replayed);
  }
  const Bytes last = copy(sender.protect_control(report, sealed));
  for (std::size_t bit = 0; bit < last.size() * 8; ++bit) {
    Bytes changed = last;
    changed[bit / 8] ^= static_cast<std::byte>(1U << bit % 8);
    EXPECT_FALSE(receiver.unprotect_control(changed, plain)) << bit;
  }
  for (std::size_t size = 0; size < last.size(); ++size)
    EXPECT_FALSE(receiver.unprotect_control(std::span(last).first(size), plain));
}

TEST_P(SrtpTest, AnotherKeyOpensNothing) {
  SrtpReceiver other = std::move(*SrtpReceiver::create(master(GetParam(), 2)));
  Bytes into(100);
  const Bytes sealed = protect(rtp_packet(5, 7));
  EXPECT_EQ(other.unprotect(sealed, into).error(), SrtpError::not_authentic);
}

TEST_P(SrtpTest, AKeyOfAnotherLengthIsRefused) {
  keys.key_and_salt.pop_back();
  EXPECT_FALSE(SrtpSender::create(keys));
  EXPECT_FALSE(SrtpReceiver::create(keys));
}

/// RFC 3711 B.3 derives these from its master key; the cipher text is AES in counter mode under
/// them, and the tag their HMAC, both made here by other code.
TEST(SrtpVectors, SessionKeysAreThoseOfRfc3711B3) {
  const SrtpMaster keys{
      SrtpSuite::aes_128_hmac_sha1_80,
      from_hex("E1F97A0D3E018BE0D64FA32C06DE41390EC675AD498AFEEBB6960B3AABE6")
  };
  SrtpSender sender = std::move(*SrtpSender::create(keys));
  const Bytes packet = rtp_packet(0x1234, 0xCAFEBABE, 16);
  Bytes into(100);
  const Bytes sealed = copy(sender.protect(packet, into));

  const Bytes cipher_key = from_hex("C61E7A93744F39EE10734AFE3FF7A087");
  Bytes iv = from_hex("30CBBC08863D8C85D49DB34A9AE10000");
  const Bytes place = from_hex("00000000CAFEBABE0000000012340000");
  for (std::size_t at = 0; at < iv.size(); ++at) iv[at] ^= place[at];
  std::unique_ptr<EVP_CIPHER_CTX, void (*)(EVP_CIPHER_CTX*)> context(
      EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free
  );
  const auto* key_bytes = reinterpret_cast<const unsigned char*>(cipher_key.data());
  const auto* iv_bytes = reinterpret_cast<const unsigned char*>(iv.data());
  EVP_EncryptInit_ex(context.get(), EVP_aes_128_ctr(), nullptr, key_bytes, iv_bytes);
  Bytes expected = packet;
  auto* text = reinterpret_cast<unsigned char*>(expected.data()) + header_size;
  int written = 0;
  EVP_EncryptUpdate(context.get(), text, &written, text, 16);

  std::string authenticated(base::as_text(expected));
  authenticated.append(4, '\0');  // the roll-over counter
  const Bytes tag =
      base::hmac_sha1(from_hex("CEBE321F6FF7716B6FD4AB49AF256A156D38BAA4"), authenticated);
  expected.insert(expected.end(), tag.begin(), tag.begin() + 10);
  EXPECT_EQ(base::to_hex(sealed), base::to_hex(expected));
}

/// Packets of the same key by the library that everybody uses.
class Oracle {
 public:
  Oracle(const SrtpMaster& master, srtp_ssrc_type_t direction) : key_(master.key_and_salt) {
    static const bool ready = srtp_init() == srtp_err_status_ok;
    EXPECT_TRUE(ready);
    srtp_policy_t policy{};
    switch (master.suite) {
      case SrtpSuite::aead_aes_128_gcm:
        srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtp);
        srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtcp);
        break;
      case SrtpSuite::aead_aes_256_gcm:
        srtp_crypto_policy_set_aes_gcm_256_16_auth(&policy.rtp);
        srtp_crypto_policy_set_aes_gcm_256_16_auth(&policy.rtcp);
        break;
      case SrtpSuite::aes_128_hmac_sha1_80:
        srtp_crypto_policy_set_rtp_default(&policy.rtp);
        srtp_crypto_policy_set_rtcp_default(&policy.rtcp);
        break;
      case SrtpSuite::aes_128_hmac_sha1_32:
        srtp_crypto_policy_set_aes_cm_128_hmac_sha1_32(&policy.rtp);
        srtp_crypto_policy_set_rtcp_default(&policy.rtcp);
        break;
    }
    policy.ssrc.type = direction;
    policy.key = reinterpret_cast<unsigned char*>(key_.data());
    policy.window_size = 128;
    EXPECT_EQ(srtp_create(&session_, &policy), srtp_err_status_ok);
  }
  Oracle(const Oracle&) = delete;
  Oracle& operator=(const Oracle&) = delete;
  ~Oracle() { srtp_dealloc(session_); }

  using Function = srtp_err_status_t (*)(srtp_t, void*, int*);
  Bytes apply(Function function, const Bytes& packet) {
    Bytes buffer = packet;
    buffer.resize(packet.size() + SRTP_MAX_TRAILER_LEN + 4);
    int length = static_cast<int>(packet.size());
    if (function(session_, buffer.data(), &length) != srtp_err_status_ok) return {};
    buffer.resize(static_cast<std::size_t>(length));
    return buffer;
  }

 private:
  Bytes key_;
  srtp_t session_ = nullptr;
};

TEST_P(SrtpTest, TheUsualLibraryMakesTheSameBytesAndTakesOurs) {
  base::SeededRandom random(3711);
  Oracle sealing(keys, ssrc_any_outbound), opening(keys, ssrc_any_inbound);
  Bytes into(2000);
  std::uint16_t sequence = 60'000;
  for (int number = 0; number < 10'000; ++number) {
    Bytes packet = rtp_packet(++sequence, 0xCAFEBABE, random.below(200));
    if (packet.size() >= 32 && random.below(4) == 0) {
      packet[0] = std::byte{0x92};  // two contributors, an extension of one word
      packet[22] = std::byte{0};
      packet[23] = std::byte{1};
    }
    const Bytes theirs = sealing.apply(srtp_protect, packet);
    ASSERT_EQ(base::to_hex(copy(sender.protect(packet, into))), base::to_hex(theirs)) << number;
    const auto opened = unprotect(theirs);
    ASSERT_TRUE(opened);
    ASSERT_EQ(*opened, packet);
    ASSERT_EQ(opening.apply(srtp_unprotect, theirs), packet);
  }
}

TEST_P(SrtpTest, TheUsualLibraryMakesTheSameControlPackets) {
  base::SeededRandom random(3711);
  Oracle sealing(keys, ssrc_any_outbound);
  Bytes into(2000), plain(2000);
  for (int number = 0; number < 1000; ++number) {
    Bytes report(8 + 4 * random.below(40));
    random.fill(report);
    report[0] = std::byte{0x81};
    report[1] = std::byte{201};
    std::fill_n(report.begin() + 4, 4, std::byte{7});  // one sender: its counter goes on
    const Bytes theirs = sealing.apply(srtp_protect_rtcp, report);
    ASSERT_EQ(base::to_hex(copy(sender.protect_control(report, into))), base::to_hex(theirs));
    const auto opened = receiver.unprotect_control(theirs, plain);
    ASSERT_TRUE(opened);
    ASSERT_EQ(copy(*opened), report);
  }
}

}  // namespace
}  // namespace belfry::rtp
