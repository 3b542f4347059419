#include "twiml/document.hpp"

namespace belfry::twiml {
namespace {

std::vector<int> codes(const Document& document) {
  std::vector<int> all;
  for (const Warning& warning : document.warnings) all.push_back(warning.code);
  return all;
}

Document read(const std::string& body) {
  auto document = read_document("<Response>" + body + "</Response>");
  EXPECT_TRUE(document.has_value()) << body << ": " << (document ? "" : document.error().message);
  return document ? std::move(*document) : Document{};
}

int error_of(std::string_view text) {
  const auto document = read_document(text);
  return document ? 0 : document.error().detail;
}

template <class T>
T only(const std::string& body) {
  const Document document = read(body);
  EXPECT_EQ(document.verbs.size(), 1u);
  EXPECT_EQ(codes(document), std::vector<int>{}) << body;
  return std::get<T>(document.verbs.at(0).verb);
}

TEST(TwimlDocument, RefusesWhatIsNotAResponseDocument) {
  const std::pair<std::string_view, int> table[] = {
      {"", 12100},
      {"<Response>", 12100},
      {"<Response/><Response/>", 12100},
      {"<Response><Say>a & b</Say></Response>", 12100},
      {"<Response><Say>&unknown;</Say></Response>", 12100},
      {"<Response><Say a='1' a='2'/></Response>", 12100},
      {"<Response><Say>\x01</Say></Response>", 12100},
      {"<Response><Say>\xFF\xFE</Say></Response>", 12100},
      {"<?xml version=\"1.1\"?><Response/>", 12101},
      {"<response/>", 12102},
      {"<Say>hi</Say>", 12102},
  };
  for (const auto& [text, code] : table) EXPECT_EQ(error_of(text), code) << text;
}

TEST(TwimlDocument, ForgivesByteOrderMarkAndBlanksInFront) {
  EXPECT_TRUE(read_document("\xEF\xBB\xBF \n<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response/>")
  );
  EXPECT_TRUE(read_document("<!-- a --><Response><?php x ?><!-- b --></Response>"));
}

TEST(TwimlDocument, ErrorsSayWhere) {
  const auto document = read_document("<Response>\n<Say>a</Play></Response>");
  ASSERT_FALSE(document);
  EXPECT_NE(document.error().message.find("line 2"), std::string::npos) << document.error().message;
}

TEST(TwimlDocument, RefusesBombsByRuleW2) {
  EXPECT_EQ(
      error_of("<!DOCTYPE r [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">"
               "<!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\">]><Response><Say>&c;</Say></Response>"),
      12100
  );
  EXPECT_EQ(
      error_of("<!DOCTYPE r [<!ENTITY f SYSTEM \"file:///etc/passwd\">]><Response>&f;</Response>"),
      12100
  );
  std::string many = "<Response>";
  for (int i = 0; i < 10'000; ++i) many += "<P/>";
  EXPECT_EQ(error_of(many + "</Response>"), 12100);
  std::string nested = "<Response><Gather>";
  for (int i = 0; i < 1000; ++i) nested += "<Pause/>";
  EXPECT_EQ(error_of(nested + "</Gather></Response>"), 12100);
  EXPECT_EQ(error_of("<Response><Say>" + std::string(200'000, 'a') + "</Say></Response>"), 11750);
  std::string deep = "<Response>";
  for (int i = 0; i < 1000; ++i) deep += "<p>";
  EXPECT_EQ(error_of(deep), 12100);
}

TEST(TwimlDocument, SkipsWhatItDoesNotKnowWithAWarning) {
  const Document document =
      read("<Sya>typo</Sya>text<Say Voice='x'>a</Say><say>b</say><Hangup><Say>c</Say></Hangup>");
  EXPECT_EQ(document.verbs.size(), 2u);
  EXPECT_EQ(codes(document), (std::vector<int>{12200, 12200, 12200, 12200, 12200}));
  const bool suggests =
      std::any_of(document.warnings.begin(), document.warnings.end(), [](const Warning& w) {
        return w.message.find("<Say>?") != std::string::npos;
      });
  EXPECT_TRUE(suggests);
}

TEST(TwimlDocument, AnInvalidValueIsTheVerbsWarningAndTheDefault) {
  const std::pair<std::string, int> table[] = {
      {"<Say loop='x'>a</Say>", 13510},
      {"<Say voice='robot'>a</Say>", 13511},
      {"<Say language='!'>a</Say>", 13512},
      {"<Say> </Say>", 13520},
      {"<Say>" + std::string(5000, 'a') + "</Say>", 13521},
      {"<Play loop='-1'>a.wav</Play>", 13410},
      {"<Play digits='12z'/>", 13430},
      {"<Play/>", 13420},
      {"<Pause length='1.5'/>", 13910},
      {"<Pause length='181'/>", 13910},
      {"<Gather finishOnKey='##'/>", 13310},
      {"<Gather method='PUT'/>", 13312},
      {"<Gather timeout='0'/>", 13313},
      {"<Gather timeout='auto'/>", 13313},
      {"<Gather numDigits='0'/>", 13314},
      {"<Gather><Dial>1</Dial></Gather>", 13320},
      {"<Gather><Play digits='1'>a.wav</Play></Gather>", 12200},
      {"<Gather input='voice'/>", 13326},
      {"<Gather speechTimeout='x'/>", 13327},
      {"<Gather maxSpeechTime='61'/>", 13328},
      {"<Gather partialResultCallbackMethod='X'/>", 13329},
      {"<Gather language='x'/>", 13331},
      {"<Gather bargeIn='1'/>", 13332},
      {"<Gather profanityFilter='no'/>", 13333},
      {"<Redirect method='x'>a</Redirect>", 13710},
      {"<Reject reason='tired'/>", 13810},
      {"<Record method='x'/>", 13610},
      {"<Record timeout='x'/>", 13611},
      {"<Record maxLength='0'/>", 13612},
      {"<Record finishOnKey='x'/>", 13613},
      {"<Record transcribe='x'/>", 13614},
      {"<Record transcribe='true' maxLength='500'/>", 13617},
      {"<Record playBeep='x'/>", 13616},
      {"<Record trim='x'/>", 13699},
      {"<Dial method='x'>1</Dial>", 13210},
      {"<Dial timeout='4'>1</Dial>", 13212},
      {"<Dial hangupOnStar='x'>1</Dial>", 13213},
      {"<Dial><WhatsApp>1</WhatsApp></Dial>", 13215},
      {"<Dial timeLimit='0'>1</Dial>", 13216},
      {"<Dial record='x'>1</Dial>", 13217},
      {"<Dial sequential='x'>1</Dial>", 13218},
      {"<Dial answerOnBridge='x'>1</Dial>", 13219},
      {"<Dial ringTone='xyz'>1</Dial>", 13220},
      {"<Dial><Number sendDigits='x'>1</Number></Dial>", 13222},
      {"<Dial>call me</Dial>", 13223},
      {"<Dial><Number>1</Number><Queue>q</Queue></Dial>", 13000},
      {"<Dial><Sip>alice</Sip></Dial>", 13243},
      {"<Dial><Conference beep='x'>r</Conference></Dial>", 13235},
      {"<Dial><Conference/></Dial>", 13237},
      {"<Dial><Queue/></Dial>", 14212},
      {"<Enqueue/>", 14204},
      {"<Start/>", 14300},
      {"<Start><VirtualAgentSession/></Start>", 14300},
      {"<Connect><Stream url='https://x'/></Connect>", 31922},
      {"<Start><Stream url='wss://x' track='x'/></Start>", 31941},
      {"<Start><Siprec connectorName='a' track='x'/></Start>", 31941},
      {"<Start><Siprec connectorName='a'><Say/></Siprec></Start>", 12200},
      {"<Connect><VirtualAgent/></Connect>", 13750},
      {"<Sms/>", 14103},
      {"<Refer/>", 13243},
  };
  for (const auto& [body, code] : table)
    EXPECT_EQ(codes(read(body)), std::vector<int>{code}) << body;
}

TEST(TwimlDocument, SomeWrongValuesStopTheDocument) {
  const std::pair<std::string, int> table[] = {
      {"<Gather actionOnEmptyResult='x'/>", 13338},
      {"<Record recordingStatusCallbackEvent='x'/>", 13621},
      {"<Dial><Conference endConferenceOnExit='x'>r</Conference></Dial>", 13231},
      {"<Dial><Conference trim='x'>r</Conference></Dial>", 13239},
      {"<Dial><Conference coach='bob'>r</Conference></Dial>", 13240},
      {"<Dial><Conference participantLabel='a/b'>r</Conference></Dial>", 16023},
      {"<Enqueue workflowSid='WW1'/>", 14226},
  };
  for (const auto& [body, code] : table)
    EXPECT_EQ(error_of("<Response>" + body + "</Response>"), code) << body;
}

TEST(TwimlDocument, ReadsGatherWithAllItsAttributes) {
  const auto gather = only<Gather>(
      "<Gather input='dtmf speech' action='/a?x=1&amp;y=2' method='get' timeout='auto' "
      "finishOnKey='' numDigits='4' actionOnEmptyResult='TRUE' speechTimeout='3' "
      "maxSpeechTime='30' "
      "hints='yes, no' language='es-MX' partialResultCallback='/p' "
      "partialResultCallbackMethod='GET' "
      "profanityFilter='false' speechModel='phone_call' enhanced='true' bargeIn='false'>"
      "<Say>a</Say><Play>b.wav</Play><Pause length='2'/></Gather>"
  );
  EXPECT_TRUE(gather.dtmf && gather.speech && gather.enhanced && gather.action_on_empty_result);
  EXPECT_FALSE(gather.profanity_filter || gather.barge_in || gather.finish_on_key);
  EXPECT_EQ(gather.action, "/a?x=1&y=2");
  EXPECT_EQ(gather.method, "GET");
  EXPECT_EQ(gather.num_digits, 4u);
  EXPECT_EQ(gather.speech_timeout, std::chrono::seconds(3));
  EXPECT_EQ(gather.hints, (std::vector<std::string>{"yes", "no"}));
  EXPECT_EQ(gather.prompt.size(), 3u);
}

TEST(TwimlDocument, ReadsDialWithItsNouns) {
  const auto dial = only<Dial>(
      "<Dial action='/d' timeout='20' callerId='+15551230000' record='true' sequential='true'>"
      "<Number sendDigits='ww12' url='/w' statusCallbackEvent='ringing answered'>+1 (555) 123-4567"
      "</Number><Client><Identity>alice</Identity><Parameter name='n' value='1'/>"
      "<Parameter name='n' value='2'/></Client>"
      "<Sip username='u' "
      "password='p'>sip:bob@example.com;transport=tcp?X-A=1&amp;X-B=2</Sip></Dial>"
  );
  ASSERT_EQ(dial.nouns.size(), 3u);
  EXPECT_EQ(dial.record, "record-from-answer");
  const auto& number = std::get<Number>(dial.nouns[0]);
  EXPECT_EQ(number.number, "+15551234567");
  EXPECT_EQ(
      number.options.status_callback.events, (std::vector<std::string>{"ringing", "answered"})
  );
  const auto& client = std::get<Client>(dial.nouns[1]);
  ASSERT_EQ(client.parameters.size(), 1u);
  EXPECT_EQ(client.parameters[0].value, "2");
  const auto& sip = std::get<Sip>(dial.nouns[2]);
  EXPECT_EQ(sip.uri, "sip:bob@example.com;transport=tcp");
  EXPECT_EQ(sip.headers, (call::NamedValues{{"X-A", "1"}, {"X-B", "2"}}));
  EXPECT_EQ(
      std::get<Number>(only<Dial>("<Dial>+15550001111</Dial>").nouns.at(0)).number, "+15550001111"
  );
  EXPECT_TRUE(std::holds_alternative<Queue>(only<Dial>("<Queue>support</Queue>").nouns.at(0)));
}

TEST(TwimlDocument, ReadsTheOtherVerbs) {
  EXPECT_EQ(only<Say>("<Say loop='0'>a</Say>").loop, 1000u);
  EXPECT_EQ(only<Play>("<Play digits='wW1#'/>").digits, "wW1#");
  EXPECT_EQ(
      only<Record>("<Record maxLength='60' action='/vm'/>").max_length, std::chrono::minutes(1)
  );
  EXPECT_EQ(only<Record>("<Record transcribe='true'/>").max_length, std::chrono::minutes(2));
  EXPECT_EQ(only<Enqueue>("<Enqueue waitUrl=''>support</Enqueue>").wait_url, "");
  EXPECT_EQ(only<Redirect>("<Redirect>\n /next \n</Redirect>").url, "/next");
  EXPECT_EQ(only<Reject>("<Reject reason='busy'/>").reason, Reject::Reason::busy);
  EXPECT_EQ(
      only<Connect>("<Connect><Stream url='wss://bot/x'><Parameter name='a' value='b'/>"
                    "</Stream></Connect>")
          .stream->parameters.size(),
      1u
  );
  EXPECT_EQ(only<Start>("<Start><Recording channels='dual'/></Start>").nouns.size(), 1u);
  EXPECT_EQ(only<Stop>("<Stop><Stream name='s'/></Stop>").nouns.size(), 1u);
  const Start recorded = only<Start>(
      "<Start><Siprec connectorName='archive' name='n'><Parameter name='a' value='b'/></Siprec>"
      "</Start>"
  );
  const auto& siprec = std::get<Siprec>(recorded.nouns.at(0));
  EXPECT_EQ(siprec.connector_name, "archive");
  EXPECT_EQ(siprec.track, "both_tracks");
  EXPECT_EQ(siprec.parameters.size(), 1u);
  EXPECT_EQ(only<Sms>("<Sms to='+1555'>hello  there</Sms>").body, "hello  there");
  EXPECT_EQ(only<Refer>("<Refer><Sip>sip:a@b</Sip></Refer>").target.uri, "sip:a@b");
  EXPECT_EQ(only<Unavailable>("<Pay/>").name, "Pay");
  only<Leave>("<Leave/>");
  only<Echo>("<Echo/>");
  only<Hangup>("<Hangup/>");
}

TEST(TwimlDocument, ListsOfWarningsStayShort) {
  std::string attributes;
  for (int i = 0; i < 2000; ++i) attributes += " a" + std::to_string(i) + "='1'";
  EXPECT_LE(read("<Say" + attributes + ">a</Say>").warnings.size(), 100u);
}

}  // namespace
}  // namespace belfry::twiml
