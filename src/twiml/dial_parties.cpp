#include "twiml/dial_parties.hpp"

#include <map>

#include "call/child_leg.hpp"
#include "call/dialing_group.hpp"
#include "call/last_word.hpp"
#include "call/referral.hpp"
#include "media/ring_tones.hpp"
#include "twiml/dial_recording.hpp"
#include "twiml/dial_targets.hpp"
#include "twiml/leg_voice.hpp"
#include "twiml/parameters.hpp"
#include "twiml/restricted.hpp"
#include "twiml/session.hpp"

namespace belfry::twiml {
namespace {

using namespace std::chrono_literals;
using call::DialingGroup;

constexpr std::uint32_t rings_for_an_hour = 1200;  // of three seconds, the shortest

media::PcmClipPtr ring_tone_clip(const std::string& country) {
  // Made once per country, shared by every seat that plays it. Control thread only.
  static std::map<std::string, media::PcmClipPtr> made;
  media::PcmClipPtr& clip = made[country];
  if (!clip) clip = std::make_shared<const media::PcmClip>(media::ring_tone(country));
  return clip;
}

/// The document of a noun, for the party that answered. Refers to nothing of the dial: the party's
/// leg owns it.
base::Task<void> whisper(
    call::Leg& child, const Environment& environment, DocumentRequest request, bool own_application,
    base::Completion<bool>::Resolver verdict
) {
  LegVoice voice(child);
  RestrictedProgram program(voice, environment, {DocumentKind::whisper, {}, own_application});
  const DocumentEnd end = co_await program.run(std::move(request));
  if (end.how == DocumentEnd::How::failed) co_await program.apologise();
  verdict(end.how == DocumentEnd::How::finished);
}

class PartyDial final : private DialingGroup::Host {
 public:
  PartyDial(const Dial& dial, Session& session)
      : dial_(dial),
        session_(session),
        caller_(*session.voice().leg()),
        over_(caller_.loop()),
        recording_(dial, session) {}

  base::Task<Step> run();

 private:
  enum class End { party_left, redirected, star, time_limit, party_referred, caller_referred };

  // DialingGroup::Host
  void on_trying(std::size_t target) override;
  void on_ringing(std::size_t target, call::Leg& child) override;
  void on_early_media(std::size_t target, call::Leg& child) override;
  base::Task<bool> screen(std::size_t target, call::Leg& child) override;

  base::Task<void> ring_and_join();
  base::Task<void> join(call::ChildLeg child);
  base::Task<void> watch_party(std::shared_ptr<call::Leg::Milestones> milestones);
  base::Task<void> watch_redirection(std::shared_ptr<call::Leg::Milestones> milestones);
  base::Task<void> watch_star();
  base::Task<void> watch_time();
  void end(End why);
  void take_referral(call::Leg* child);
  void be_heard_ringing();
  void keep(const DialingGroup::Outcome& outcome);
  call::FormFields results() const;
  void tell_hangup(const call::LegRecord& ended, call::Changes& changes);
  Step conclude();

  const Dial& dial_;
  Session& session_;
  call::Leg& caller_;
  std::vector<DialTarget> targets_;
  std::optional<DialingGroup> group_;
  std::optional<base::TaskGroup> ring_back_;
  std::optional<call::Joined> early_;  // what the network or the party plays before the answer
  base::Event over_;
  End why_ = End::party_left;
  std::string referred_to_;
  DialRecording recording_;

  // What the action is told
  std::string status_ = "failed";
  std::string sid_;
  bool is_sip_ = false;
  bool bridged_ = false;
  std::optional<base::WallTime> answered_;  // the party that counts
  std::optional<base::WallTime> ended_;
  std::string sip_call_id_;
  call::NamedValues sip_headers_;
  int sip_status_ = 0;
};

base::Task<Step> PartyDial::run() {
  const bool waits_for_bridge = dial_.answer_on_bridge && session_.may_stay_unanswered();
  if (!waits_for_bridge) {
    const bool alive = co_await session_.answer();
    if (!alive) co_return HungUp{};
  }
  targets_ = make_targets(dial_, session_);
  if (!targets_.empty()) {
    const call::LastWord last_word(
        caller_,
        [this](const call::LegRecord& ended, call::Changes& changes) {
          tell_hangup(ended, changes);
        }
    );
    co_await ring_and_join();
  }
  caller_.forget_digits();  // they were meant for the other side
  session_.count_media_progress();
  co_return conclude();
}

base::Task<void> PartyDial::ring_and_join() {
  std::vector<call::PlaceCall> calls;
  for (const DialTarget& target : targets_) calls.push_back(target.call);
  const auto order =
      dial_.sequential ? DialingGroup::Order::one_by_one : DialingGroup::Order::together;
  DialingGroup::Host& host = *this;
  group_.emplace(caller_, std::move(calls), order, host);
  recording_.on_ringing();
  const DialingGroup::Outcome outcome = co_await group_->run();
  ring_back_.reset();
  early_.reset();
  keep(outcome);
  if (outcome.accepted) {
    call::ChildLeg child = group_->take(outcome.target);
    group_.reset();
    co_await join(std::move(child));
  }
  recording_.stop();
}

base::Task<void> PartyDial::join(call::ChildLeg child) {
  const bool alive = co_await session_.answer();
  call::Leg* party = child.find();
  if (!alive || party == nullptr) co_return;
  const call::Joined joined(caller_, *party);
  bridged_ = true;
  caller_.note("bridge.connected", {{"with", child.sid()}});
  party->note("bridge.connected", {{"with", caller_.sid()}});
  caller_.forget_digits();
  recording_.on_answer(*party);
  {
    const call::ReferralHandler by_party(*party, [this](const std::string& target) {
      referred_to_ = target;
      end(End::party_referred);
    });
    const call::ReferralHandler by_caller(caller_, [this](const std::string& target) {
      referred_to_ = target;
      end(End::caller_referred);
    });
    base::TaskGroup watchers(caller_.loop());
    watchers.spawn(watch_party(child.milestones()));
    watchers.spawn(watch_redirection(child.milestones()));
    watchers.spawn(watch_time());
    if (dial_.hangup_on_star) watchers.spawn(watch_star());
    co_await over_.wait();
  }
  ended_ = caller_.loop().wall_now();
  status_ = why_ == End::star ? "answered" : "completed";
  take_referral(child.find());
}

/// Who asked to be replaced is told that it is; the other one follows the document of `referUrl`.
void PartyDial::take_referral(call::Leg* child) {
  if (why_ == End::party_referred && child != nullptr) child->report_referral(200);
  if (why_ != End::caller_referred) return;
  caller_.report_referral(200);
  const auto url = session_.resolve(dial_.refer_url);
  if (child == nullptr || !url) return;
  base::json::object parameters{
      {"url", *url},
      {"method", dial_.refer_method},
      {"own_application", session_.is_own(*url)},
      {"parameters", {{"ReferTransferTarget", referred_to_}}},
  };
  child->redirect({"twiml", std::move(parameters)});
}

void PartyDial::end(End why) {
  if (over_.is_set()) return;
  const bool referred = why == End::party_referred || why == End::caller_referred;
  if (referred && dial_.refer_url.empty()) {
    session_.note_error(13802, "a party asked for a transfer, and <Dial> has no referUrl");
    return;
  }
  why_ = why;
  over_.set();
}

base::Task<void> PartyDial::watch_party(std::shared_ptr<call::Leg::Milestones> milestones) {
  co_await milestones->over.wait();
  end(End::party_left);
}

base::Task<void> PartyDial::watch_redirection(std::shared_ptr<call::Leg::Milestones> milestones) {
  co_await milestones->redirected.wait();
  end(End::redirected);
}

base::Task<void> PartyDial::watch_star() {
  while (true) {
    const char key = co_await caller_.next_digit();
    if (key == '*') break;
  }
  end(End::star);
}

base::Task<void> PartyDial::watch_time() {
  co_await base::sleep_for(caller_.loop(), dial_.time_limit);
  end(End::time_limit);
}

// --- What the caller hears meanwhile ---

void PartyDial::on_trying(std::size_t target) {
  early_.reset();
  be_heard_ringing();
  is_sip_ = targets_[target].is_sip;
}

void PartyDial::be_heard_ringing() {
  if (!session_.answered()) return caller_.ring();
  if (ring_back_) return;
  ring_back_.emplace(caller_.loop());
  call::ClipPlayback ringing{ring_tone_clip(dial_.ring_tone), rings_for_an_hour};
  ring_back_->spawn(session_.play(std::move(ringing)));
}

/// What the party's network plays is better than our ringing.
void PartyDial::on_ringing(std::size_t, call::Leg&) {
  if (!early_) caller_.ring();
}

/// Of several that ring at once, none is heard.
void PartyDial::on_early_media(std::size_t, call::Leg& child) {
  if (targets_.size() > 1 && !dial_.sequential) return;
  if (!session_.answered() && !caller_.open_early_media()) return;
  ring_back_.reset();
  early_.emplace(caller_, child);
}

base::Task<bool> PartyDial::screen(std::size_t target, call::Leg& child) {
  const DialTarget& to = targets_[target];
  if (to.whisper_url.empty()) co_return true;
  if (early_) {
    early_.reset();
    be_heard_ringing();
  }
  child.forget_digits();
  base::Completion<bool> verdict(caller_.loop());
  DocumentRequest request{to.whisper_url, to.whisper_method, {}};
  child.drive(whisper(
      child, session_.environment(), std::move(request), session_.is_own(to.whisper_url),
      verdict.resolver()
  ));
  base::Task<bool> waiting = verdict.wait();
  co_return co_await std::move(waiting);
}

// --- What the action is told ---

void PartyDial::keep(const DialingGroup::Outcome& outcome) {
  sid_ = outcome.sid;
  is_sip_ = targets_[outcome.target].is_sip;
  const bool counts = outcome.answered || outcome.accepted || outcome.redirected;
  status_ = counts ? "completed" : std::string(to_string(outcome.status));
  sip_status_ = outcome.answered ? 200 : outcome.ending.sip_status;
  answered_ = outcome.answered_at;
  ended_ = outcome.accepted ? std::nullopt : std::optional(caller_.loop().wall_now());
  sip_call_id_ = outcome.sip_call_id;
  sip_headers_ = outcome.sip_headers;
}

call::FormFields PartyDial::results() const {
  call::FormFields fields{{"DialCallStatus", status_}};
  if (!sid_.empty()) fields.emplace_back("DialCallSid", sid_);
  if (answered_) {
    const auto until = ended_.value_or(caller_.loop().wall_now());
    const auto length = std::chrono::floor<std::chrono::seconds>(until - *answered_);
    fields.emplace_back("DialCallDuration", std::to_string(length.count()));
  }
  fields.emplace_back("DialBridged", bridged_ ? "true" : "false");
  recording_.add_to(fields);
  if (is_sip_ && !sip_call_id_.empty()) fields.emplace_back("DialSipCallId", sip_call_id_);
  if (is_sip_ && sip_status_ != 0)
    fields.emplace_back("DialSipResponseCode", std::to_string(sip_status_));
  if (is_sip_)
    for (const auto& [name, value] : sip_headers_)
      if (name.starts_with('X') || name.starts_with('x'))
        fields.emplace_back("DialSipHeader_" + name, value);
  return fields;
}

/// The caller has hung up: the action is told all the same, and its answer is not looked at.
void PartyDial::tell_hangup(const call::LegRecord& ended, call::Changes& changes) {
  if (!dial_.action) return;
  if (group_) {  // still ringing, or listening to a whisper
    status_ = "canceled";
    for (const auto& child : group_->children())
      if (child) sid_ = child->sid();
  } else if (sid_.empty()) {
    return;
  } else {
    status_ = "completed";
  }
  auto url = session_.resolve(dial_.action->empty() ? session_.current().url : *dial_.action);
  if (!url) return;
  call::FormFields fields = standard_parameters(ended);
  for (auto& field : results()) fields.push_back(std::move(field));
  const bool own = session_.is_own(*url);
  call::Delivery delivery = form_delivery(ended.account_sid, *url, dial_.method, fields);
  delivery.id = base::make_uuid(session_.environment().random);
  delivery.order_key = ended.sid;
  delivery.kind = "action";
  delivery.own_application = own;
  delivery.created = delivery.next_attempt = caller_.loop().wall_now();
  changes.deliveries.push_back(std::move(delivery));
}

Step PartyDial::conclude() {
  if (caller_.ended()) return HungUp{};
  call::FormFields fields = results();
  base::json::object noted;
  for (const auto& [name, value] : fields) noted[name] = value;
  session_.voice().note("dial.result", std::move(noted));
  if (why_ == End::caller_referred) {
    session_.voice().hang_up(call::HangupCause::normal, "transferred");
    return HungUp{};
  }
  if (why_ == End::party_referred)
    return session_.transfer(
        dial_.refer_url, dial_.refer_method, Session::Purpose::document,
        {{"ReferTransferTarget", referred_to_}}
    );
  if (!dial_.action) return NextVerb{};
  return session_.transfer(dial_.action, dial_.method, Session::Purpose::action, std::move(fields));
}

}  // namespace

base::Task<Step> dial_parties(const Dial& dial, Session& session) {
  PartyDial dialing(dial, session);
  base::Task<Step> running = dialing.run();
  co_return co_await std::move(running);
}

}  // namespace belfry::twiml
