#include "compat/twilio/conferences.hpp"

#include "base/ids.hpp"
#include "compat/twilio/conference_json.hpp"
#include "compat/twilio/paging.hpp"

namespace belfry::compat::twilio {
namespace {

using call::ConferenceRecord;

constexpr std::size_t most_looked_through = 10'000;

call::DocumentQuery read_query(const Ask& ask, Parameters& parameters) {
  call::DocumentQuery query{.collection = std::string(call::conference_collection)};
  query.members.emplace_back("account_sid", ask.account.sid);
  query.tag = parameters.text("FriendlyName");
  const std::string status = parameters.one_of("Status", {"init", "in-progress", "completed"});
  if (!status.empty()) query.members.emplace_back("status", status);
  const TimeSpan created = parameters.times("DateCreated");
  query.created_from = created.from;
  query.created_before = created.before;
  return query;
}

base::json::object render_document(const Ask& /*ask*/, const call::Document& document) {
  return render_conference(ConferenceRecord::from_document(document));
}

}  // namespace

base::Task<base::Result<std::optional<ConferenceRecord>>> find_conference(
    Context& context, std::string account_sid, std::string sid
) {
  std::optional<ConferenceRecord> none;
  if (!base::is_sid(sid, "CF")) co_return none;
  const auto found = co_await context.journal().find_document(
      std::string(call::conference_collection), std::move(sid)
  );
  if (!found) co_return base::fail(found.error());
  if (!*found) co_return none;
  ConferenceRecord record = ConferenceRecord::from_document(**found);
  if (record.account_sid != account_sid) co_return none;
  co_return std::optional(std::move(record));
}

std::optional<call::SideDocument> read_side_document(
    Parameters& parameters, const std::string& prefix, std::string_view method
) {
  call::SideDocument document;
  document.url = parameters.url(prefix + "Url");
  document.method = parameters.method(prefix + "Method", method);
  if (document.url.empty()) return std::nullopt;
  return document;
}

void ConferencesResource::add_to(Api& api) {
  api.get("/Conferences", this, &ConferencesResource::list);
  api.get("/Conferences/{ConferenceSid}", this, &ConferencesResource::fetch);
  api.post("/Conferences/{ConferenceSid}", this, &ConferencesResource::update);
}

base::Task<http::Response> ConferencesResource::list(Ask ask) {
  call::DocumentQuery query = read_query(ask, ask.parameters);
  const TimeSpan updated = ask.parameters.times("DateUpdated");
  if (!updated.from && !updated.before) {
    RenderDocument renderer = render_document;
    base::Task<http::Response> listing = list_documents(
        std::move(ask), context_.journal(), std::move(query), "conferences", std::move(renderer)
    );
    co_return co_await std::move(listing);
  }
  // No index has this time: what else fits is looked through.
  const PageRequest request = PageRequest::read(ask.parameters);
  if (const auto& wrong = ask.parameters.error()) co_return render(*wrong);
  query.limit = most_looked_through;
  const auto found = co_await context_.journal().find_documents(std::move(query));
  if (!found) co_return refusal(found.error());
  std::vector<ConferenceRecord> fitting;
  for (const call::Document& document : *found) {
    ConferenceRecord record = ConferenceRecord::from_document(document);
    const bool late_enough = !updated.from || record.updated >= *updated.from;
    if (late_enough && (!updated.before || record.updated < *updated.before))
      fitting.push_back(std::move(record));
  }
  Page page;
  const auto sid_of = [](const ConferenceRecord& record) { return record.sid; };
  for (const ConferenceRecord& record : slice(fitting, request, sid_of, page.more)) {
    if (page.first_sid.empty()) page.first_sid = record.sid;
    page.last_sid = record.sid;
    page.items.emplace_back(render_conference(record));
  }
  co_return render_page(ask, "conferences", request, std::move(page));
}

base::Task<http::Response> ConferencesResource::fetch(Ask ask) {
  const auto found =
      co_await find_conference(context_, ask.account.sid, ask.param("ConferenceSid"));
  if (!found) co_return refusal(found.error());
  if (!*found) co_return ask.not_found();
  co_return http::json(200, render_conference(**found));
}

base::Task<http::Response> ConferencesResource::update(Ask ask) {
  const std::string sid = ask.param("ConferenceSid");
  const std::string status = ask.parameters.one_of("Status", {"completed"});
  auto announcement = read_side_document(ask.parameters, "Announce");
  if (const auto& wrong = ask.parameters.error()) co_return render(*wrong);
  const auto found = co_await find_conference(context_, ask.account.sid, sid);
  if (!found) co_return refusal(found.error());
  if (!*found) co_return ask.not_found();
  call::Conferences& conferences = *context_.services().conferences;
  call::Conference* conference = conferences.find(sid);
  if (conference == nullptr) {
    // A second request to end it finds what it asks for.
    if (status == "completed" && !announcement)
      co_return http::json(200, render_conference(**found));
    co_return refusal(16022);
  }
  if (announcement) conference->announce(std::move(*announcement));
  if (status == "completed") conference->end(call::ConferenceEnding::by_api);
  const ConferenceRecord record = conference->record();
  const auto stored = co_await conferences.stored(record);
  if (!stored) co_return refusal(stored.error());
  co_return http::json(200, render_conference(record));
}

}  // namespace belfry::compat::twilio
