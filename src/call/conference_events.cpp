// What a conference tells and keeps.
#include "call/conference.hpp"
#include "call/conference_participant.hpp"
#include "call/leg.hpp"
#include "call/outbox.hpp"

namespace belfry::call {
namespace {

std::string truth(bool flag) {
  return flag ? "true" : "false";
}

}  // namespace

FormFields Conference::fields_of(const ParticipantRecord& participant) {
  FormFields fields{{"CallSid", participant.call_sid}};
  if (!participant.label.empty()) fields.emplace_back("ParticipantLabel", participant.label);
  fields.emplace_back("Muted", truth(participant.muted));
  fields.emplace_back("Hold", truth(participant.hold));
  fields.emplace_back("Coaching", truth(participant.coaching));
  if (!participant.call_sid_to_coach.empty())
    fields.emplace_back("CallSidToCoach", participant.call_sid_to_coach);
  fields.emplace_back("StartConferenceOnEnter", truth(participant.start_on_enter));
  fields.emplace_back("EndConferenceOnExit", truth(participant.end_on_exit));
  return fields;
}

void Conference::tell(
    Changes& changes, std::string_view word, std::string_view event, const FormFields& fields
) {
  const CallbackAddress& callback = record_.terms.callback;
  if (!callback.wants(word)) return;
  const base::WallTime now = platform_.loop.wall_now();
  FormFields form{
      {"ConferenceSid", record_.sid},
      {"FriendlyName", record_.name},
      {"AccountSid", record_.account_sid},
      {"StatusCallbackEvent", std::string(event)},
      {"SequenceNumber", std::to_string(record_.next_sequence++)},
      {"Timestamp", base::to_rfc2822(now)},
  };
  form.insert(form.end(), fields.begin(), fields.end());
  changes.deliveries.push_back(make_form_delivery(
      record_.account_sid, callback, "conference-callback", record_.sid, form, platform_.random, now
  ));
}

/// A call made for the conference can be asked about until the conference ends.
void Conference::keep(Changes& changes, Participant& who) {
  who.record.updated = platform_.loop.wall_now();
  if (!who.record.is_over()) {
    changes.documents.push_back(who.record.to_document());
  } else if (who.record.called_in && !ended()) {
    changes.documents.push_back(who.record.to_document());
    finished_calls_.push_back(who.record.call_sid);
  } else {
    changes.removed_documents.push_back(
        {std::string(participant_collection),
         ParticipantRecord::key_of(record_.sid, who.record.call_sid)}
    );
  }
}

void Conference::write(Changes changes) {
  kept_ = true;
  record_.updated = platform_.loop.wall_now();
  changes.documents.push_back(record_.to_document());
  const bool tells_somebody = !changes.deliveries.empty();
  platform_.journal.commit_later(std::move(changes));
  if (tells_somebody) platform_.outbox.wake();
}

void Conference::tell_announcement(
    const SideDocument& document, const std::string& call_sid, const base::Result<>& outcome
) {
  FormFields fields{{"AnnounceUrl", document.url}};
  if (!call_sid.empty()) fields.emplace_back("CallSid", call_sid);
  if (!outcome) fields.emplace_back("ReasonAnnouncementFailed", outcome.error().message);
  Changes changes;
  tell(changes, "announcement", outcome ? "announcement-end" : "announcement-fail", fields);
  write(std::move(changes));
}

base::Result<ParticipantRecord> Conference::update(
    const std::string& call_sid, const ParticipantUpdate& update
) {
  Participant* who = present(call_sid);
  if (who == nullptr) return base::fail(base::Errc::not_found, "no such participant");
  ParticipantRecord next = who->record;
  if (update.call_sid_to_coach) next.call_sid_to_coach = *update.call_sid_to_coach;
  next.coaching = update.coaching.value_or(next.coaching || update.call_sid_to_coach);
  if (!next.coaching) next.call_sid_to_coach.clear();
  if (next.coaching && (update.coaching || update.call_sid_to_coach)) {
    if (next.call_sid_to_coach == next.call_sid)
      return base::fail(base::Errc::invalid_argument, "nobody coaches himself", 13240);
    BELFRY_CHECK(check_coached(next.call_sid_to_coach));
  }
  next.muted = update.muted.value_or(next.muted);
  next.hold = update.hold.value_or(next.hold);
  next.end_on_exit = update.end_on_exit.value_or(next.end_on_exit);
  next.beep.on_exit = update.beep_on_exit.value_or(next.beep.on_exit);
  next.gain_db = update.gain_db.value_or(next.gain_db);

  const ParticipantRecord before = std::exchange(who->record, next);
  Changes changes;
  keep(changes, *who);
  const FormFields fields = fields_of(next);
  if (before.muted != next.muted)
    tell(changes, "mute", next.muted ? "participant-mute" : "participant-unmute", fields);
  if (before.hold != next.hold)
    tell(changes, "hold", next.hold ? "participant-hold" : "participant-unhold", fields);
  const bool modified =
      before.coaching != next.coaching || before.call_sid_to_coach != next.call_sid_to_coach ||
      before.end_on_exit != next.end_on_exit || before.beep.on_exit != next.beep.on_exit;
  if (modified) tell(changes, "modify", "participant-modify", fields);
  write(std::move(changes));

  if (update.hold && !*update.hold) who->hold.reset();
  if (update.hold_document) who->hold = update.hold_document;
  if (update.wait_document) who->wait = update.wait_document;
  const bool new_sound = (update.hold_document && who->sound == Sound::hold) ||
                         (update.wait_document && who->sound == Sound::wait);
  if (new_sound) who->sound = Sound::none;  // so that the new one begins
  place_all();
  refresh_sound(*who);
  return who->record;
}

}  // namespace belfry::call
