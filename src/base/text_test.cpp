#include "base/text.hpp"

#include "base/log.hpp"
#include "base/time.hpp"

namespace belfry::base {
namespace {

TEST(Text, Utf8IsCheckedAsRfc3629Says) {
  EXPECT_TRUE(is_valid_utf8("plain, é, 漢字, 😀"));
  EXPECT_FALSE(is_valid_utf8("\xC0\xAF"));          // overlong
  EXPECT_FALSE(is_valid_utf8("\xED\xA0\x80"));      // surrogate
  EXPECT_FALSE(is_valid_utf8("\xF4\x90\x80\x80"));  // beyond U+10FFFF
  EXPECT_FALSE(is_valid_utf8("\xE2\x82"));          // cut
  EXPECT_EQ(truncate_utf8("aé", 2), "a");
}

TEST(Text, XmlIsEscapedAndWhatItForbidsIsDropped) {
  EXPECT_EQ(escape_xml("a&b<c>\"d\"'e'\x01\n"), "a&amp;b&lt;c&gt;&quot;d&quot;&apos;e&apos;\n");
  EXPECT_EQ(escape_xml("a\uFFFEb\uFFFF"), "ab");
  EXPECT_EQ(escape_xml("\uFFFD \U0001F389"), "\uFFFD \U0001F389");
}

TEST(Text, NearestFindsTheSlipOfAFinger) {
  EXPECT_EQ(nearest("htpt.port", {"http.port", "sip.port", "data"}), "http.port");
  EXPECT_EQ(nearest("zzzzzz", {"http.port"}), "");
}

TEST(Text, NumbersAreMaskedToTheirLastFourDigits) {
  EXPECT_EQ(mask("+14155551234"), "********1234");
}

TEST(Time, IsWrittenAsTheClientsExpect) {
  const WallTime time = from_unix_micros(1'767'323'045'678'000);
  EXPECT_EQ(to_rfc3339(time), "2026-01-02T03:04:05.678Z");
  EXPECT_EQ(to_rfc2822(time), "Fri, 02 Jan 2026 03:04:05 +0000");
}

TEST(Log, AHostileValueStaysOnItsLine) {
  const std::string line =
      log::render(log::Format::text, log::Level::info, "sip.request", {{"from", "a\nb"}, {"n", 3}});
  EXPECT_EQ(line, R"(belfry - INFO - sip.request from="a\nb" n=3)");
  EXPECT_EQ(
      log::render(log::Format::json, log::Level::info, "x", {{"ok", true}}),
      R"("level":"INFO","logger":"belfry","msg":"x","ok":true)"
  );
}

}  // namespace
}  // namespace belfry::base
