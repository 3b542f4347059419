#include "admin/conferences.hpp"

#include "admin/problem.hpp"
#include "call/leg.hpp"

namespace belfry::admin {
namespace {

using call::ParticipantRecord;

/// Those that have ended lately are shown under the live ones.
constexpr std::size_t shown_ended = 50;

base::json::value text_or_null(const std::string& text) {
  return text.empty() ? base::json::value(nullptr) : base::json::value(text);
}

http::Response no_such_conference(const http::Request& request) {
  return problem(request, 404, "not-found", "There is no conference " + request.param("sid"));
}

http::Response no_such_participant(const http::Request& request) {
  return problem(
      request, 404, "not-found", request.param("call_sid") + " is not in this conference"
  );
}

std::optional<bool> read_truth(BodyReader& body, std::string_view name) {
  const base::json::value* member = body.find(name);
  if (member == nullptr) return std::nullopt;
  if (member->is_bool()) return member->as_bool();
  body.complain(name, "type", std::string(name) + " must be true or false");
  return std::nullopt;
}

}  // namespace

void Conferences::add_to(http::Router& router) {
  const auto route = [&](std::string_view path,
                         base::Task<http::Response> (Conferences::*handler)(http::Request)) {
    router.add(path, [this, handler](http::Request request) {
      return (this->*handler)(std::move(request));
    });
  };
  route("GET /admin/api/conferences", &Conferences::list);
  route("GET /admin/api/conferences/{sid}", &Conferences::show);
  route("POST /admin/api/conferences/{sid}/end", &Conferences::end);
  route("PATCH /admin/api/conferences/{sid}/participants/{call_sid}", &Conferences::change);
  route("DELETE /admin/api/conferences/{sid}/participants/{call_sid}", &Conferences::remove);
}

base::json::object Conferences::render(
    const call::Conference& conference, const ParticipantRecord& who
) const {
  const call::Leg* leg = switchboard_.find(who.call_sid);
  const bool outbound =
      leg != nullptr && leg->record().direction != call::LegRecord::Direction::inbound;
  // The person's number: the other one is ours.
  const std::string number =
      leg == nullptr ? "" : (outbound ? leg->record().to : leg->record().from);
  return {
      {"call_sid", who.call_sid},
      {"number", text_or_null(number)},
      {"label", text_or_null(who.label)},
      {"status", to_string(who.status)},
      // As those in it hear it: nobody hears one who is muted or held.
      {"speaking", conference.is_speaking(who.call_sid) && !who.muted && !who.hold},
      {"muted", who.muted},
      {"hold", who.hold},
      {"coaching", text_or_null(who.coaching ? who.call_sid_to_coach : "")},
      {"moderator", who.end_on_exit},
      {"joined_at", base::to_rfc3339(who.created)},
  };
}

base::json::object Conferences::render(const call::ConferenceRecord& record) const {
  base::json::array participants;
  const call::Conference* conference = conferences_.find(record.sid);
  if (conference != nullptr) {
    for (const ParticipantRecord& who : conference->participants())
      participants.emplace_back(render(*conference, who));
  }
  base::json::value started, ended;
  if (record.started) started = base::to_rfc3339(*record.started);
  if (record.status == call::ConferenceStatus::completed) ended = base::to_rfc3339(record.updated);
  return {
      {"sid", record.sid},
      {"name", record.name},
      {"status", to_string(record.status)},
      {"created_at", base::to_rfc3339(record.created)},
      {"started_at", std::move(started)},
      {"ended_at", std::move(ended)},
      {"reason_ended", text_or_null(record.reason_ended)},
      {"participants", std::move(participants)},
  };
}

base::Task<http::Response> Conferences::list(http::Request request) {
  call::DocumentQuery query;
  query.collection = call::conference_collection;
  query.members.emplace_back("status", to_string(call::ConferenceStatus::completed));
  query.limit = shown_ended;
  const auto ended = co_await switchboard_.services().journal.find_documents(std::move(query));
  if (!ended) co_return failure(request, ended.error());
  base::json::array items;
  for (const call::Conference* conference : conferences_.live()) {
    if (!conference->ended()) items.emplace_back(render(conference->record()));
  }
  for (const call::Document& document : *ended)
    items.emplace_back(render(call::ConferenceRecord::from_document(document)));
  co_return http::json(200, base::json::object{{"items", std::move(items)}});
}

base::Task<base::Result<std::optional<call::ConferenceRecord>>> Conferences::find(std::string sid) {
  if (const call::Conference* conference = conferences_.find(sid))
    co_return std::optional(conference->record());
  const auto document = co_await switchboard_.services().journal.find_document(
      std::string(call::conference_collection), std::move(sid)
  );
  if (!document) co_return base::fail(document.error());
  if (!*document) co_return std::optional<call::ConferenceRecord>();
  co_return std::optional(call::ConferenceRecord::from_document(**document));
}

base::Task<http::Response> Conferences::show(http::Request request) {
  const auto record = co_await find(request.param("sid"));
  if (!record) co_return failure(request, record.error());
  if (!*record) co_return no_such_conference(request);
  co_return http::json(200, render(**record));
}

base::Task<http::Response> Conferences::refuse_missing(http::Request request) {
  const auto record = co_await find(request.param("sid"));
  if (!record) co_return failure(request, record.error());
  if (!*record) co_return no_such_conference(request);
  co_return problem(request, 409, "conflict", "The conference has ended");
}

base::Task<http::Response> Conferences::end(http::Request request) {
  call::Conference* conference = conferences_.find(request.param("sid"));
  if (conference == nullptr || conference->ended())
    co_return co_await refuse_missing(std::move(request));
  conference->end(call::ConferenceEnding::by_api, "ended on the page");
  const call::ConferenceRecord record = conference->record();
  const auto stored = co_await conferences_.stored(record);
  if (!stored) co_return failure(request, stored.error());
  co_return http::json(200, render(record));
}

base::Task<http::Response> Conferences::change(http::Request request) {
  auto body = read_object(request);
  if (!body) co_return std::move(body.error());
  BodyReader reader(*body);
  call::ParticipantUpdate update;
  update.muted = read_truth(reader, "muted");
  update.hold = read_truth(reader, "hold");
  if (!reader.complaints().empty()) co_return refuse(request, reader.complaints());
  call::Conference* conference = conferences_.find(request.param("sid"));
  if (conference == nullptr) co_return co_await refuse_missing(std::move(request));
  const auto changed = conference->update(request.param("call_sid"), update);
  if (!changed) co_return no_such_participant(request);
  base::json::object answer = render(*conference, *changed);
  const call::ConferenceRecord record = conference->record();
  const auto stored = co_await conferences_.stored(record);
  if (!stored) co_return failure(request, stored.error());
  co_return http::json(200, answer);
}

base::Task<http::Response> Conferences::remove(http::Request request) {
  call::Conference* conference = conferences_.find(request.param("sid"));
  if (conference == nullptr) co_return co_await refuse_missing(std::move(request));
  const ParticipantRecord* found = conference->find(request.param("call_sid"));
  if (found == nullptr) co_return no_such_participant(request);
  const std::string call_sid = found->call_sid;
  const bool is_there = found->status == ParticipantRecord::Status::connected;
  conference->remove(call_sid, call::Departure::by_api, call::Conference::Exit::kicked);
  call::Leg* leg = switchboard_.find(call_sid);
  if (!is_there && leg != nullptr) leg->hang_up(call::HangupCause::canceled, "removed by request");
  const call::ConferenceRecord record = conference->record();
  const auto stored = co_await conferences_.stored(record);
  if (!stored) co_return failure(request, stored.error());
  co_return http::empty(204);
}

}  // namespace belfry::admin
