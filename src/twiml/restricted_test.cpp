#include "twiml/restricted.hpp"

#include "media/wav.hpp"
#include "twiml/scripted_call.hpp"

namespace belfry::twiml {
namespace {

using namespace std::chrono_literals;
using testing::ScriptedCall;
using How = DocumentEnd::How;
using List = std::vector<std::string>;

constexpr const char* url = "https://app.example/wait";

base::Task<void> run_rounds(
    RestrictedProgram& program, int rounds, std::vector<DocumentEnd>& ends
) {
  for (int round = 0; round < rounds; ++round) {
    DocumentRequest request{.url = url, .results = {{"Round", std::to_string(round)}}};
    DocumentEnd end = co_await program.run(std::move(request));
    ends.push_back(std::move(end));
  }
}

/// Runs the document once in a call where the leg has been answered.
struct Wait {
  explicit Wait(DocumentKind kind) : program(call.voice, call.environment, terms(kind)) {}
  static RestrictedProgram::Terms terms(DocumentKind kind) {
    return {.kind = kind, .always = {{"QueueSid", "QU1"}}};
  }
  DocumentEnd run(const std::string& body, int rounds = 1) {
    if (!body.empty()) call.web.serve(url, "<Response>" + body + "</Response>");
    call.tasks.spawn(run_rounds(program, rounds, ends));
    call.pass(1h);
    return ends.empty() ? DocumentEnd{.how = How::failed} : ends.back();
  }

  ScriptedCall call;
  RestrictedProgram program;
  std::vector<DocumentEnd> ends;
};

TEST(RestrictedDocument, HoldsOnlyTheVerbsOfItsKind) {
  const std::pair<const char*, std::vector<DocumentKind>> table[] = {
      {"<Say>a</Say>",
       {DocumentKind::whisper, DocumentKind::conference, DocumentKind::queue_wait,
        DocumentKind::queue_connect}},
      {"<Pause/>",
       {DocumentKind::whisper, DocumentKind::conference, DocumentKind::queue_wait,
        DocumentKind::queue_connect}},
      {"<Gather timeout='1'/>", {DocumentKind::whisper, DocumentKind::queue_wait}},
      {"<Hangup/>", {DocumentKind::whisper, DocumentKind::queue_wait}},
      {"<Leave/>", {DocumentKind::queue_wait}},
      {"<Dial>+15550001111</Dial>", {}},
      {"<Enqueue>q</Enqueue>", {}},
      {"<Refer><Sip>sip:a@b</Sip></Refer>", {}},
      {"<Reject/>", {}},
  };
  for (const auto& [body, allowed] : table) {
    for (const DocumentKind kind :
         {DocumentKind::whisper, DocumentKind::conference, DocumentKind::queue_wait,
          DocumentKind::queue_connect}) {
      Wait wait(kind);
      const DocumentEnd end = wait.run(body);
      const bool may = std::ranges::find(allowed, kind) != allowed.end();
      EXPECT_EQ(end.how != How::failed, may) << body << " in " << static_cast<int>(kind);
      if (!may) {
        const int code = kind == DocumentKind::whisper ? 13201 : 13238;
        EXPECT_EQ(end.error.detail, code) << body;
        EXPECT_EQ(wait.call.voice.errors, std::vector<int>{code}) << body;
      }
    }
  }
}

TEST(RestrictedDocument, EndsAtItsEndAndDoesNotHangUp) {
  Wait wait(DocumentKind::conference);
  EXPECT_EQ(wait.run("<Say>Please hold.</Say>").how, How::finished);
  EXPECT_EQ(wait.call.voice.heard, List{"say Please hold."});
  EXPECT_TRUE(wait.call.voice.done.empty());
}

TEST(RestrictedDocument, CarriesItsParametersThroughRedirectsAndItsResultsOnlyOnce) {
  Wait wait(DocumentKind::queue_wait);
  wait.call.web.serve("https://app.example/next", "<Response><Leave/></Response>");
  EXPECT_EQ(wait.run("<Redirect>next</Redirect>").how, How::left);
  EXPECT_EQ(wait.call.web.parameter(0, "QueueSid"), "QU1");
  EXPECT_EQ(wait.call.web.parameter(1, "QueueSid"), "QU1");
  EXPECT_EQ(wait.call.web.parameter(0, "Round"), "0");
  EXPECT_EQ(wait.call.web.parameter(1, "Round"), "(absent)");
}

TEST(RestrictedDocument, MayBeAudio) {
  Wait wait(DocumentKind::conference);
  const auto bytes = media::to_wav({media::narrowband, std::vector<media::Sample>(16000, 1000)});
  wait.call.web.serve(
      url, {reinterpret_cast<const char*>(bytes.data()), bytes.size()}, "audio/wav"
  );
  const DocumentEnd end = wait.run("");
  EXPECT_EQ(end.how, How::finished);
  EXPECT_TRUE(end.audio);
  EXPECT_EQ(wait.call.voice.heard, List{"clip 2000x1"});
}

TEST(RestrictedDocument, AnEmptyOneCannotSpinByRuleW3) {
  Wait wait(DocumentKind::conference);
  EXPECT_EQ(wait.run("<!-- -->", 61).how, How::failed);
  EXPECT_EQ(wait.ends.size(), 61u);
  EXPECT_EQ(wait.call.web.requests.size(), 60u);
}

TEST(RestrictedDocument, GoesOnForAsLongAsSomebodyWaits) {
  Wait wait(DocumentKind::conference);
  EXPECT_EQ(wait.run("<Pause length='2'/>", 1200).how, How::finished);
  EXPECT_EQ(wait.call.web.requests.size(), 1200u);
}

TEST(RestrictedDocument, ThatCannotBeHadIsAnErrorOfTheLeg) {
  Wait wait(DocumentKind::whisper);
  const DocumentEnd end = wait.run("");
  EXPECT_EQ(end.how, How::failed);
  EXPECT_EQ(end.error.detail, 11202);
  EXPECT_EQ(end.url, url);
}

}  // namespace
}  // namespace belfry::twiml
