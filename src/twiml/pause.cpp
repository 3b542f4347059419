#include "twiml/pause.hpp"

#include "twiml/session.hpp"

namespace belfry::twiml {

Pause read_pause(const Element& element, Findings& findings) {
  constexpr std::uint32_t longest = 180;  // rule W3
  ElementReader reader(element, findings);
  Pause pause{.length = reader.seconds("length", 1, 0, 24 * 3600, 13910)};
  if (pause.length > std::chrono::seconds(longest)) {
    reader.invalid("length", 13910);
    pause.length = std::chrono::seconds(longest);
  }
  reader.report_unknown_attributes();
  reader.report_children();
  return pause;
}

base::Task<Step> execute(const Pause& pause, Session& session) {
  if (session.may_stay_unanswered()) {
    co_await base::sleep_for(session.voice().loop(), pause.length);
    if (pause.length > base::Duration::zero()) session.count_media_progress();
    co_return NextVerb{};
  }
  const bool alive = co_await session.answer();
  if (!alive) co_return HungUp{};
  call::SilencePlayback silence{pause.length};
  co_await session.play(std::move(silence));
  co_return NextVerb{};
}

}  // namespace belfry::twiml
