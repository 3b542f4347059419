#include "call/conferences.hpp"

#include "base/ids.hpp"
#include "base/log.hpp"
#include "base/metrics.hpp"
#include "call/outbox.hpp"
#include "call/recordings.hpp"

namespace belfry::call {
namespace {

constexpr std::size_t max_leftover_participants = 1000;

base::metrics::Gauge& live_conferences() {
  static auto& gauge =
      base::metrics::gauge("belfry_call_conferences_active", "Conferences that have not ended");
  return gauge;
}

}  // namespace

// --- Participation ---

Participation::Participation(Participation&& other) noexcept
    : conferences_(std::exchange(other.conferences_, nullptr)),
      leg_(other.leg_),
      conference_sid_(std::move(other.conference_sid_)),
      state_(std::move(other.state_)) {}

Participation::~Participation() {
  if (conferences_ == nullptr || state_->over.is_set()) return;
  conferences_->let_go(*this, leg_->ended() ? Departure::hung_up : Departure::by_api);
}

void Participation::leave() {
  if (!state_->over.is_set()) conferences_->let_go(*this, Departure::hung_up);
}

// --- Conferences ---

Conferences::Conferences(ConferencePlatform platform)
    : platform_(platform), tasks_(std::in_place, platform.loop) {}

Conferences::~Conferences() = default;

Conference* Conferences::find(const std::string& sid) const {
  const auto found = conferences_.find(sid);
  return found == conferences_.end() || found->second->ended() ? nullptr : found->second.get();
}

Conference* Conferences::find_by_name(const std::string& account_sid, const std::string& name)
    const {
  const auto found = by_name_.find({account_sid, name});
  return found == by_name_.end() ? nullptr : find(found->second);
}

std::vector<const Conference*> Conferences::live() const {
  std::vector<const Conference*> all;
  for (const auto& [sid, conference] : conferences_)
    if (!conference->ended()) all.push_back(conference.get());
  return all;
}

Conference& Conferences::begin(const std::string& account_sid, const JoinConference& terms) {
  ConferenceRecord record;
  record.sid = base::make_sid("CF", platform_.random);
  record.account_sid = account_sid;
  record.name = terms.name;
  record.created = platform_.loop.wall_now();
  record.terms = terms.terms;
  const std::string sid = record.sid;
  auto conference = std::make_unique<Conference>(platform_, *this, std::move(record));
  by_name_[{account_sid, terms.name}] = sid;
  Conference& begun = *(conferences_[sid] = std::move(conference));
  live_conferences().set(static_cast<double>(by_name_.size()));
  return begun;
}

base::Result<Conference*> Conferences::find_or_begin(
    const std::string& account_sid, const JoinConference& terms
) {
  if (!terms.conference_sid.empty()) {
    Conference* named = find(terms.conference_sid);
    if (named != nullptr && named->record().account_sid == account_sid) return named;
    if (terms.name.empty())
      return base::fail(base::Errc::not_found, "no live conference has this SID", 16003);
  }
  if (Conference* known = find_by_name(account_sid, terms.name)) return known;
  const auto of_account = std::ranges::count_if(by_name_, [&](const auto& each) {
    return each.first.first == account_sid;
  });
  if (static_cast<std::size_t>(of_account) >= most_per_account_)
    return base::fail(
        base::Errc::unavailable, "the account has as many conferences as it may have", 16021
    );
  return &begin(account_sid, terms);
}

base::Result<Participation> Conferences::join(Leg& leg, JoinConference terms) {
  BELFRY_TRY(conference, find_or_begin(leg.record().account_sid, terms));
  const std::string sid = conference->record().sid;
  auto entered = conference->enter(leg, std::move(terms));
  if (!entered) {
    drop_unused(sid);
    return base::fail(std::move(entered.error()));
  }
  return Participation(*this, leg, sid, std::move(*entered));
}

/// One that began for somebody who then could not enter has never been.
void Conferences::drop_unused(const std::string& sid) {
  const auto found = conferences_.find(sid);
  if (found == conferences_.end() || !found->second->is_deserted()) return;
  if (found->second->is_kept()) return found->second->end(ConferenceEnding::last_left);
  const ConferenceRecord& record = found->second->record();
  by_name_.erase({record.account_sid, record.name});
  conferences_.erase(found);
  live_conferences().set(static_cast<double>(by_name_.size()));
}

void Conferences::let_go(const Participation& participation, Departure why) {
  if (abandoned_) return;
  if (Conference* conference = find(participation.conference_sid_))
    conference->remove(participation.leg_->sid(), why, Conference::Exit::left);
}

void Conferences::abandon() {
  abandoned_ = true;
  tasks_.reset();
  by_name_.clear();
  conferences_.clear();  // what they play uses their legs
}

void Conferences::on_started(Conference& conference) {
  const ConferenceTerms& terms = conference.record().terms;
  if (!terms.record_from_start || platform_.recordings == nullptr) return;
  RecordingOrder order;
  order.trim_silence = terms.trim_silence;
  const CallbackAddress& callback = terms.recording_callback;
  order.callback = {callback.url, callback.method, callback.events};
  const ConferenceRecord& record = conference.record();
  const auto started = platform_.recordings->start(
      conference.room(), record.account_sid, record.sid, RecordingSource::conference,
      std::move(order)
  );
  if (!started) {
    base::log::warning(
        "conference.not_recorded", {{"conference", record.sid}, {"why", started.error().message}}
    );
  } else if (!terms.event_callback.url.empty()) {
    tasks_->spawn(tell_of_recording(record, *started));
  }
}

/// `eventCallbackUrl`: told once, when the recording of an ended conference is whole.
base::Task<void> Conferences::tell_of_recording(
    ConferenceRecord conference, std::string recording_sid
) {
  const auto finished = co_await platform_.recordings->finished(std::move(recording_sid));
  if (!finished) co_return;
  const base::WallTime now = platform_.loop.wall_now();
  const FormFields form{
      {"ConferenceSid", conference.sid},
      {"FriendlyName", conference.name},
      {"AccountSid", conference.account_sid},
      {"RecordingUrl", platform_.recordings->url_of(*finished)},
      {"Duration", std::to_string(finished->duration_s())},
      {"timestamp", base::to_rfc2822(now)},
      {"Event", "conference-record-end"},
  };
  Changes changes;
  changes.deliveries.push_back(make_form_delivery(
      conference.account_sid, conference.terms.event_callback, "conference-callback",
      conference.sid, form, platform_.random, now
  ));
  platform_.journal.commit_later(std::move(changes));
  platform_.outbox.wake();
}

void Conferences::on_ending(Conference& conference) {
  const ConferenceRecord& record = conference.record();
  by_name_.erase({record.account_sid, record.name});
  live_conferences().set(static_cast<double>(by_name_.size()));
  platform_.loop.post([this, sid = record.sid] { conferences_.erase(sid); });
}

base::Task<base::Result<>> Conferences::stored(ConferenceRecord conference) {
  Changes changes;  // commits are in order: this one is behind all that it wrote
  changes.documents.push_back(conference.to_document());
  co_return co_await platform_.journal.commit(std::move(changes));
}

// --- Calls made for a conference ---

base::Task<base::Result<ParticipantRecord>> Conferences::call_in(
    Switchboard& switchboard, CallIn call_in
) {
  const std::string account = call_in.call.account_sid.empty() ? switchboard.services().account_sid
                                                               : call_in.call.account_sid;
  BELFRY_CO_TRY(conference, find_or_begin(account, call_in.terms));
  const std::string sid = conference->record().sid;
  if (auto admitted = conference->check_admission(call_in.terms, ""); !admitted) {
    drop_unused(sid);
    co_return base::fail(std::move(admitted.error()));
  }
  // By its SID first, so that the call does not begin another conference of that name.
  call_in.terms.conference_sid = sid;
  call_in.call.program = {std::string(kind()), call_in.terms.to_json()};
  conference->reserve();
  auto placed = co_await switchboard.place(std::move(call_in.call));
  Conference* still_there = find(sid);
  if (still_there != nullptr) still_there->unreserve();
  if (!placed) {
    drop_unused(sid);
    co_return base::fail(std::move(placed.error()));
  }
  if (still_there == nullptr) {
    if (Leg* leg = switchboard.find(placed->sid)) leg->hang_up(HangupCause::canceled);
    co_return base::fail(base::Errc::conflict, "the conference has ended", 16022);
  }
  ParticipantRecord participant = still_there->expect(placed->sid, call_in.terms);
  if (Leg* leg = switchboard.find(placed->sid)) {
    auto milestones = leg->milestones();
    tasks_->spawn(watch_call(sid, placed->sid, std::move(milestones)));
  } else {
    still_there->give_up(placed->sid, "failed");
  }
  base::Task<base::Result<>> storing = stored(still_there->record());
  auto kept = co_await std::move(storing);
  if (!kept) co_return base::fail(std::move(kept.error()));
  co_return participant;
}

namespace {

base::Task<void> wait_for(base::Event& event, std::shared_ptr<Leg::Milestones> /*keeps it*/) {
  co_await event.wait();
}

}  // namespace

base::Task<void> Conferences::watch_call(
    std::string conference_sid, std::string call_sid, std::shared_ptr<Leg::Milestones> milestones
) {
  base::Task<void> rings = wait_for(milestones->rang, milestones);
  base::Task<void> settles = wait_for(milestones->settled, milestones);
  co_await base::race(platform_.loop, std::move(rings), std::move(settles));
  Conference* conference = find(conference_sid);
  if (conference != nullptr && !milestones->settled.is_set())
    conference->report_call(call_sid, ParticipantRecord::Status::ringing);
  co_await milestones->settled.wait();
  // Answered: its program enters, or the leg ends before it does.
  co_await milestones->over.wait();
  conference = find(conference_sid);
  if (conference == nullptr) co_return;
  const LegStatus status = final_status(milestones->ending.cause, milestones->was_answered);
  conference->give_up(call_sid, to_string(status));
}

base::Task<void> Conferences::run(Leg& leg, ProgramSpec program) {
  const base::Result<> answered = co_await leg.answer();
  if (!answered) co_return;
  auto joined = join(leg, JoinConference::from_json(program.parameters));
  if (!joined) {
    leg.report_error(joined.error().detail, joined.error().message);
    co_return;
  }
  Participation participation = std::move(*joined);
  co_await participation.over().wait();
}

// --- After a restart ---

base::Task<base::Result<>> Conferences::recover() {
  for (const char* status : {"init", "in-progress"}) {
    while (true) {
      DocumentQuery query{.collection = std::string(conference_collection)};
      query.members = {{"status", status}};
      auto page = co_await platform_.journal.find_documents(std::move(query));
      if (!page) co_return base::fail(std::move(page.error()));
      if (page->empty()) break;
      for (const Document& document : *page) {
        ConferenceRecord record = ConferenceRecord::from_document(document);
        base::Task<base::Result<>> closing = close_leftover(std::move(record));
        auto closed = co_await std::move(closing);
        if (!closed) co_return closed;
      }
    }
  }
  co_return base::Result<>{};
}

base::Task<base::Result<>> Conferences::close_leftover(ConferenceRecord record) {
  const std::string sid = record.sid;
  Conference leftover(platform_, *this, std::move(record));
  DocumentQuery query{.collection = std::string(participant_collection), .tag = sid};
  query.limit = max_leftover_participants;
  auto participants = co_await platform_.journal.find_documents(std::move(query));
  if (!participants) co_return base::fail(std::move(participants.error()));
  Changes old;
  for (const Document& document : *participants) {
    ParticipantRecord participant = ParticipantRecord::from_document(document);
    if (participant.is_over()) {
      old.removed_documents.push_back({document.collection, document.key});
    } else {
      leftover.restore(std::move(participant));
    }
  }
  if (!old.empty()) platform_.journal.commit_later(std::move(old));
  leftover.end(ConferenceEnding::last_left, "The server was restarted");
  co_return base::Result<>{};
}

}  // namespace belfry::call
