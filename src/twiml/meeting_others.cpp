#include "twiml/meeting_others.hpp"

#include "base/wait.hpp"
#include "call/conferences.hpp"
#include "twiml/pending_action.hpp"
#include "twiml/unavailable.hpp"

namespace belfry::twiml {
namespace {

base::Task<void> wait_for_star(Voice& voice) {
  while (true) {
    const char key = co_await voice.next_digit();
    if (key == '*') co_return;
  }
}

base::Task<Parting> over_or_star(base::Event& over, bool on_star, Voice& voice) {
  if (!on_star) {
    co_await over.wait();
    co_return Parting::over;
  }
  voice.forget_digits();
  base::Task<void> parted = wait_for_event(over);
  base::Task<void> star = wait_for_star(voice);
  const auto winner = co_await base::race(voice.loop(), std::move(parted), std::move(star));
  co_return winner.index() == 0 ? Parting::over : Parting::star;
}

std::optional<call::FormFields> results_of_cut_off(bool leg_ended) {
  if (!leg_ended) return std::nullopt;
  return call::FormFields{{"DialCallStatus", "answered"}};
}

base::Result<call::JoinConference> join_terms(const Conference& noun, const Session& session) {
  call::JoinConference terms;
  terms.name = noun.name;
  terms.label = noun.participant_label;
  terms.muted = noun.muted;
  terms.beep = call::Beep::parse(noun.beep).value_or(call::Beep{});
  terms.start_on_enter = noun.start_on_enter;
  terms.end_on_exit = noun.end_on_exit;
  terms.coach = noun.coach;
  terms.max_participants = noun.max_participants;
  BELFRY_TRY(wait, resolve_wait(noun.wait_url, noun.wait_method, session));
  terms.wait = std::move(wait);
  BELFRY_TRY(callback, resolve_callback(noun.status_callback, session));
  terms.terms.callback = std::move(callback);
  BELFRY_TRY(recording, resolve_callback(noun.recording_callback, session));
  terms.terms.recording_callback = std::move(recording);
  BELFRY_TRY(at_end, resolve_callback({noun.event_callback_url, "POST", {}}, session));
  terms.terms.event_callback = std::move(at_end);
  terms.terms.record_from_start = noun.record_from_start;
  terms.terms.trim_silence = noun.trim_silence;
  return terms;
}

}  // namespace

base::Task<void> wait_for_event(base::Event& event) {
  co_await event.wait();
}

base::Result<call::CallbackAddress> resolve_callback(
    const EventCallback& callback, const Session& session
) {
  call::CallbackAddress address{.url = {}, .method = callback.method, .events = callback.events};
  if (callback.url.empty()) return address;
  BELFRY_TRY(url, session.resolve(callback.url));
  address.own_application = session.is_own(url);
  address.url = std::move(url);
  return address;
}

base::Result<std::optional<call::SideDocument>> resolve_wait(
    const std::optional<std::string>& url, const std::string& method, const Session& session
) {
  if (!url) return std::nullopt;
  call::SideDocument document{.url = {}, .method = method};
  document.audio = call::SideDocument::Audio::loops;
  if (url->empty()) return document;
  BELFRY_TRY(resolved, session.resolve(*url));
  document.own_application = session.is_own(resolved);
  document.url = std::move(resolved);
  return document;
}

base::Task<Parting> wait_for_parting(base::Event& over, const Dial& dial, Session& session) {
  Voice& voice = session.voice();
  base::Task<Parting> parting = over_or_star(over, dial.hangup_on_star, voice);
  auto limited = base::with_time_limit(voice.loop(), std::move(parting), dial.time_limit);
  const std::optional<Parting> parted = co_await std::move(limited);
  co_return parted.value_or(Parting::time_limit);
}

base::Task<Step> dial_conference(const Conference& conference, const Dial& dial, Session& session) {
  const bool alive = co_await session.answer();
  if (!alive) co_return HungUp{};
  call::Leg* leg = session.voice().leg();
  if (leg == nullptr || leg->services().conferences == nullptr) {
    base::Task<Step> skipped = skip("Conference", Answers::yes, session);
    co_return co_await std::move(skipped);
  }
  PendingAction action(session, dial.action, dial.method, results_of_cut_off);
  if (conference.name.empty() || conference.name.size() > 128)
    co_return action.conclude({{"DialCallStatus", "failed"}});
  auto terms = join_terms(conference, session);
  if (!terms) co_return Failure{std::move(terms.error()), session.current().url};
  auto joined = leg->services().conferences->join(*leg, std::move(*terms));
  if (!joined) co_return Failure{std::move(joined.error()), session.current().url};
  call::Participation participation = std::move(*joined);
  co_await wait_for_parting(participation.over(), dial, session);
  participation.leave();
  session.count_media_progress();
  co_return action.conclude({{"DialCallStatus", "answered"}});
}

}  // namespace belfry::twiml
