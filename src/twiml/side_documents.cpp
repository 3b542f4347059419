#include "twiml/side_documents.hpp"

#include "base/log.hpp"
#include "call/hold_music.hpp"
#include "twiml/leg_voice.hpp"
#include "twiml/restricted.hpp"

namespace belfry::twiml {
namespace {

/// Speaks to a room. Nobody is called and nobody presses keys; the documents of rooms hold no verb
/// that would ask for either.
class TargetVoice final : public Voice {
 public:
  explicit TargetVoice(call::SoundTarget& target) : target_(target) {
    record_.account_sid = target.account_sid();
    record_.status = call::LegStatus::in_progress;
    record_.answered = target.loop().wall_now();
  }
  base::Loop& loop() override { return target_.loop(); }
  const call::LegRecord& record() const override { return record_; }
  void ring() override {}
  base::Task<base::Result<>> answer() override { co_return base::Result<>{}; }
  base::Task<void> play(call::Playback playback, call::Words words) override {
    return target_.play(std::move(playback), std::move(words));
  }
  base::Task<char> next_digit() override {
    base::Event never(target_.loop());
    co_await never.wait();
    co_return '\0';
  }
  void forget_digits() override {}
  base::Result<std::unique_ptr<call::Ears>>
  listen(call::RecognitionTerms, call::RecognitionListener&) override {
    return base::fail(base::Errc::unavailable, "nobody is there to be listened to");
  }
  void hang_up(call::HangupCause, std::string) override {}
  void note(std::string, base::json::object) override {}
  void note_error(int code, std::string message) override {
    base::log::warning("announcement.error", {{"code", code}, {"message", message}});
  }

 private:
  call::SoundTarget& target_;
  call::LegRecord record_;
};

}  // namespace

base::Task<base::Result<>> TwimlSideDocuments::run(Voice& voice, call::SideDocument document) {
  RestrictedProgram::Terms terms{DocumentKind::conference, std::move(document.parameters)};
  terms.own_application = document.own_application;
  RestrictedProgram program(voice, environment_, std::move(terms));
  DocumentRequest request{std::move(document.url), std::move(document.method), {}};
  DocumentEnd end = co_await program.run(std::move(request));
  if (end.how == DocumentEnd::How::failed) co_return base::fail(std::move(end.error));
  if (end.audio && document.audio == call::SideDocument::Audio::loops) {
    call::ClipPlayback again{std::move(end.audio), call::until_stopped};
    call::Words unspoken;
    co_await voice.play(std::move(again), std::move(unspoken));
  }
  co_return base::Result<>{};
}

base::Task<base::Result<>> TwimlSideDocuments::play(call::Leg& leg, call::SideDocument document) {
  LegVoice voice(leg);
  base::Task<base::Result<>> running = run(voice, std::move(document));
  co_return co_await std::move(running);
}

base::Task<base::Result<>> TwimlSideDocuments::play(
    call::SoundTarget& target, call::SideDocument document
) {
  TargetVoice voice(target);
  base::Task<base::Result<>> running = run(voice, std::move(document));
  co_return co_await std::move(running);
}

}  // namespace belfry::twiml
