#include "apps/take5/live_call.hpp"

#include <algorithm>

#include "base/log.hpp"

namespace belfry::apps::take5 {
namespace {

using base::Errc;
using base::fail;
using base::Result;
using base::Task;

std::string spoken_length(std::chrono::seconds length) {
  const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(length);
  if (minutes == length && minutes.count() == 1) return "one minute";
  if (minutes == length) return std::to_string(minutes.count()) + " minutes";
  return std::to_string(length.count()) + " seconds";
}

}  // namespace

LiveCall::LiveCall(const Environment& environment, CallRecord record)
    : environment_(environment), record_(std::move(record)), tasks_(environment.loop) {}

base::WallTime LiveCall::planned_end() const {
  const std::chrono::seconds length =
      std::min<std::chrono::seconds>(record_.planned, environment_.settings.longest);
  return record_.started.value_or(record_.scheduled) + length;
}

void LiveCall::begin() {
  base::log::info(
      "take5.call_started", {{"call", record_.id}, {"participants", record_.participants.size()}}
  );
  for (Participant& participant : record_.participants) {
    if (participant.status != ParticipantStatus::added) continue;
    participant.status = ParticipantStatus::queued;
    spawn_dialing(participant.id);
  }
  tasks_.spawn(run_clock());
  end_if_deserted();
}

// --- Who is in it ---

Task<Result<Participant>> LiveCall::add(std::int64_t user, std::string phone_number) {
  if (is_over()) co_return fail(Errc::conflict, "The call is over");
  Participant* known = record_.find_number(phone_number);
  if (known != nullptr && known->is_active()) co_return *known;
  const auto active = std::ranges::count_if(record_.participants, &Participant::is_active);
  if (static_cast<std::size_t>(active) >= environment_.settings.most_participants)
    co_return fail(Errc::conflict, "The call is full");
  Participant& added = known != nullptr ? *known : record_.add(user, std::move(phone_number));
  added.status = ParticipantStatus::queued;
  added.attempts = 0;
  added.reason.clear();
  const std::string id = added.id;
  const Participant answer = added;
  // Nobody else adds it while its row is being written: it counts as active from now on.
  const Result<> stored = co_await environment_.journal.commit(row());
  if (!stored) {
    if (Participant* refused = record_.find(id)) refused->status = ParticipantStatus::failed;
    co_return fail(stored.error());
  }
  environment_.owner.on_changed(record_);
  if (!is_over()) spawn_dialing(id);
  co_return answer;
}

Task<Result<>> LiveCall::remove(std::string participant_id) {
  Participant* who = record_.find(participant_id);
  if (who == nullptr) co_return fail(Errc::not_found, "Participant not found");
  if (is_over()) co_return fail(Errc::conflict, "The call is over");
  who->part(ParticipantStatus::removed, environment_.loop.wall_now());
  hang_up(*who);
  const Result<> stored = co_await environment_.journal.commit(row());
  environment_.owner.on_changed(record_);
  end_if_deserted();
  co_return stored;
}

void LiveCall::hang_up(const Participant& participant) {
  call::Leg* leg = environment_.switchboard.find(participant.call_sid);
  if (leg == nullptr || leg->ended()) return;
  leg->hang_up(leg->answered() ? call::HangupCause::normal : call::HangupCause::canceled);
}

// --- What they hear ---

std::vector<std::string> LiveCall::greeting() const {
  std::vector<std::string> sentences{"Hello! This is your Take5 call: " + record_.group_name + "."};
  if (environment_.settings.record) sentences.emplace_back("This call is recorded.");  // rule P3
  return sentences;
}

call::JoinConference LiveCall::conference_terms() const {
  call::JoinConference terms;
  terms.name = record_.id;
  terms.max_participants = environment_.settings.most_participants;
  terms.wait = call::SideDocument{};  // silence: who is alone hears what the call plays
  terms.terms.record_from_start = environment_.settings.record;
  terms.terms.trim_silence = false;
  return terms;
}

std::shared_ptr<Cue> LiveCall::welcome(const call::Leg& leg, const std::string& participant_id) {
  Participant* who = record_.find(participant_id);
  if (who == nullptr || is_over() || who->call_sid != leg.sid() || !who->is_active())
    return nullptr;
  const std::string& answered_by = leg.record().answered_by;
  if (answered_by.starts_with("machine") || answered_by == "fax") {
    who->status = ParticipantStatus::no_answer;
    who->reason = "answered by a machine";
    keep();
    return nullptr;
  }
  who->status = ParticipantStatus::connected;
  who->reason.clear();
  who->was_connected = true;
  who->connected_at = environment_.loop.wall_now();
  if (record_.status == CallStatus::started) record_.status = CallStatus::in_progress;
  auto cue = std::make_shared<Cue>(environment_.loop);
  cue->greeting = greeting();
  cue->terms = conference_terms();
  cues_[participant_id] = cue;
  keep();
  return cue;
}

void LiveCall::note_joined(const std::string& participant_id, const std::string& conference_sid) {
  joined_.insert(participant_id);
  refresh_sound();
  if (holds_conference_) return;
  // It stays while the call does, even when for a moment nobody is in it.
  if (call::Conference* conference = environment_.conferences.find(conference_sid)) {
    conference->reserve();
    holds_conference_ = true;
    record_.conference_sid = conference_sid;
    keep();
  }
}

void LiveCall::note_waiting(const std::string& participant_id, ParticipantStatus status) {
  Participant* who = record_.find(participant_id);
  if (who == nullptr || !who->is_active() || who->status == ParticipantStatus::connected) return;
  if (who->status == status) return;
  who->status = status;
  who->reason = status == ParticipantStatus::queued ? "waits for a free line of the trunk" : "";
  keep();
}

void LiveCall::refresh_sound() {
  for (const std::string& id : joined_)
    if (const auto cue = cues_.find(id); cue != cues_.end())
      cue->second->set_alone(joined_.size() == 1);
}

void LiveCall::let_go_of_sound(const std::string& participant_id) {
  cues_.erase(participant_id);
  joined_.erase(participant_id);
  refresh_sound();
}

void LiveCall::announce(const std::string& text) {
  for (const std::string& id : joined_)
    if (const auto cue = cues_.find(id); cue != cues_.end()) cue->second->say(text);
}

// --- Its time ---

Task<void> LiveCall::run_clock() {
  base::Loop& loop = environment_.loop;
  const base::Instant end = loop.now() + (planned_end() - loop.wall_now());
  const std::chrono::seconds before = environment_.settings.notice;
  if (before.count() > 0 && end - before > loop.now()) {
    co_await base::sleep_until(loop, end - before);
    announce("This call ends in " + spoken_length(before) + ".");
  }
  co_await base::sleep_until(loop, end);
  if (!is_over()) {
    const bool somebody = record_.anybody_was_connected();
    environment_.journal.commit_later(finish(
        somebody ? CallStatus::ended : CallStatus::failed,
        somebody ? "its time was over" : "nobody answered"
    ));
  }
}

// --- Its end ---

void LiveCall::keep() {
  environment_.journal.commit_later(row());
  environment_.owner.on_changed(record_);
}

call::Changes LiveCall::row() const {
  call::Changes changes;
  changes.documents.push_back(record_.to_document());
  return changes;
}

void LiveCall::end_if_deserted() {
  if (is_over() || std::ranges::any_of(record_.participants, &Participant::is_active)) return;
  const bool somebody = record_.anybody_was_connected();
  environment_.journal.commit_later(finish(
      somebody ? CallStatus::ended : CallStatus::failed,
      somebody ? "everybody has left" : "nobody answered"
  ));
}

Task<Result<>> LiveCall::end(std::string reason) {
  if (is_over()) co_return fail(Errc::conflict, "The call is over");
  co_return co_await environment_.journal.commit(finish(CallStatus::ended, std::move(reason)));
}

call::Changes LiveCall::finish(CallStatus status, std::string reason) {
  record_.status = status;
  record_.ended = std::min(environment_.loop.wall_now(), planned_end());
  record_.reason = std::move(reason);
  for (Participant& participant : record_.participants) {
    hang_up(participant);
    switch (participant.status) {
      case ParticipantStatus::connected:
        participant.part(ParticipantStatus::left, *record_.ended);
        break;
      case ParticipantStatus::ringing:
        participant.status = ParticipantStatus::no_answer;
        break;
      case ParticipantStatus::queued:
      case ParticipantStatus::added:
        participant.status = ParticipantStatus::failed;
        if (participant.reason.empty()) participant.reason = "the call was over before";
        break;
      case ParticipantStatus::no_answer:
      case ParticipantStatus::busy:
      case ParticipantStatus::failed:
      case ParticipantStatus::left:
      case ParticipantStatus::removed:
        break;
    }
  }
  close_conference();
  call::Changes changes = row();
  changes.removed_documents.push_back({std::string(open_call_collection), record_.id});
  environment_.owner.add_to_end(record_, changes);
  environment_.owner.on_changed(record_);
  base::log::info(
      "take5.call_over",
      {{"call", record_.id}, {"status", to_string(status)}, {"why", record_.reason}}
  );
  note_idle();
  return changes;
}

void LiveCall::close_conference() {
  if (!holds_conference_) return;
  holds_conference_ = false;
  if (call::Conference* conference = environment_.conferences.find(record_.conference_sid)) {
    conference->unreserve();
    conference->end(call::ConferenceEnding::by_api);
  }
}

void LiveCall::note_idle() {
  if (!is_over() || dialing_ > 0) return;
  environment_.loop.post([&owner = environment_.owner, id = record_.id] { owner.on_idle(id); });
}

}  // namespace belfry::apps::take5
