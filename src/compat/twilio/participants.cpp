#include "compat/twilio/participants.hpp"

#include "base/ids.hpp"
#include "compat/twilio/call_request.hpp"
#include "compat/twilio/calls.hpp"
#include "compat/twilio/conference_json.hpp"
#include "compat/twilio/conferences.hpp"
#include "compat/twilio/paging.hpp"
#include "compat/twilio/participant_request.hpp"

namespace belfry::compat::twilio {
namespace {

using call::ParticipantRecord;

constexpr std::size_t max_conference_name = 128;

/// What the call model says in the words of documents, in those of this API.
http::Response refuse(const base::Error& failure) {
  return refusal(failure.detail == 16025 ? base::Error{failure.code, "", 16026} : failure);
}

/// Who has answered is told while the participant is in the conference already.
void read_background_detection(Parameters& parameters, call::MachineDetection& rules) {
  rules.in_background = true;
  rules.callback_url = parameters.url("AmdStatusCallback");
  rules.callback_method = parameters.method("AmdStatusCallbackMethod");
}

bool fits(const std::optional<bool>& wanted, bool is) {
  return !wanted || *wanted == is;
}

std::optional<bool> read_filter(Parameters& parameters, std::string_view name) {
  if (parameters.text(name).empty()) return std::nullopt;
  return parameters.flag(name);
}

}  // namespace

void ParticipantsResource::add_to(Api& api) {
  const std::string all = "/Conferences/{ConferenceSid}/Participants";
  api.get(all, this, &ParticipantsResource::list);
  api.post(all, this, &ParticipantsResource::create);
  api.get(all + "/{CallSid}", this, &ParticipantsResource::fetch);
  api.post(all + "/{CallSid}", this, &ParticipantsResource::update);
  api.remove(all + "/{CallSid}", this, &ParticipantsResource::remove);
}

call::Conference* ParticipantsResource::live(const Ask& ask) const {
  call::Conference* found = context_.services().conferences->find(ask.param("ConferenceSid"));
  if (found == nullptr || found->record().account_sid != ask.account.sid) return nullptr;
  return found;
}

http::Response ParticipantsResource::show(int status, const ParticipantRecord& participant) const {
  return http::json(status, render_participant(participant, context_.loop.wall_now()));
}

base::Task<http::Response> ParticipantsResource::refuse_missing(Ask ask) {
  const auto known =
      co_await find_conference(context_, ask.account.sid, ask.param("ConferenceSid"));
  if (!known) co_return refusal(known.error());
  const bool has_ended = *known && (*known)->status == call::ConferenceStatus::completed;
  co_return has_ended ? refusal(16022) : ask.not_found();
}

base::Task<http::Response> ParticipantsResource::list(Ask ask) {
  const PageRequest request = PageRequest::read(ask.parameters);
  const auto muted = read_filter(ask.parameters, "Muted");
  const auto hold = read_filter(ask.parameters, "Hold");
  const auto coaching = read_filter(ask.parameters, "Coaching");
  if (const auto& wrong = ask.parameters.error()) co_return render(*wrong);
  std::vector<ParticipantRecord> all;
  if (const call::Conference* conference = live(ask)) {
    all = conference->participants();
    std::ranges::reverse(all);  // newest first
  } else {
    const auto known =
        co_await find_conference(context_, ask.account.sid, ask.param("ConferenceSid"));
    if (!known) co_return refusal(known.error());
    if (!*known) co_return ask.not_found();
  }
  std::erase_if(all, [&](const ParticipantRecord& who) {
    return !fits(muted, who.muted) || !fits(hold, who.hold) || !fits(coaching, who.coaching);
  });
  Page page;
  const auto sid_of = [](const ParticipantRecord& who) { return who.call_sid; };
  for (const ParticipantRecord& who : slice(all, request, sid_of, page.more)) {
    if (page.first_sid.empty()) page.first_sid = who.call_sid;
    page.last_sid = who.call_sid;
    page.items.emplace_back(render_participant(who, context_.loop.wall_now()));
  }
  co_return render_page(ask, "participants", request, std::move(page));
}

base::Task<http::Response> ParticipantsResource::create(Ask ask) {
  call::Conferences::CallIn in;
  in.call = read_call_terms(ask.parameters);
  read_background_detection(ask.parameters, in.call.machine_detection);
  in.terms = read_join(ask.parameters);
  if (const auto& wrong = ask.parameters.error()) co_return render(*wrong);
  const std::string name = ask.param("ConferenceSid");
  if (!base::is_sid(name, "CF")) {
    if (name.empty() || name.size() > max_conference_name) co_return refusal(16003);
    in.terms.name = name;
  } else if (live(ask) == nullptr) {
    const auto known = co_await find_conference(context_, ask.account.sid, name);
    if (!known) co_return refusal(known.error());
    co_return refusal(*known ? 16022 : 16003);
  }
  if (in.terms.name.empty()) in.terms.conference_sid = name;
  in.call.account_sid = ask.account.sid;
  call::PlaceCall shown = in.call;
  const auto allowed = co_await may_show(context_, ask.account.sid, std::move(shown));
  if (!allowed) co_return refusal(allowed.error());
  if (!*allowed) co_return refusal(21210);
  const auto participant =
      co_await context_.services().conferences->call_in(context_.switchboard, std::move(in));
  if (!participant) co_return refuse(participant.error());
  co_return show(201, *participant);
}

base::Task<http::Response> ParticipantsResource::fetch(Ask ask) {
  const std::string who = ask.param("CallSid");
  const call::Conference* conference = live(ask);
  if (conference == nullptr) co_return ask.not_found();
  if (const ParticipantRecord* participant = conference->find(who))
    co_return show(200, *participant);
  // One that was called in and is gone can be asked about as long as the conference lives.
  const auto gone = co_await context_.journal().find_document(
      std::string(call::participant_collection),
      ParticipantRecord::key_of(ask.param("ConferenceSid"), who)
  );
  if (!gone) co_return refusal(gone.error());
  if (!*gone) co_return ask.not_found();
  co_return show(200, ParticipantRecord::from_document(**gone));
}

base::Task<http::Response> ParticipantsResource::update(Ask ask) {
  const call::ParticipantUpdate update = read_participant_update(ask.parameters);
  auto announcement = read_side_document(ask.parameters, "Announce");
  if (const auto& wrong = ask.parameters.error()) co_return render(*wrong);
  call::Conference* conference = live(ask);
  if (conference == nullptr) co_return co_await refuse_missing(std::move(ask));
  const ParticipantRecord* found = conference->find(ask.param("CallSid"));
  if (found == nullptr) co_return ask.not_found();
  const ParticipantRecord before = *found;
  const bool coaches_nobody = update.coaching.value_or(false) && !update.call_sid_to_coach &&
                              before.call_sid_to_coach.empty();
  if (coaches_nobody) co_return refusal(16027);
  if (update.call_sid_to_coach == before.call_sid) co_return refusal(16028);
  const auto changed = conference->update(before.call_sid, update);
  if (!changed) co_return refuse(changed.error());
  if (announcement) {
    const auto announced = conference->announce_to(before.call_sid, std::move(*announcement));
    if (!announced) co_return refusal(20409, "The participant is not connected");
  }
  const call::ConferenceRecord record = conference->record();
  const auto stored = co_await context_.services().conferences->stored(record);
  if (!stored) co_return refusal(stored.error());
  co_return show(200, *changed);
}

base::Task<http::Response> ParticipantsResource::remove(Ask ask) {
  call::Conference* conference = live(ask);
  if (conference == nullptr) co_return co_await refuse_missing(std::move(ask));
  const ParticipantRecord* found = conference->find(ask.param("CallSid"));
  if (found == nullptr) co_return ask.not_found();
  const std::string call_sid = found->call_sid;
  const bool is_there = found->status == ParticipantRecord::Status::connected;
  conference->remove(call_sid, call::Departure::by_api, call::Conference::Exit::kicked);
  call::Leg* leg = context_.switchboard.find(call_sid);
  if (!is_there && leg != nullptr) leg->hang_up(call::HangupCause::canceled, "removed by request");
  const call::ConferenceRecord record = conference->record();
  const auto stored = co_await context_.services().conferences->stored(record);
  if (!stored) co_return refusal(stored.error());
  co_return http::empty(204);
}

}  // namespace belfry::compat::twilio
