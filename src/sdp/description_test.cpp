#include "sdp/description.hpp"

#include "sdp/codec.hpp"

namespace belfry::sdp {
namespace {

constexpr std::string_view phone_offer =
    "v=0\r\n"
    "o=alice 2890844526 2890844527 IN IP4 192.0.2.10\r\n"
    "s=call\r\n"
    "i=ignored\r\n"
    "c=IN IP4 192.0.2.10\r\n"
    "b=AS:84\r\n"
    "t=0 0\r\n"
    "a=group:BUNDLE a\r\n"
    "m=audio 49170/2 RTP/AVP 0 96 101\r\n"
    "c=IN IP6 2001:db8::1\r\n"
    "a=rtpmap:96 opus/48000/2\r\n"
    "a=rtpmap:101 telephone-event/8000\r\n"
    "a=fmtp:101 0-16\r\n"
    "a=sendonly\r\n"
    "m=video 0 RTP/AVP 31\r\n";

std::string with_line(std::string_view line) {
  return "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n" +
         std::string(line) + "\r\n";
}

std::string repeated(std::string_view line, int times) {
  std::string out = with_line("m=audio 4000 RTP/AVP 0");
  for (int i = 0; i < times; ++i) out += line;
  return out;
}

TEST(SdpDescription, ReadsWhatAPhoneSends) {
  const auto read = parse(phone_offer);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->origin.session_id, "2890844526");
  EXPECT_EQ(read->origin.version, 2890844527U);
  EXPECT_EQ(read->connection->address, "192.0.2.10");
  ASSERT_EQ(read->media.size(), 2U);
  const Media& audio = read->media[0];
  EXPECT_EQ(audio.port, 49170);
  EXPECT_EQ(audio.port_count, 2);
  EXPECT_TRUE(audio.connection->ipv6);
  EXPECT_EQ(read->connection_of(audio)->address, "2001:db8::1");
  EXPECT_EQ(read->connection_of(read->media[1])->address, "192.0.2.10");
  EXPECT_NE(audio.find("sendonly"), nullptr);
  EXPECT_EQ(read->find("group")->value, "BUNDLE a");
}

TEST(SdpDescription, WhatIsWrittenReadsBackTheSame) {
  const auto read = parse(phone_offer);
  ASSERT_TRUE(read);
  const auto again = parse(serialize(*read));
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(*again, *read);
}

TEST(SdpDescription, BareLineFeedsAreTolerated) {
  std::string text(phone_offer);
  std::erase(text, '\r');
  const auto read = parse(text);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->media.size(), 2U);
}

TEST(SdpDescription, NonsenseIsRefusedWith488) {
  for (const std::string& text : {
           std::string(),
           std::string("v=1\r\no=- 1 1 IN IP4 1.2.3.4\r\n"),
           std::string("o=- 1 1 IN IP4 1.2.3.4\r\nv=0\r\n"),
           std::string("v=0\r\ns=-\r\n"),
           with_line("m=audio 65536 RTP/AVP 0"),
           with_line("m=audio -1 RTP/AVP 0"),
           with_line("m=audio 4000/0 RTP/AVP 0"),
           with_line("m=audio 4000 RTP/AVP"),
           with_line("m=audio 4000"),
           with_line("c=IN IP4"),
           with_line("c=ATM NSAP x"),
           with_line("a="),
           with_line("a=:x"),
           with_line("x=1"),
           with_line("audio"),
           with_line("a=tool:x\ry"),
           with_line("m=audio 4000 RTP/AVP 0 \x1f"),
           with_line(std::string_view("a=tool:\0", 8)),
           with_line("o=- 1 1 IN IP4 1.2.3.4"),
           with_line("v=0"),
           std::string("v=0\r\no=- 1 x IN IP4 1.2.3.4\r\n"),
       }) {
    const auto read = parse(text);
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().detail, 488) << text;
    EXPECT_EQ(read.error().code, base::Errc::malformed) << text;
  }
}

TEST(SdpDescription, EveryLimitHoldsExactly) {
  EXPECT_TRUE(parse(repeated("a=x\r\n", 512)));
  EXPECT_EQ(parse(repeated("a=x\r\n", 513)).error().code, base::Errc::too_large);
  EXPECT_TRUE(parse(repeated("m=video 0 RTP/AVP 31\r\n", 31)));
  EXPECT_EQ(parse(repeated("m=video 0 RTP/AVP 31\r\n", 32)).error().code, base::Errc::too_large);
  EXPECT_TRUE(parse(repeated("a=candidate:1\r\n", 64)));
  EXPECT_EQ(parse(repeated("a=candidate:1\r\n", 65)).error().code, base::Errc::too_large);
  std::string full = with_line("a=x:");
  full.insert(full.size() - 2, Limits::bytes - full.size(), 'y');
  EXPECT_TRUE(parse(full));
  full.insert(full.size() - 2, 1, 'y');
  EXPECT_EQ(parse(full).error().code, base::Errc::too_large);
}

TEST(SdpDescription, AValueCannotStartALineOfItsOwn) {
  Description description;
  description.origin.address = {"192.0.2.1", false};
  description.name = "x\r\na=evil";
  const std::string text = serialize(description);
  EXPECT_EQ(text.find("\na=evil"), std::string::npos);
}

TEST(SdpDescription, OnlyIpLiteralsAreAddresses) {
  for (const std::string_view good : {"192.0.2.1", "::1", "2001:db8::1", "0.0.0.0"})
    EXPECT_TRUE(is_ip_address(good)) << good;
  for (const std::string_view bad :
       {"", "example.com", "224.2.1.1/127", "1.2.3", "1.2.3.4.5", "[::1]", "127.1", "0x7f.0.0.1"})
    EXPECT_FALSE(is_ip_address(bad)) << bad;
}

TEST(SdpCodec, StaticTypesNeedNoRtpmap) {
  const auto read = parse(with_line("m=audio 4000 RTP/AVP 0 8 9 18 97 0 200 x"));
  ASSERT_TRUE(read);
  const auto formats = payload_formats(read->media[0]);
  ASSERT_EQ(formats.size(), 4U);  // 97 means nothing without rtpmap; 0 counts once
  EXPECT_EQ(formats[0].codec, pcmu);
  EXPECT_EQ(formats[1].codec, pcma);
  EXPECT_EQ(formats[2].codec, (Codec{"G722", 8000, 1}));
  EXPECT_EQ(formats[3].codec.name, "G729");
}

TEST(SdpCodec, BrokenRtpmapsAreAsIfAbsent) {
  for (const std::string_view map :
       {"a=rtpmap:96 opus", "a=rtpmap:96 opus/0", "a=rtpmap:96 opus/48000/0", "a=rtpmap:96",
        "a=rtpmap:128 opus/48000", "a=rtpmap:96 opus/48000/2/2", "a=rtpmap:96 /8000",
        "a=rtpmap:96 opus/99999999999999999999"}) {
    const auto read = parse(with_line("m=audio 4000 RTP/AVP 96\r\n" + std::string(map)));
    ASSERT_TRUE(read) << map;
    EXPECT_TRUE(payload_formats(read->media[0]).empty()) << map;
  }
}

}  // namespace
}  // namespace belfry::sdp
