#include "call/conference.hpp"

#include "base/log.hpp"
#include "call/conference_participant.hpp"
#include "call/conferences.hpp"
#include "call/hold_music.hpp"
#include "call/leg.hpp"

namespace belfry::call {
namespace {

ParticipantRecord make_participant(
    const ConferenceRecord& conference, const std::string& call_sid, const JoinConference& terms
) {
  ParticipantRecord record;
  record.conference_sid = conference.sid;
  record.account_sid = conference.account_sid;
  record.call_sid = call_sid;
  record.label = terms.label;
  record.muted = terms.muted;
  record.coaching = !terms.coach.empty();
  record.call_sid_to_coach = terms.coach;
  record.start_on_enter = terms.start_on_enter;
  record.end_on_exit = terms.end_on_exit;
  record.beep = terms.beep;
  return record;
}

Departure departure_of_others(ConferenceEnding why) {
  switch (why) {
    case ConferenceEnding::by_api:
      return Departure::ended_by_api;
    case ConferenceEnding::moderator_left:
    case ConferenceEnding::moderator_kicked:
      return Departure::moderator_left;
    case ConferenceEnding::last_kicked:
    case ConferenceEnding::last_left:
      return Departure::hung_up;
  }
  return Departure::hung_up;
}

/// `Reason` of conference-end, for people.
std::string describe(ConferenceEnding why, const std::string& call_sid) {
  switch (why) {
    case ConferenceEnding::by_api:
      return "Conference ended via API";
    case ConferenceEnding::moderator_left:
      return "Participant " + call_sid + " with endConferenceOnExit left the conference";
    case ConferenceEnding::moderator_kicked:
      return "Participant " + call_sid + " with endConferenceOnExit was removed via API";
    case ConferenceEnding::last_kicked:
      return "Last participant " + call_sid + " was removed via API";
    case ConferenceEnding::last_left:
      return "Last participant " + call_sid + " left the conference";
  }
  return "";
}

}  // namespace

Conference::Conference(
    const ConferencePlatform& platform, Conferences& owner, ConferenceRecord record
)
    : platform_(platform),
      owner_(owner),
      record_(std::move(record)),
      room_(platform.media.open_room(this)),
      announcements_(platform.loop) {}

Conference::~Conference() {
  for (const auto& who : participants_)
    if (who->leg != nullptr) who->leg->watch_speech(nullptr);
  if (room_) platform_.media.close_room(room_);
}

// --- Who is in it ---

std::vector<ParticipantRecord> Conference::participants() const {
  std::vector<ParticipantRecord> records;
  records.reserve(participants_.size());
  for (const auto& who : participants_) records.push_back(who->record);
  return records;
}

Conference::Participant* Conference::present(std::string_view call_sid_or_label) const {
  if (call_sid_or_label.empty()) return nullptr;
  for (const auto& who : participants_)
    if (who->record.call_sid == call_sid_or_label) return who.get();
  for (const auto& who : participants_)
    if (who->record.label == call_sid_or_label) return who.get();
  return nullptr;
}

const ParticipantRecord* Conference::find(std::string_view call_sid_or_label) const {
  const Participant* who = present(call_sid_or_label);
  return who == nullptr ? nullptr : &who->record;
}

bool Conference::is_speaking(const std::string& call_sid) const {
  const Participant* who = present(call_sid);
  return who != nullptr && who->speaking;
}

std::size_t Conference::count_present() const {
  return static_cast<std::size_t>(std::ranges::count_if(participants_, [](const auto& who) {
    return who->leg != nullptr;
  }));
}

base::Result<> Conference::check_coached(const std::string& call_sid) const {
  if (const Participant* coached = present(call_sid);
      coached != nullptr && coached->record.call_sid == call_sid)
    return {};
  return base::fail(
      base::Errc::invalid_argument, "the call to coach is not in the conference", 13240
  );
}

base::Result<> Conference::check_admission(const JoinConference& terms, const std::string& call_sid)
    const {
  if (ended()) return base::fail(base::Errc::conflict, "the conference has ended", 16022);
  const auto others =
      static_cast<std::size_t>(std::ranges::count_if(participants_, [&](const auto& who) {
        return who->record.call_sid != call_sid;
      }));
  if (others >= terms.max_participants)
    return base::fail(base::Errc::unavailable, "the conference is full", 16020);
  const Participant* labelled = present(terms.label);
  if (labelled != nullptr && labelled->record.call_sid != call_sid)
    return base::fail(base::Errc::conflict, "the participant's label is in use", 16025);
  if (!terms.coach.empty()) BELFRY_CHECK(check_coached(terms.coach));
  return {};
}

// --- Coming ---

base::Result<std::shared_ptr<ParticipationState>> Conference::enter(
    Leg& leg, JoinConference terms
) {
  BELFRY_CHECK(check_admission(terms, leg.sid()));
  Participant* who = present(leg.sid());
  if (who == nullptr) {
    participants_.push_back(std::make_unique<Participant>(platform_.loop));
    who = participants_.back().get();
    who->record = make_participant(record_, leg.sid(), terms);
    who->record.created = platform_.loop.wall_now();
  }
  who->record.status = ParticipantRecord::Status::connected;
  who->leg = &leg;
  who->seat = leg.seat();
  who->wait = std::move(terms.wait);
  who->state = std::make_shared<ParticipationState>(platform_.loop);

  Changes changes;
  keep(changes, *who);
  tell(changes, "join", "participant-join", fields_of(who->record));
  start_if_due(changes);
  platform_.media.enter(room_, who->seat, {.muted = true, .deaf = true});
  place_all();
  refresh_sound(*who);
  leg.watch_speech([this, who](bool speaking) { note_speech(*who, speaking); });
  if (record_.status == ConferenceStatus::in_progress && who->record.beep.on_enter)
    sound_for_all(enter_sound());
  leg.note("conference.entered", {{"conference", record_.sid}, {"name", record_.name}});
  auto state = who->state;
  write(std::move(changes));
  return state;
}

void Conference::start_if_due(Changes& changes) {
  if (record_.status != ConferenceStatus::init || count_present() < 2) return;
  const bool may_start = std::ranges::any_of(participants_, [](const auto& who) {
    return who->leg != nullptr && who->record.start_on_enter;
  });
  if (!may_start) return;
  record_.status = ConferenceStatus::in_progress;
  record_.started = platform_.loop.wall_now();
  tell(changes, "start", "conference-start", {});
  base::log::info("conference.started", {{"conference", record_.sid}});
  for (const auto& who : participants_) refresh_sound(*who);
  owner_.on_started(*this);
}

ParticipantRecord Conference::expect(const std::string& call_sid, const JoinConference& terms) {
  if (const Participant* here = present(call_sid)) return here->record;  // it was faster
  participants_.push_back(std::make_unique<Participant>(platform_.loop));
  Participant& who = *participants_.back();
  who.record = make_participant(record_, call_sid, terms);
  who.record.created = platform_.loop.wall_now();
  who.record.status = ParticipantRecord::Status::queued;
  who.record.called_in = true;
  Changes changes;
  keep(changes, who);
  write(std::move(changes));
  return who.record;
}

void Conference::report_call(const std::string& call_sid, ParticipantRecord::Status status) {
  Participant* who = present(call_sid);
  if (who == nullptr || who->leg != nullptr || who->record.status == status) return;
  who->record.status = status;
  Changes changes;
  keep(changes, *who);
  write(std::move(changes));
}

// --- Going ---

void Conference::give_up(const std::string& call_sid, std::string_view call_status) {
  const auto found = std::ranges::find_if(participants_, [&](const auto& who) {
    return who->record.call_sid == call_sid && who->leg == nullptr;
  });
  if (found == participants_.end()) return;
  std::unique_ptr<Participant> who = std::move(*found);
  participants_.erase(found);
  who->record.status = ParticipantRecord::Status::failed;
  Changes changes;
  keep(changes, *who);
  FormFields fields = fields_of(who->record);
  fields.emplace_back("ReasonParticipantLeft", to_string(Departure::add_failed));
  fields.emplace_back("ParticipantCallStatus", call_status);
  tell(changes, "leave", "participant-leave", fields);
  if (is_deserted()) finish(ConferenceEnding::last_left, who.get(), "", changes);
  write(std::move(changes));
}

void Conference::remove(const std::string& call_sid, Departure why, Exit exit) {
  const auto found = std::ranges::find_if(participants_, [&](const auto& who) {
    return who->record.call_sid == call_sid;
  });
  if (found == participants_.end()) return;
  std::unique_ptr<Participant> who = std::move(*found);
  participants_.erase(found);
  const bool was_present = who->leg != nullptr;
  Changes changes;
  take_out(*who, why, changes);
  place_all();
  if (was_present || is_deserted()) end_after(*who, exit, changes);
  write(std::move(changes));
  if (!ended() && who->record.beep.on_exit && record_.status == ConferenceStatus::in_progress)
    sound_for_all(exit_sound());
}

void Conference::take_out(Participant& who, Departure why, Changes& changes) {
  who.sounds.cancel();
  who.record.status = ParticipantRecord::Status::complete;
  who.record.updated = platform_.loop.wall_now();
  FormFields fields = fields_of(who.record);
  fields.emplace_back("ReasonParticipantLeft", to_string(why));
  if (who.record.called_in) fields.emplace_back("ParticipantCallStatus", "completed");
  tell(changes, "leave", "participant-leave", fields);
  keep(changes, who);
  if (who.leg == nullptr) return;
  who.leg->watch_speech(nullptr);
  who.leg->note("conference.left", {{"conference", record_.sid}, {"reason", to_string(why)}});
  platform_.media.disconnect(who.seat);
  who.state->why = why;
  who.state->over.set();
}

void Conference::end_after(const Participant& who, Exit exit, Changes& changes) {
  using enum ConferenceEnding;
  const bool kicked = exit == Exit::kicked;
  if (who.record.end_on_exit) {
    finish(kicked ? moderator_kicked : moderator_left, &who, "", changes);
  } else if (is_deserted()) {
    finish(kicked ? last_kicked : last_left, &who, "", changes);
  }
}

void Conference::restore(ParticipantRecord participant) {
  participants_.push_back(std::make_unique<Participant>(platform_.loop));
  participants_.back()->record = std::move(participant);
}

void Conference::end(ConferenceEnding why, std::string reason) {
  if (ended()) return;
  Changes changes;
  finish(why, nullptr, std::move(reason), changes);
  write(std::move(changes));
}

void Conference::finish(
    ConferenceEnding why, const Participant* by, std::string reason, Changes& changes
) {
  record_.status = ConferenceStatus::completed;
  record_.reason_ended = to_string(why);
  const auto others = std::exchange(participants_, {});
  for (const auto& who : others) take_out(*who, departure_of_others(why), changes);
  owner_.on_ending(*this);
  announcements_.cancel();
  platform_.media.close_room(std::exchange(room_, {}));
  FormFields fields{{"ReasonConferenceEnded", record_.reason_ended}};
  if (by != nullptr) {
    record_.call_sid_ending = by->record.call_sid;
    fields.emplace_back("CallSidEndingConference", by->record.call_sid);
    if (!by->record.label.empty())
      fields.emplace_back("ParticipantLabelEndingConference", by->record.label);
  }
  if (reason.empty()) reason = describe(why, by == nullptr ? "" : by->record.call_sid);
  fields.emplace_back("Reason", std::move(reason));
  tell(changes, "end", "conference-end", fields);
  for (const std::string& call : finished_calls_)
    changes.removed_documents.push_back(
        {std::string(participant_collection), ParticipantRecord::key_of(record_.sid, call)}
    );
  base::log::info(
      "conference.ended", {{"conference", record_.sid}, {"reason", record_.reason_ended}}
  );
}

}  // namespace belfry::call
