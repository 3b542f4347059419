#include <gtest/gtest.h>

#include "base/encoding.hpp"
#include "sip/message.hpp"
#include "sip/stream_framer.hpp"

namespace belfry::sip {
namespace {

using base::VirtualClock;
using namespace std::chrono_literals;

std::string message(std::string_view lines, std::string_view body) {
  return "OPTIONS sip:a@b SIP/2.0\r\nVia: SIP/2.0/TCP h;branch=z9hG4bK1\r\nFrom: "
         "<sip:a@b>;tag=1\r\n"
         "To: <sip:a@b>\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\n" +
         std::string(lines) + "\r\n" + std::string(body);
}

struct Stream {
  VirtualClock clock;
  StreamFramer framer;

  void feed(std::string_view text) { framer.handle_bytes(base::as_bytes(text), clock.now()); }
  std::vector<std::string> messages() {
    std::vector<std::string> all;
    while (auto next = framer.poll_message()) all.push_back(std::move(*next));
    return all;
  }
  int pongs() {
    int count = 0;
    while (framer.poll_transmit()) ++count;
    return count;
  }
};

TEST(SipStreamFramer, CutsTheSameMessagesHoweverTheBytesAreSplit) {
  const std::string first = message("Content-Length: 4\r\n", "body");
  const std::string second = message("l : 0\r\n", "");
  const std::string third = message("Content-Length: 8\r\n", "\r\n\r\n\r\n\r\n");
  const std::string all = first + "\r\n\r\n" + second + third + "\r\n\r\n";
  for (std::size_t step = 1; step <= all.size(); ++step) {
    Stream stream;
    for (std::size_t at = 0; at < all.size(); at += step)
      stream.feed(std::string_view(all).substr(at, step));
    EXPECT_EQ(stream.messages(), (std::vector{first, second, third})) << step;
    EXPECT_EQ(stream.pongs(), 2) << step;
    EXPECT_EQ(stream.framer.next_timeout(), std::nullopt);
    EXPECT_FALSE(stream.framer.is_broken());
  }
}

TEST(SipStreamFramer, ASingleCrlfIsNoPing) {
  Stream stream;
  stream.feed("\r\n");
  EXPECT_EQ(stream.pongs(), 0);
  stream.feed(message("l: 0\r\n", "") + "\r\n" + message("l: 0\r\n", "") + "\r\n");
  EXPECT_EQ(stream.pongs(), 0);
  EXPECT_EQ(stream.messages().size(), 2U);
}

TEST(SipStreamFramer, AMessageWithoutAKnownLengthIsHandedOverForItsRefusalAndEndsTheStream) {
  for (const std::string_view lines :
       {"", "Content-Length: -1\r\n", "Content-Length: 5\r\nl: 5\r\n", "Content-Length: 65536\r\n",
        "Content-Length: 99999999999999999999\r\n", "Content-Length:\r\n 0\r\n"}) {
    Stream stream;
    stream.feed(message(lines, "body"));
    const auto heads = stream.messages();
    ASSERT_EQ(heads.size(), 1U) << lines;
    EXPECT_TRUE(stream.framer.is_broken());
    const Parsed parsed = parse(heads.front(), Framing::stream);
    if (lines.starts_with("Content-Length:\r\n")) continue;  // legal, but nobody writes it so
    EXPECT_EQ(parsed.status, 400) << lines;
    stream.feed(message("l: 0\r\n", ""));
    EXPECT_TRUE(stream.messages().empty()) << "nothing is read behind nonsense (rule S7)";
  }
}

TEST(SipStreamFramer, AHeadWithoutAnEndIsCutOffAt32KiB) {
  Stream stream;
  stream.feed("INVITE sip:a@b SIP/2.0\r\nX: " + std::string(max_header_bytes, 'a'));
  EXPECT_TRUE(stream.framer.is_broken());
  EXPECT_TRUE(stream.messages().empty());
}

TEST(SipStreamFramer, AMessageMustBeWholeWithinTenSeconds) {
  Stream stream;
  stream.feed("\r\n\r\n");
  EXPECT_EQ(stream.framer.next_timeout(), std::nullopt) << "keep-alives start no clock";
  stream.feed("INVITE ");
  stream.clock.advance(6s);
  stream.feed("sip:a@b SIP/2.0\r\n");
  stream.clock.advance(3999ms);
  stream.framer.handle_timeout(stream.clock.now());
  EXPECT_FALSE(stream.framer.is_broken());
  stream.clock.advance(1ms);
  EXPECT_EQ(stream.framer.next_timeout(), stream.clock.now());
  stream.framer.handle_timeout(stream.clock.now());
  EXPECT_TRUE(stream.framer.is_broken()) << "rule S10";
}

}  // namespace
}  // namespace belfry::sip
