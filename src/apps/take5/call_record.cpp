#include "apps/take5/call_record.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "apps/take5/members.hpp"

namespace belfry::apps::take5 {
namespace {

using base::WallTime;
using base::json::array;
using base::json::object;
using base::json::value;

constexpr std::string_view participant_prefix = "participant-";

constexpr std::array<std::pair<CallStatus, std::string_view>, 5> call_words{{
    {CallStatus::created, "created"},
    {CallStatus::started, "started"},
    {CallStatus::in_progress, "in-progress"},
    {CallStatus::ended, "ended"},
    {CallStatus::failed, "failed"},
}};

constexpr std::array<std::pair<ParticipantStatus, std::string_view>, 9> participant_words{{
    {ParticipantStatus::added, "added"},
    {ParticipantStatus::queued, "queued"},
    {ParticipantStatus::ringing, "ringing"},
    {ParticipantStatus::connected, "connected"},
    {ParticipantStatus::no_answer, "no-answer"},
    {ParticipantStatus::busy, "busy"},
    {ParticipantStatus::failed, "failed"},
    {ParticipantStatus::left, "left"},
    {ParticipantStatus::removed, "removed"},
}};

template <class Words, class Status>
std::string_view word_of(const Words& words, Status status) {
  return std::ranges::find(words, status, &Words::value_type::first)->second;
}

template <class Status, class Words>
std::optional<Status> parse_word(const Words& words, std::string_view text) {
  const auto found = std::ranges::find(words, text, &Words::value_type::second);
  if (found == words.end()) return std::nullopt;
  return found->first;
}

value time_or_null(const std::optional<WallTime>& time) {
  return time ? value(base::to_rfc3339(*time)) : value(nullptr);
}

value micros_or_null(const std::optional<WallTime>& time) {
  return time ? value(base::to_unix_micros(*time)) : value(nullptr);
}

std::optional<WallTime> time_in(const object& kept, std::string_view name) {
  const value* member = base::json::find(kept, name);
  if (member == nullptr || member->is_null()) return std::nullopt;
  return base::from_unix_micros(number_in(*member));
}

object to_json(const Participant& participant) {
  return {
      {"id", participant.id},
      {"user", participant.user},
      {"phoneNumber", participant.phone_number},
      {"status", to_string(participant.status)},
      {"attempts", participant.attempts},
      {"callSid", participant.call_sid},
      {"reason", participant.reason},
      {"wasConnected", participant.was_connected},
      {"connectedAt", base::to_unix_micros(participant.connected_at)},
      {"talked", participant.talked.count()},
  };
}

Participant read_participant(const object& kept) {
  Participant participant;
  participant.id = text_of(kept, "id");
  participant.user = number_of(kept, "user");
  participant.phone_number = text_of(kept, "phoneNumber");
  participant.status =
      parse_participant_status(text_of(kept, "status")).value_or(ParticipantStatus::failed);
  participant.attempts = static_cast<int>(number_of(kept, "attempts"));
  participant.call_sid = text_of(kept, "callSid");
  participant.reason = text_of(kept, "reason");
  participant.was_connected = truth_of(kept, "wasConnected");
  participant.connected_at = base::from_unix_micros(number_of(kept, "connectedAt"));
  participant.talked = std::chrono::seconds(number_of(kept, "talked"));
  return participant;
}

object render(const Participant& participant) {
  object rendered{
      {"participantId", participant.id},
      {"phoneNumber", participant.phone_number},
      {"status", to_string(participant.status)},
  };
  if (participant.user != 0) rendered["userId"] = participant.user;
  if (!participant.reason.empty()) rendered["reason"] = participant.reason;
  return rendered;
}

std::int64_t elapsed_s(const CallRecord& call, WallTime now) {
  if (!call.started) return 0;
  const auto elapsed = call.ended.value_or(now) - *call.started;
  return std::max<std::int64_t>(
      std::chrono::duration_cast<std::chrono::seconds>(elapsed).count(), 0
  );
}

}  // namespace

std::string_view to_string(CallStatus status) {
  return word_of(call_words, status);
}
std::optional<CallStatus> parse_call_status(std::string_view text) {
  return parse_word<CallStatus>(call_words, text);
}
std::string_view to_string(ParticipantStatus status) {
  return word_of(participant_words, status);
}
std::optional<ParticipantStatus> parse_participant_status(std::string_view text) {
  return parse_word<ParticipantStatus>(participant_words, text);
}

void Participant::part(ParticipantStatus how, WallTime now) {
  if (status == ParticipantStatus::connected && now > connected_at)
    talked += std::chrono::round<std::chrono::seconds>(now - connected_at);
  status = how;
}

Participant* CallRecord::find(std::string_view participant_id) {
  const auto found = std::ranges::find(participants, participant_id, &Participant::id);
  return found == participants.end() ? nullptr : &*found;
}

Participant* CallRecord::find_number(std::string_view phone_number) {
  const auto found = std::ranges::find(participants, phone_number, &Participant::phone_number);
  return found == participants.end() ? nullptr : &*found;
}

Participant& CallRecord::add(std::int64_t user, std::string phone_number) {
  Participant participant;
  participant.id = std::string(participant_prefix) + std::to_string(participants.size() + 1);
  participant.user = user;
  participant.phone_number = std::move(phone_number);
  return participants.emplace_back(std::move(participant));
}

bool CallRecord::anybody_was_connected() const {
  return std::ranges::any_of(participants, &Participant::was_connected);
}

std::vector<std::int64_t> CallRecord::users_connected() const {
  std::vector<std::int64_t> users;
  for (const Participant& participant : participants)
    if (participant.was_connected && participant.user != 0) users.push_back(participant.user);
  return users;
}

call::Document CallRecord::to_document() const {
  array kept_participants;
  for (const Participant& participant : participants)
    kept_participants.push_back(to_json(participant));
  object kept{
      {"groupName", group_name},
      {"status", to_string(status)},
      {"origin", origin == Origin::schedule ? "schedule" : "request"},
      {"scheduled", base::to_unix_micros(scheduled)},
      {"planned", planned.count()},
      {"participants", std::move(kept_participants)},
      {"started", micros_or_null(started)},
      {"ended", micros_or_null(ended)},
      {"reason", reason},
      {"conferenceSid", conference_sid},
  };
  return {std::string(call_collection), id, std::to_string(group), std::move(kept), created};
}

CallRecord CallRecord::from_document(const call::Document& document) {
  const object& kept = document.value;
  CallRecord call;
  call.id = document.key;
  call.group = std::atoll(document.tag.c_str());
  call.group_name = text_of(kept, "groupName");
  call.status = parse_call_status(text_of(kept, "status")).value_or(CallStatus::failed);
  call.origin = text_of(kept, "origin") == "schedule" ? Origin::schedule : Origin::request;
  call.scheduled = base::from_unix_micros(number_of(kept, "scheduled"));
  call.planned = std::chrono::minutes(number_of(kept, "planned"));
  for (const value& each : array_of(kept, "participants"))
    if (each.is_object()) call.participants.push_back(read_participant(each.get_object()));
  call.created = document.created;
  call.started = time_in(kept, "started");
  call.ended = time_in(kept, "ended");
  call.reason = text_of(kept, "reason");
  call.conference_sid = text_of(kept, "conferenceSid");
  return call;
}

object CallRecord::render_created(Numbers numbers) const {
  object rendered{
      {"callId", id},
      {"status", to_string(status)},
      {"groupId", group},
      {"groupName", group_name},
      {"participants", participants.size()},
      {"scheduledTime", base::to_rfc3339(scheduled)},
      {"duration", planned.count()},
  };
  if (numbers == Numbers::omitted) return rendered;
  array listed;
  for (const Participant& participant : participants) listed.emplace_back(participant.phone_number);
  rendered["phoneNumbers"] = std::move(listed);
  return rendered;
}

object CallRecord::render_status(WallTime now) const {
  array listed;
  for (const Participant& participant : participants) listed.push_back(render(participant));
  object rendered{
      {"callId", id},
      {"status", to_string(status)},
      {"participants", std::move(listed)},
      {"startTime", time_or_null(started)},
      {"endTime", time_or_null(ended)},
      {"duration", elapsed_s(*this, now)},
      {"groupId", group},
      {"groupName", group_name},
      {"scheduledTime", base::to_rfc3339(scheduled)},
      {"plannedMinutes", planned.count()},
  };
  if (!reason.empty()) rendered["reason"] = reason;
  if (!conference_sid.empty()) rendered["conferenceSid"] = conference_sid;
  return rendered;
}

object CallRecord::render_step(CallStatus step, WallTime at) const {
  return {{"callId", id}, {"status", to_string(step)}, {"timestamp", base::to_rfc3339(at)}};
}

object CallRecord::render_summary(WallTime now) const {
  array present;
  for (const std::int64_t user : users_connected()) present.push_back(user);
  object rendered = render_status(now);
  rendered["usersConnected"] = std::move(present);
  rendered["origin"] = origin == Origin::schedule ? "schedule" : "request";
  return rendered;
}

}  // namespace belfry::apps::take5
