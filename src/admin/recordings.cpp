#include "admin/recordings.hpp"

#include "admin/problem.hpp"
#include "call/conference_record.hpp"

namespace belfry::admin {
namespace {

constexpr std::size_t most_of_one = 1000;

}  // namespace

void Recordings::add_to(http::Router& router) {
  router.add("GET /admin/api/calls/{sid}/recordings", [this](http::Request request) {
    return list_of_call(std::move(request));
  });
  router.add("GET /admin/api/conferences/{sid}/recordings", [this](http::Request request) {
    return list_of_conference(std::move(request));
  });
}

base::Task<http::Response> Recordings::list_of_call(http::Request request) {
  call::Journal& journal = switchboard_.services().journal;
  const auto leg = co_await journal.find_leg(request.param("sid"));
  if (!leg) co_return problem(request, 503, "unavailable", leg.error().message);
  if (!*leg)
    co_return problem(request, 404, "not-found", "There is no call " + request.param("sid"));
  co_return co_await list(std::move(request), (*leg)->sid);
}

base::Task<http::Response> Recordings::list_of_conference(http::Request request) {
  call::Journal& journal = switchboard_.services().journal;
  const auto conference = co_await journal.find_document(
      std::string(call::conference_collection), request.param("sid")
  );
  if (!conference) co_return problem(request, 503, "unavailable", conference.error().message);
  if (!*conference)
    co_return problem(request, 404, "not-found", "There is no conference " + request.param("sid"));
  co_return co_await list(std::move(request), (*conference)->key);
}

base::Task<http::Response> Recordings::list(http::Request request, std::string subject) {
  call::Journal& journal = switchboard_.services().journal;
  call::DocumentQuery query;
  query.collection = call::RecordingRecord::collection;
  query.tag = std::move(subject);
  query.members.emplace_back("deleted", "false");
  query.limit = most_of_one;
  const auto documents = co_await journal.find_documents(std::move(query));
  if (!documents) co_return problem(request, 503, "unavailable", documents.error().message);
  base::json::array items;
  for (const call::Document& document : *documents) {
    const auto recording = call::RecordingRecord::from_document(document);
    if (!recording) continue;
    const bool has_sound = recording->status != call::RecordingStatus::absent;
    base::json::value seconds, url;
    if (recording->length) seconds = recording->duration_s();
    if (has_sound) url = link_(*recording);
    items.push_back({
        {"sid", recording->sid},
        {"status", call::to_string(recording->status)},
        {"source", call::to_string(recording->source)},
        {"channels", recording->channels()},
        {"started_at", base::to_rfc3339(recording->started)},
        {"duration_s", seconds},
        {"audio_url", url},
    });
  }
  co_return http::json(200, base::json::object{{"items", std::move(items)}});
}

}  // namespace belfry::admin
