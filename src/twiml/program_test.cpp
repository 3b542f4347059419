#include "media/wav.hpp"
#include "twiml/scripted_call.hpp"

namespace belfry::twiml {
namespace {

using namespace std::chrono_literals;
using testing::ScriptedCall;
using List = std::vector<std::string>;

std::string wav(std::size_t samples) {
  const auto bytes = media::to_wav({media::narrowband, std::vector<media::Sample>(samples, 1000)});
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

TEST(TwimlProgram, RunsVerbsInOrderAndEndsWithTheDocument) {
  ScriptedCall call;
  call.play_document("<Say>One. </Say><Pause length='2'/><Play digits='1w2'/><Sya/>");
  call.finish();
  EXPECT_TRUE(call.ended);
  EXPECT_EQ(call.voice.heard, (List{"say One.", "pause 2000", "digits 1w2"}));
  EXPECT_EQ(call.voice.warnings(), std::vector<int>{12200});
  EXPECT_EQ(call.voice.count("webhook.request"), 1u);
  EXPECT_EQ(call.voice.count("webhook.response"), 1u);
  EXPECT_EQ(call.voice.count("twiml.verb"), 3u);
  EXPECT_EQ(call.web.parameter(0, "CallStatus"), "in-progress");
  EXPECT_EQ(call.web.parameter(0, "Caller"), "+15550001111");
  EXPECT_FALSE(call.web.requests[0].idempotency_id.empty());
}

TEST(TwimlProgram, SynthesisesTheNextSentencesWhileOneIsHeard) {
  ScriptedCall call;
  call.play_document("<Say>This is the first. This is the second. This is the third.</Say>");
  call.pass(500ms);
  EXPECT_EQ(call.voice.heard, List{"say This is the first."});
  EXPECT_EQ(call.speech.asked.size(), 3u);
  call.finish();
  EXPECT_EQ(call.voice.heard.size(), 3u);
}

TEST(TwimlProgram, AnInboundLegRingsUntilAVerbNeedsMedia) {
  const std::pair<std::string, List> table[] = {
      {"<Say>a</Say>", {"ring", "answer"}},
      {"<Gather timeout='1'/>", {"ring", "answer"}},
      {"<Hangup/>", {"ring", "answer", "hangup normal"}},
      {"<Reject/>", {"ring", "hangup rejected"}},
      {"<Reject reason='busy'/>", {"ring", "hangup busy"}},
      {"<Say>a</Say><Reject/>", {"ring", "answer", "hangup normal"}},
      {"<Pause length='3'/>", {"ring"}},
      {"<Pause/><Pause/>", {"ring", "answer"}},
      {"<Redirect>/reject</Redirect>", {"ring", "hangup rejected"}},
      {"<Sms>hello</Sms>", {"ring"}},
      {"<Refer><Sip>sip:a@b</Sip></Refer>", {"ring"}},
      {"<Dial answerOnBridge='true'>+15550001111</Dial>", {"ring"}},
      {"<Dial>+15550001111</Dial>", {"ring", "answer"}},
      {"", {"ring"}},
  };
  for (const auto& [body, expected] : table) {
    ScriptedCall call;
    call.voice.make_inbound();
    call.web.serve("https://app.example/reject", "<Response><Reject/></Response>");
    call.play_document(body);
    call.finish();
    EXPECT_EQ(call.voice.done, expected) << body;
  }
}

TEST(TwimlProgram, VerbsWithoutExecutorAreSkippedWithAWarning) {
  ScriptedCall call;
  call.play_document("<Record/><Enqueue>q</Enqueue><Echo/><Pay/><Leave/><Say>done</Say>");
  call.finish();
  EXPECT_EQ(call.voice.warnings(), (std::vector<int>{13750, 13750, 13750, 13750, 12200}));
  EXPECT_EQ(call.voice.heard, List{"say done"});
}

TEST(TwimlProgram, RelativeUrlsStartAtTheDocumentAfterItsRedirects) {
  ScriptedCall call;
  call.web.serve(
      "https://app.example/start",
      "<Response><Redirect method='GET'>next?a=1&amp;b=2#rc=2</Redirect></Response>"
  );
  call.web.answers["https://app.example/start"][0].final_url = "https://other.example/dir/doc";
  call.web.serve("https://other.example/dir/next?a=1&b=2", "<Response/>");
  call.begin();
  call.finish();
  EXPECT_EQ(
      call.web.urls(),
      (List{"https://app.example/start", "https://other.example/dir/next?a=1&b=2#rc=2"})
  );
  EXPECT_EQ(call.web.requests[1].method, "GET");
}

TEST(TwimlProgram, ARedirectLoopEndsByRuleW3) {
  ScriptedCall call;
  call.program.fallback_url = "https://app.example/fallback";
  call.play_document("<Redirect/>");
  call.finish();
  EXPECT_TRUE(call.ended);
  EXPECT_EQ(call.web.requests.size(), 60u);
  EXPECT_EQ(call.voice.errors, std::vector<int>{11215});
  EXPECT_EQ(call.voice.heard.size(), 2u);
  EXPECT_EQ(call.voice.done, List{"hangup normal"});
}

TEST(TwimlProgram, ASlowLoopMayGoOnUpToAThousandDocuments) {
  ScriptedCall call;
  call.play_document("<Pause length='2'/><Redirect/>");
  call.finish();
  EXPECT_TRUE(call.ended);
  EXPECT_EQ(call.web.requests.size(), 1000u);
  EXPECT_EQ(call.voice.errors, std::vector<int>{11215});
}

TEST(TwimlProgram, AThousandVerbsWithoutSoundEndTheCall) {
  ScriptedCall call;
  std::string body;
  for (int i = 0; i < 600; ++i) body += "<Leave/>";
  call.play_document(body + "<Redirect/>");
  call.finish();
  EXPECT_EQ(call.web.requests.size(), 2u);
  EXPECT_EQ(call.voice.errors, std::vector<int>{11215});
}

TEST(TwimlProgram, AFailedDocumentIsReplacedByTheFallback) {
  struct Case {
    int status;
    std::string type;
    std::string body;
    int code;
  };
  const Case table[] = {
      {500, "text/html", "<Response/>", 11200},
      {404, "text/xml", "", 11200},
      {200, "text/xml", "<Response>", 12100},
      {200, "text/xml", "<Foo/>", 12102},
      {200, "image/png", "x", 12300},
      {200, "", "<Response/>", 12300},
      {200, "text/xml", "", 11770},
      {200, "text/xml", std::string(70'000, 'a'), 11750},
      {200, "audio/wav", "no sound", 13420},
      {200, "text/xml", "<Response><Gather actionOnEmptyResult='x'/></Response>", 13338},
      {200, "text/xml", "<Response><Play>/missing.wav</Play></Response>", 11202},
      {200, "text/xml", "<Response><Redirect>ftp://x/</Redirect></Response>", 11100},
      {200, "text/xml", "<Response><Redirect>/next#rc=9</Redirect></Response>", 11241},
  };
  for (const Case& row : table) {
    ScriptedCall call;
    call.program.fallback_url = "https://app.example/fallback";
    call.web.serve("https://app.example/start", row.body, row.type);
    call.web.answers["https://app.example/start"][0].status = row.status;
    call.web.serve("https://app.example/fallback", "<Response><Say>sorry</Say></Response>");
    call.begin();
    call.finish();
    EXPECT_EQ(call.voice.errors, std::vector<int>{row.code}) << row.body.substr(0, 80);
    ASSERT_GE(call.web.requests.size(), 2u) << row.code;
    const std::size_t last = call.web.requests.size() - 1;
    EXPECT_EQ(call.web.requests[last].url, "https://app.example/fallback");
    EXPECT_EQ(call.web.parameter(last, "ErrorCode"), std::to_string(row.code));
    EXPECT_NE(call.web.parameter(last, "ErrorUrl"), "(absent)");
    EXPECT_EQ(call.voice.heard, List{"say sorry"});
  }
}

TEST(TwimlProgram, WithoutAWorkingFallbackItApologises) {
  ScriptedCall call;
  call.program.fallback_url = "https://app.example/also-missing";
  call.begin();
  call.finish();
  EXPECT_EQ(call.voice.errors, (std::vector<int>{11202, 11202}));
  EXPECT_EQ(
      call.voice.heard,
      (List{"say We are sorry, an application error has occurred.", "say Goodbye."})
  );
  EXPECT_EQ(call.voice.done, List{"hangup normal"});
}

TEST(TwimlProgram, AnUnansweredCallerIsNotAnsweredToApologise) {
  ScriptedCall call;
  call.voice.make_inbound();
  call.begin();
  call.finish();
  EXPECT_EQ(call.voice.heard, List{});
  EXPECT_EQ(call.voice.done, (List{"ring", "hangup failed"}));
}

TEST(TwimlProgram, PlainTextIsSpokenOrRun) {
  for (const char* body : {"Good morning", "<Response><Say>Good morning</Say></Response>"}) {
    ScriptedCall call;
    call.web.serve("https://app.example/start", body, "text/plain");
    call.begin();
    call.finish();
    EXPECT_EQ(call.voice.heard, List{"say Good morning"}) << body;
  }
}

TEST(TwimlProgram, AudioAsTheAnswerIsPlayed) {
  ScriptedCall call;
  call.web.serve("https://app.example/start", wav(16000), "audio/x-wav");
  call.begin();
  call.finish();
  EXPECT_EQ(call.voice.heard, List{"clip 2000x1"});
}

TEST(TwimlProgram, PlaysFilesFromTheCacheWhileTheyAreUnchanged) {
  ScriptedCall call;
  call.web.serve("https://app.example/a.wav", wav(8000), "audio/wav");
  auto& answers = call.web.answers["https://app.example/a.wav"];
  answers[0].etag = "\"1\"";
  call.web.serve("https://app.example/a.wav", "");
  answers[1].status = 304;
  call.play_document("<Play loop='2'>a.wav</Play><Play>a.wav</Play>");
  call.finish();
  EXPECT_EQ(call.voice.heard, (List{"clip 1000x2", "clip 1000x1"}));
  ASSERT_EQ(call.web.requests.size(), 3u);
  EXPECT_EQ(call.web.requests[1].method, "GET");
  EXPECT_TRUE(call.web.requests[1].form.empty());
  EXPECT_EQ(
      call.web.requests[2].headers.back(),
      (std::pair<std::string, std::string>{"If-None-Match", "\"1\""})
  );
}

TEST(TwimlProgram, ForgetsTheLeastRecentlyPlayedFiles) {
  ScriptedCall call;
  MediaFiles files(call.web, call.pool, {.cache_bytes = 40'000});
  call.tasks.spawn([](ScriptedCall& on, MediaFiles& small) -> base::Task<void> {
    for (int i = 0; i < 5; ++i) {
      const std::string url = "https://app.example/" + std::to_string(i);
      on.web.serve(url, wav(8000), "audio/wav");
      on.web.answers[url][0].etag = "x";
      auto clip = co_await small.fetch(url, false);
      EXPECT_TRUE(clip.has_value());
    }
  }(call, files));
  call.pass(1s);
  EXPECT_EQ(files.cached_bytes(), 32'000u);
}

TEST(TwimlProgram, CookiesComeBackInLaterRequestsOfTheCall) {
  ScriptedCall call;
  call.web.serve("https://app.example/next", "<Response/>");
  call.web.serve("https://app.example/start", "<Response><Redirect>/next</Redirect></Response>");
  call.web.answers["https://app.example/start"][0].set_cookies = {
      {"https://app.example/start", "sid=42; Path=/"}
  };
  call.begin();
  call.finish();
  ASSERT_EQ(call.web.requests.size(), 2u);
  EXPECT_EQ(call.web.requests[1].cookies, List{"sid=42"});
}

TEST(TwimlProgram, InlineDocumentsHaveNoBaseForRelativeUrls) {
  ScriptedCall call;
  call.program = {.twiml = "<Response><Say>hi</Say><Redirect>/next</Redirect></Response>"};
  call.begin();
  call.finish();
  EXPECT_EQ(call.voice.errors, std::vector<int>{15004});
  EXPECT_EQ(call.voice.heard.front(), "say hi");
}

TEST(TwimlProgram, MaySimplySpeakAText) {
  ScriptedCall call;
  call.program = {.say = "Task <b> & more"};
  call.begin();
  call.finish();
  EXPECT_EQ(call.voice.heard, List{"say Task <b> & more"});
}

TEST(TwimlProgram, OnlyTheOwnApplicationIsServedInProcess) {
  ScriptedCall call;
  call.program.own_application = true;
  call.web.serve(
      "https://app.example/own", "<Response><Redirect>https://else.example/</Redirect></Response>"
  );
  call.web.serve("https://else.example/", "<Response/>");
  call.play_document("<Redirect>/own</Redirect>");
  call.finish();
  ASSERT_EQ(call.web.requests.size(), 3u);
  EXPECT_TRUE(call.web.requests[0].own_application && call.web.requests[1].own_application);
  EXPECT_FALSE(call.web.requests[2].own_application);
}

TEST(TwimlProgram, ASentenceThatCannotBeSpokenDoesNotEndTheCall) {
  ScriptedCall call;
  call.speech.fails = true;
  call.play_document("<Say loop='0'>a</Say><Pause/>");
  call.finish();
  EXPECT_EQ(call.voice.heard, List{"pause 1000"});
  EXPECT_EQ(call.voice.warnings(), std::vector<int>{13520});
}

TEST(TwimlProgram, EndingTheCallCancelsWhateverRuns) {
  const std::string bodies[] = {
      "<Say>This is the first. This is the second.</Say>", "<Pause length='100'/>",
      "<Gather><Say>a</Say></Gather>", "<Gather/>", "<Play>https://app.example/a.wav</Play>"
  };
  for (const std::string& body : bodies) {
    ScriptedCall call;
    call.web.serve("https://app.example/a.wav", wav(8000), "audio/wav");
    call.play_document(body);
    call.pass(300ms);
    call.tasks.cancel();
    call.pass(1h);
    EXPECT_FALSE(call.ended) << body;
    EXPECT_FALSE(call.loop.next_due().has_value()) << body;
  }
}

TEST(TwimlProgram, ReadsItsParametersFromTheLeg) {
  const Program program = Program::from_json(
      {{"url", "https://a/"},
       {"method", "get"},
       {"fallback_url", "https://b/"},
       {"say", "x"},
       {"twiml", 7},
       {"own_application", true}}
  );
  EXPECT_EQ(program.method, "GET");
  EXPECT_EQ(program.fallback_method, "POST");
  EXPECT_EQ(program.twiml, "");
  EXPECT_TRUE(program.own_application);
}

}  // namespace
}  // namespace belfry::twiml
