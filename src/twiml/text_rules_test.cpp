#include "base/text.hpp"
#include "twiml/cookie_jar.hpp"
#include "twiml/document.hpp"
#include "twiml/parameters.hpp"
#include "twiml/sentences.hpp"
#include "twiml/ssml.hpp"
#include "twiml/status_callback.hpp"
#include "twiml/url.hpp"
#include "twiml/url_overrides.hpp"

namespace belfry::twiml {
namespace {

using namespace std::chrono_literals;

TEST(TwimlUrl, ResolvesReferencesAsRfc3986Section54Says) {
  const std::pair<std::string_view, std::string_view> table[] = {
      {"g", "http://a/b/c/g"},     {"./g", "http://a/b/c/g"},
      {"g/", "http://a/b/c/g/"},   {"/g", "http://a/g"},
      {"//g", "http://g"},         {"?y", "http://a/b/c/d;p?y"},
      {"g?y", "http://a/b/c/g?y"}, {"#s", "http://a/b/c/d;p?q#s"},
      {"g#s", "http://a/b/c/g#s"}, {"", "http://a/b/c/d;p?q"},
      {".", "http://a/b/c/"},      {"..", "http://a/b/"},
      {"../g", "http://a/b/g"},    {"../../../g", "http://a/g"},
      {"/./g", "http://a/g"},      {"https://x/y#rc=2", "https://x/y#rc=2"},
  };
  for (const auto& [reference, expected] : table)
    EXPECT_EQ(resolve_url("http://a/b/c/d;p?q", reference), expected) << reference;
}

TEST(TwimlUrl, RefusesWhatIsNoWebUrlAndEncodesWhatNoRequestCarries) {
  EXPECT_FALSE(resolve_url("", "/a"));
  EXPECT_FALSE(resolve_url("http://a/", "ftp://b/c"));
  EXPECT_FALSE(resolve_url("http://a/", "javascript:alert(1)"));
  EXPECT_FALSE(resolve_url("", "http://"));
  EXPECT_EQ(resolve_url("http://a/", "/a b?t=\xC3\xA9\r\n"), "http://a/a%20b?t=%C3%A9");
  EXPECT_EQ(url_for_people("https://u:secret@h:1/p?q#rc=1"), "https://h:1/p?q");
  EXPECT_TRUE(same_origin("https://H/a", "https://h/b"));
  EXPECT_FALSE(same_origin("https://h/a", "http://h/a"));
}

TEST(UrlOverrides, ReadsEveryKeyWithinItsRange) {
  const auto read =
      read_url_overrides("https://h/p?q=1#ct=2000&rt=3000&tt=4000&rc=2&rp=5xx,rt&sni=n&e=sydney");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->url, "https://h/p?q=1");
  EXPECT_EQ(read->overrides.connect_timeout, 2s);
  EXPECT_EQ(read->overrides.read_timeout, 3s);
  EXPECT_EQ(read->overrides.total_timeout, 4s);
  EXPECT_EQ(read->overrides.retries, 2);
  EXPECT_TRUE(read->overrides.retry_5xx && read->overrides.retry_read && read->overrides.given);
  EXPECT_FALSE(
      read->overrides.retry_connect || read->overrides.retry_4xx || read->overrides.send_sni
  );
  EXPECT_FALSE(read_url_overrides("https://h/p#section-2")->overrides.given);
}

TEST(UrlOverrides, RefusesValuesOutOfRange) {
  const std::pair<std::string, int> table[] = {
      {"ct=99", 11240}, {"ct=10001", 11240}, {"rt=15001", 11240},  {"tt=x", 11240},
      {"rc=6", 11241},  {"rp=3xx", 11242},   {"sni=maybe", 11243},
  };
  for (const auto& [fragment, code] : table) {
    const auto read = read_url_overrides("https://h/p#" + fragment);
    ASSERT_FALSE(read) << fragment;
    EXPECT_EQ(read.error().detail, code) << fragment;
  }
}

TEST(CookieJar, SendsCookiesBackToTheirHostPathAndScheme) {
  const base::WallTime now = base::VirtualClock().wall_now();
  CookieJar jar;
  jar.store("https://a.example/x/y", "s=1; Path=/; HttpOnly", now);
  jar.store("https://a.example/x/y", "deep=2; Path=/x; Secure", now);
  jar.store("https://a.example/x/y", "aged=3; Max-Age=10", now);
  EXPECT_EQ(
      jar.cookies_for("https://a.example/x/z", now),
      (std::vector<std::string>{"deep=2", "aged=3", "s=1"})
  );
  EXPECT_EQ(
      jar.cookies_for("http://a.example/x/z", now), (std::vector<std::string>{"aged=3", "s=1"})
  );
  EXPECT_EQ(jar.cookies_for("https://a.example/xy", now), (std::vector<std::string>{"s=1"}));
  EXPECT_EQ(jar.cookies_for("https://b.example/", now), std::vector<std::string>{});
  EXPECT_EQ(jar.cookies_for("https://a.example/x/z", now + 11s).size(), 2u);
}

TEST(CookieJar, ForgetsExpiredAndOldestCookies) {
  const base::WallTime now = base::VirtualClock().wall_now();
  CookieJar jar;
  jar.store("https://a/", "s=1", now);
  jar.store("https://a/", "s=; Expires=Thu, 01 Jan 1970 00:00:00 GMT", now);
  EXPECT_EQ(jar.size(), 0u);
  for (int i = 0; i < 60; ++i) jar.store("https://a/", "c" + std::to_string(i) + "=1", now);
  EXPECT_EQ(jar.size(), 50u);
  EXPECT_EQ(jar.cookies_for("https://a/", now).front(), "c10=1");
  jar.store("https://a/", "evil=1\r\nX-Header: 1", now);
  jar.store("https://a/", "no value", now);
  EXPECT_EQ(jar.size(), 50u);
}

TEST(Sentences, AreCutWhereASpeakerPauses) {
  using List = std::vector<std::string>;
  EXPECT_EQ(
      split_sentences("Hi! This is Flux. You have version 3.5 of example.com. Press 1."),
      (List{"Hi! This is Flux.", "You have version 3.5 of example.com.", "Press 1."})
  );
  EXPECT_EQ(split_sentences("Please call Dr. Smith now."), (List{"Please call Dr. Smith now."}));
  EXPECT_EQ(
      split_sentences("你好，世界和平。再见了朋友！"), (List{"你好，世界和平。", "再见了朋友！"})
  );
  EXPECT_EQ(split_sentences("  "), List{});
  for (const auto& piece : split_sentences(std::string(4096, 'a'))) EXPECT_LE(piece.size(), 300u);
  std::string accents;
  for (int i = 0; i < 2000; ++i) accents += "é";
  for (const auto& piece : split_sentences(accents)) EXPECT_TRUE(base::is_valid_utf8(piece));
}

std::string flat(const std::string& body) {
  const auto document = read_document("<Response><Say>" + body + "</Say></Response>");
  std::string out;
  for (const SpeechPiece& piece : flatten(std::get<Say>(document->verbs.at(0).verb), "man")) {
    out += "[" + piece.utterance.text;
    if (piece.utterance.language != "en-US") out += "|" + piece.utterance.language;
    if (piece.utterance.rate != 1)
      out += "|" + std::to_string(static_cast<int>(piece.utterance.rate * 100));
    if (piece.pause_after > 0ms) out += "|" + std::to_string(base::to_ms(piece.pause_after));
    out += "]";
  }
  return out;
}

TEST(Ssml, IsFlattenedToSentencesPausesAndRates) {
  const std::pair<std::string, std::string> table[] = {
      {"one <break/> two", "[one|500][two]"},
      {"<break time='1.5s'/>a", "[|1500][a]"},
      {"a<break time='60s'/>", "[a|10000]"},
      {"a<break strength='none'/>b", "[a][b]"},
      {"<prosody rate='slow'>a</prosody>", "[a|75]"},
      {"<prosody rate='500%'>a</prosody>", "[a|200]"},
      {"<say-as interpret-as='digits'>123</say-as>", "[1 2 3]"},
      {"<say-as interpret-as='spell-out'>né</say-as>", "[n é]"},
      {"<say-as interpret-as='telephone'>+1 555-0100</say-as>", "[plus 1, 5 5 5, 0 1 0 0]"},
      {"the <say-as interpret-as='ordinal'>22</say-as>", "[the 22nd]"},
      {"<say-as interpret-as='ordinal'>112</say-as>", "[112th]"},
      {"<sub alias='World Wide Web'>WWW</sub>", "[World Wide Web]"},
      {"hello <lang xml:lang='fr-FR'>bonjour</lang> again", "[hello][bonjour|fr-FR][again]"},
      {"<p>a</p><s>b</s>", "[a|400][b|200]"},
      {"so <emphasis level='strong'>very</emphasis> good", "[so very good]"},
      {"<blink>still <w role='x'>spoken</w></blink>", "[still spoken]"},
      {"a &amp; b &lt; c", "[a & b < c]"},
  };
  for (const auto& [body, expected] : table) EXPECT_EQ(flat(body), expected) << body;
}

TEST(Ssml, SpeaksAtMost4096Characters) {
  std::size_t total = 0;
  std::string body;
  for (int i = 0; i < 5000; ++i) body += "é";
  const auto document = read_document("<Response><Say>" + body + "</Say></Response>");
  for (const SpeechPiece& piece : flatten(std::get<Say>(document->verbs.at(0).verb), "man"))
    total += count_characters(piece.utterance.text);
  EXPECT_EQ(total, 4096u);
}

TEST(StatusCallback, SaysWhatTwilioSays) {
  call::LegRecord leg;
  leg.sid = "CA1";
  leg.account_sid = "AC1";
  leg.parent_sid = "CA0";
  leg.from = "+15550001111";
  leg.to = "sip:a b@c";
  leg.status = call::LegStatus::busy;
  leg.end_reason = "486 Busy Here";
  leg.status_callback = {.url = "https://h/s?x=1", .method = "POST", .events = {}};
  const base::WallTime at = base::VirtualClock().wall_now();
  const auto delivery = StatusCallbackFormat().render(leg, "completed", 3, at);
  EXPECT_EQ(delivery.url, "https://h/s?x=1");
  EXPECT_EQ(delivery.content_type, "application/x-www-form-urlencoded; charset=utf-8");
  for (const char* part :
       {"CallSid=CA1&", "To=sip%3Aa%20b%40c&", "Called=sip", "CallStatus=busy", "ParentCallSid=CA0",
        "CallDuration=0", "&Duration=0", "SipResponseCode=486", "ApiVersion=2010-04-01",
        "Direction=outbound-api", "CallbackSource=call-progress-events", "SequenceNumber=3",
        "Timestamp=Thu%2C%2001%20Jan%202026%2000%3A00%3A00%20%2B0000"})
    EXPECT_NE(delivery.body.find(part), std::string::npos) << part << " in " << delivery.body;
}

TEST(StatusCallback, CountsStartedMinutesAndGoesIntoTheQueryOfAGet) {
  call::LegRecord leg;
  const base::WallTime at = base::VirtualClock().wall_now();
  leg.status = call::LegStatus::completed;
  leg.answered = at;
  leg.ended = at + 61s;
  leg.status_callback = {.url = "https://h/s#rc=2", .method = "GET", .events = {}};
  const auto ended = StatusCallbackFormat().render(leg, "completed", 0, at + 61s);
  EXPECT_TRUE(ended.url.starts_with("https://h/s?CallSid=")) << ended.url;
  EXPECT_TRUE(ended.url.ends_with("#rc=2")) << ended.url;
  EXPECT_NE(ended.url.find("CallDuration=61&Duration=2"), std::string::npos) << ended.url;
  EXPECT_EQ(ended.body, "");
  const auto answered = StatusCallbackFormat().render(leg, "answered", 0, at);
  EXPECT_NE(answered.url.find("CallStatus=in-progress"), std::string::npos);
  EXPECT_EQ(answered.url.find("CallDuration"), std::string::npos);
}

}  // namespace
}  // namespace belfry::twiml
