#pragma once
#include <map>

#include "base/wait.hpp"
#include "twiml/program.hpp"

/// For tests: a party that hears, presses keys and hangs up on virtual time; a web that answers
/// from a table; a voice that takes a second for each sentence.
namespace belfry::twiml::testing {

using namespace std::chrono_literals;

/// What a test says into the ears of a program that listens.
struct ScriptedSpeech {
  call::RecognitionListener* listener = nullptr;  // nullptr: nobody listens
  call::RecognitionTerms terms;
  int opened = 0;
  bool finishing = false;
};
class ScriptedEars final : public call::Ears {
 public:
  ScriptedEars(
      ScriptedSpeech& speech, call::RecognitionTerms terms, call::RecognitionListener& listener
  )
      : speech_(speech) {
    speech_.listener = &listener;
    speech_.terms = std::move(terms);
    speech_.finishing = false;
    ++speech_.opened;
  }
  ScriptedEars(const ScriptedEars&) = delete;
  ScriptedEars& operator=(const ScriptedEars&) = delete;
  ~ScriptedEars() override { speech_.listener = nullptr; }
  void finish() override { speech_.finishing = true; }

 private:
  ScriptedSpeech& speech_;
};

class ScriptedVoice final : public Voice {
 public:
  explicit ScriptedVoice(base::Loop& loop) : loop_(loop), digits_(loop) {
    record_.sid = "CA" + std::string(32, '1');
    record_.account_sid = "AC" + std::string(32, '2');
    record_.from = "+15550001111";
    record_.to = "+15552223333";
    record_.status = call::LegStatus::in_progress;
    record_.answered = loop.wall_now();
  }
  void make_inbound() {
    record_.direction = call::LegRecord::Direction::inbound;
    record_.status = call::LegStatus::ringing;
    record_.answered.reset();
  }
  void press(std::string_view keys) {
    for (const char key : keys) digits_.push(key);
  }
  std::vector<std::string> heard;  // "say hello", "pause 2000", "clip 1000x2", "digits 1w2", "cut"
  std::vector<std::string> done;   // "ring", "answer", "hangup normal"
  std::vector<std::pair<std::string, base::json::object>> notes;
  std::vector<int> errors;
  bool understands = false;
  ScriptedSpeech ears;

  std::vector<int> warnings() const {
    std::vector<int> codes;
    for (const auto& [type, data] : notes)
      if (type == "twiml.warning") codes.push_back(static_cast<int>(data.at("code").as_int64()));
    return codes;
  }
  std::size_t count(std::string_view type) const {
    return static_cast<std::size_t>(std::count_if(
        notes.begin(), notes.end(), [&](const auto& note) { return note.first == type; }
    ));
  }

  base::Loop& loop() override { return loop_; }
  const call::LegRecord& record() const override { return record_; }
  void ring() override { done.emplace_back("ring"); }
  base::Task<base::Result<>> answer() override {
    co_await base::sleep_for(loop_, 10ms);
    done.emplace_back("answer");
    record_.answered = loop_.wall_now();
    record_.status = call::LegStatus::in_progress;
    co_return base::Result<>{};
  }
  base::Task<void> play(call::Playback playback, call::Words words) override {
    const base::Duration length = describe(playback, words.text);
    struct Cut {
      std::vector<std::string>& heard;
      bool finished = false;
      ~Cut() {
        if (!finished) heard.emplace_back("cut");
      }
    } cut{heard};
    co_await base::sleep_for(loop_, length);
    cut.finished = true;
  }
  base::Task<char> next_digit() override {
    const char digit = co_await digits_.pop();
    co_return digit;
  }
  void forget_digits() override { digits_.clear(); }
  base::Result<std::unique_ptr<call::Ears>> listen(
      call::RecognitionTerms terms, call::RecognitionListener& listener
  ) override {
    if (!understands) return base::fail(base::Errc::unavailable, "nobody understands speech here");
    return std::make_unique<ScriptedEars>(ears, std::move(terms), listener);
  }
  void hang_up(call::HangupCause cause, std::string) override {
    done.push_back("hangup " + std::string(call::to_string(cause)));
  }
  void note(std::string type, base::json::object data) override {
    notes.emplace_back(std::move(type), std::move(data));
  }
  void note_error(int code, std::string) override { errors.push_back(code); }

 private:
  base::Duration describe(const call::Playback& playback, const std::string& words) {
    if (const auto* clip = std::get_if<call::ClipPlayback>(&playback)) {
      const auto length = clip->clip->duration();
      heard.push_back(
          !words.empty()
              ? "say " + words
              : "clip " + std::to_string(base::to_ms(length)) + "x" + std::to_string(clip->times)
      );
      return length * clip->times;
    }
    if (const auto* silence = std::get_if<call::SilencePlayback>(&playback)) {
      heard.push_back("pause " + std::to_string(base::to_ms(silence->length)));
      return silence->length;
    }
    if (const auto* digits = std::get_if<call::DigitsPlayback>(&playback))
      heard.push_back("digits " + digits->digits);
    return 100ms;
  }

  base::Loop& loop_;
  call::LegRecord record_;
  base::Mailbox<char> digits_;
};

class TableWeb final : public call::WebClient {
 public:
  /// The answers of a URL in turn; the last one stays.
  std::map<std::string, std::vector<call::WebResponse>> answers;
  std::vector<call::WebRequest> requests;

  void serve(const std::string& url, std::string body, std::string type = "text/xml") {
    call::WebResponse response;
    response.status = 200;
    response.content_type = std::move(type);
    response.body = std::move(body);
    answers[url].push_back(std::move(response));
  }
  base::Task<base::Result<call::WebResponse>> send(call::WebRequest request) override {
    requests.push_back(std::move(request));
    const std::string url = requests.back().url.substr(0, requests.back().url.find('#'));
    const auto found = answers.find(url);
    if (found == answers.end()) co_return base::fail(base::Errc::unavailable, "refused", 11202);
    call::WebResponse response = found->second.front();
    if (found->second.size() > 1) found->second.erase(found->second.begin());
    if (response.final_url.empty()) response.final_url = url;
    co_return response;
  }
  std::string parameter(std::size_t request, std::string_view name) const {
    for (const auto& [key, value] : requests.at(request).form)
      if (key == name) return value;
    return "(absent)";
  }
  std::vector<std::string> urls() const {
    std::vector<std::string> all;
    for (const auto& request : requests) all.push_back(request.url);
    return all;
  }
};

class OneSecondSpeech final : public call::Speech {
 public:
  std::vector<call::Utterance> asked;
  bool fails = false;
  base::Task<base::Result<media::PcmClipPtr>> synthesize(call::Utterance utterance) override {
    asked.push_back(std::move(utterance));
    if (fails) co_return base::fail(base::Errc::unavailable, "no voice");
    media::PcmClip clip{media::narrowband, std::vector<media::Sample>(8000)};
    co_return std::make_shared<const media::PcmClip>(std::move(clip));
  }
};

/// A call and all that it needs.
struct ScriptedCall {
  base::VirtualClock clock;
  base::Loop loop{clock};
  base::WorkerPool pool{loop, 0};
  TableWeb web;
  OneSecondSpeech speech;
  base::SeededRandom random{1};
  MediaFiles files{web, pool};
  ScriptedVoice voice{loop};
  Environment environment{web, speech, files, random};
  Program program{.url = "https://app.example/start"};
  bool ended = false;
  base::TaskGroup tasks{loop};

  void begin() {
    tasks.spawn(run(*this));
    loop.run_ready();
  }
  static base::Task<void> run(ScriptedCall& call) {
    Program copy = call.program;
    co_await run_program(call.voice, call.environment, std::move(copy));
    call.ended = true;
  }
  void pass(base::Duration time) {
    const base::Instant until = clock.now() + time;
    while (true) {
      loop.run_ready();
      const auto due = loop.next_due();
      if (!due || *due > until) break;
      clock.advance_to(*due);
    }
    clock.advance_to(until);
    loop.run_ready();
  }
  /// Until the program ends, at most a day.
  void finish() {
    for (int minute = 0; minute < 24 * 60 && !ended; ++minute) pass(1min);
  }
  void play_document(const std::string& body) {
    web.serve("https://app.example/start", "<Response>" + body + "</Response>");
    begin();
  }
};

}  // namespace belfry::twiml::testing
