#include "twiml/play.hpp"

#include "base/wait.hpp"
#include "twiml/say.hpp"
#include "twiml/session.hpp"

namespace belfry::twiml {
namespace {

constexpr base::Duration longest_play = std::chrono::minutes(40);

base::Task<void> play_within_limit(call::Playback playback, Session& session) {
  base::Loop& loop = session.voice().loop();
  base::Task<void> playing = session.play(std::move(playback));
  base::Task<std::optional<std::monostate>> limited =
      base::with_time_limit(loop, std::move(playing), longest_play);
  co_await std::move(limited);
}

}  // namespace

Play read_play(const Element& element, Findings& findings, Nested nested) {
  ElementReader reader(element, findings);
  Play play;
  play.url = element.own_text();
  play.loop = reader.number("loop", 1, 0, endless_loop, 13410);
  if (play.loop == 0) play.loop = endless_loop;
  play.digits = reader.text("digits");
  if (play.digits.find_first_not_of("0123456789ABCDabcd*#wW") != std::string::npos) {
    reader.invalid("digits", 13430);
    play.digits.clear();
  }
  if (nested == Nested::in_gather && !play.digits.empty()) {
    reader.invalid("digits", 12200);
    play.digits.clear();
  }
  reader.report_unknown_attributes();
  reader.report_children();
  if (play.url.empty() && element.attribute("digits") == nullptr)
    findings.warn(13420, "<Play> names nothing to play");
  return play;
}

base::Task<Step> execute(const Play& play, Session& session) {
  const bool alive = co_await session.answer();
  if (!alive) co_return HungUp{};
  if (!play.digits.empty()) {
    call::DigitsPlayback keys{play.digits};
    co_await play_within_limit(std::move(keys), session);
  }
  if (play.url.empty()) co_return NextVerb{};
  auto url = session.resolve(play.url);
  if (!url) co_return Failure{std::move(url.error()), play.url};
  auto clip = co_await session.fetch_audio(*url);
  if (!clip) co_return Failure{std::move(clip.error()), std::move(*url)};
  call::ClipPlayback playback{std::move(*clip), play.loop};
  co_await play_within_limit(std::move(playback), session);
  co_return NextVerb{};
}

}  // namespace belfry::twiml
