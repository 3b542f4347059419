#include "apps/kin/calls.hpp"

#include "base/log.hpp"
#include "base/text.hpp"
#include "call/recordings.hpp"

namespace belfry::apps::kin {
namespace {

using base::Errc;
using base::fail;
using base::Result;
using base::Task;
using namespace std::chrono_literals;

constexpr const char* application = "kin";
const std::string event_collection(Calls::collections[0]);
const std::string call_collection(Calls::collections[1]);
const std::string recording_collection(Calls::collections[2]);
constexpr int attempts = 3;
constexpr base::Duration attempt_pause = 1s;  // times the number of the attempt
constexpr base::Duration hang_up_time = 2s;

/// Whether the same call may go through a little later.
bool is_passing(const base::Error& error) {
  return error.code == Errc::unavailable || error.code == Errc::io ||
         error.code == Errc::timed_out || error.code == Errc::internal;
}

bool is_final_word(std::string_view status) {
  const auto parsed = call::parse_leg_status(status);
  return parsed && call::is_final(*parsed);
}

std::string text_of(const base::json::object& value, std::string_view member) {
  const auto* text = base::json::find_string(value, member);
  return text == nullptr ? std::string() : std::string(std::string_view(*text));
}

call::PlaceCall to_command(
    const CallRequest& request, call::Party to, const std::string& base_url,
    std::chrono::seconds ring_timeout
) {
  call::PlaceCall terms;
  terms.to = std::move(to);
  terms.from = request.from;
  terms.application = application;
  terms.ring_timeout = ring_timeout;
  const bool own = request.twiml_url.empty();
  terms.program = {
      "twiml",
      {{"url", own ? base_url + "/voice/twiml" : request.twiml_url},
       {"method", "POST"},
       {"own_application", own}}
  };
  terms.status_callback.url = base_url + "/webhooks/call-status";
  // The document asks for `failed` too, which is no event: a failure comes as `completed`.
  terms.status_callback.events = {"initiated", "ringing", "answered", "completed"};
  terms.status_callback.own_application = true;
  if (!request.record) return terms;
  call::RecordingOrder order;
  order.channels = request.channels;
  order.callback.url = request.recording_status_callback.empty()
                           ? base_url + "/webhooks/recording-status"
                           : request.recording_status_callback;
  order.callback.own_application = request.recording_status_callback.empty();
  order.callback.events = {"in-progress", "completed", "absent"};
  terms.record = std::move(order);
  return terms;
}

bool matches(const call::LegRecord& leg, const HistoryQuery& query) {
  const bool inbound = leg.direction == call::LegRecord::Direction::inbound;
  if (!query.direction.empty() && (query.direction == "inbound") != inbound) return false;
  if (!query.status.empty() && query.status != state_of(leg.status) &&
      query.status != call::to_string(leg.status))
    return false;
  if (!query.contact.empty() && (inbound ? leg.from : leg.to) != query.contact) return false;
  if (query.from && leg.created < *query.from) return false;
  return !query.before || leg.created < *query.before;
}

void sort(std::vector<call::LegRecord>& calls, const HistoryQuery& query, base::WallTime now) {
  using SortBy = HistoryQuery::SortBy;
  const auto less = [&](const call::LegRecord& a, const call::LegRecord& b) {
    switch (query.sort_by) {
      case SortBy::created:
        return a.created < b.created;
      case SortBy::duration:
        return a.duration_s(now) < b.duration_s(now);
      case SortBy::from:
        return a.from < b.from;
      case SortBy::to:
        return a.to < b.to;
      case SortBy::status:
        return state_of(a.status) < state_of(b.status);
    }
    return false;
  };
  std::ranges::reverse(calls);  // oldest first, so that equals stay in the order of time
  std::ranges::stable_sort(calls, less);
  if (!query.ascending) std::ranges::reverse(calls);
}

}  // namespace

std::string_view state_of(call::LegStatus status) {
  switch (status) {
    case call::LegStatus::queued:
    case call::LegStatus::initiated:
      return "PENDING";
    case call::LegStatus::ringing:
      return "RINGING";
    case call::LegStatus::in_progress:
      return "IN_PROGRESS";
    case call::LegStatus::completed:
      return "COMPLETED";
    case call::LegStatus::busy:
    case call::LegStatus::failed:
    case call::LegStatus::canceled:
      return "FAILED";
    case call::LegStatus::no_answer:
      return "MISSED";
  }
  return "";
}

Calls::Calls(base::Loop& loop, call::Switchboard& switchboard, Settings settings)
    : loop_(loop), switchboard_(switchboard), settings_(std::move(settings)), tasks_(loop) {}

Task<Result<call::LegRecord>> Calls::place(CallRequest request, std::string base_url) {
  auto party = call::Party::parse(request.to);
  if (!party)
    co_return fail(
        Errc::invalid_argument,
        "The phone number you are attempting to call, " + request.to + ", is not valid."
    );
  const call::PlaceCall terms =
      to_command(request, std::move(*party), base_url, settings_.ring_timeout);
  for (int attempt = 1;; ++attempt) {
    call::PlaceCall copy = terms;
    Task<Result<call::LegRecord>> placing = switchboard_.place(std::move(copy));
    Result<call::LegRecord> placed = co_await std::move(placing);
    if (placed || attempt == attempts || !is_passing(placed.error())) co_return placed;
    base::log::warning("kin.retry", {{"attempt", attempt}, {"why", placed.error().message}});
    co_await base::sleep_for(loop_, attempt_pause * attempt);
  }
}

Task<Result<call::LegRecord>> Calls::find(std::string sid) {
  if (const call::Leg* leg = switchboard_.find(sid)) co_return leg->record();
  auto stored = co_await journal().find_leg(sid);
  if (!stored) co_return fail(stored.error());
  const std::string& account = switchboard_.services().account_sid;
  if (!*stored || (*stored)->account_sid != account)
    co_return fail(
        Errc::not_found, "The requested resource /2010-04-01/Accounts/" + account + "/Calls/" +
                             std::string(base::truncate_utf8(sid, 64)) + ".json was not found"
    );
  co_return std::move(**stored);
}

Task<Result<call::LegRecord>> Calls::hang_up(std::string sid) {
  if (call::Leg* leg = switchboard_.find(sid)) {
    const auto milestones = leg->milestones();
    leg->hang_up(call::HangupCause::normal);
    const auto over = [](std::shared_ptr<call::Leg::Milestones> of) -> Task<void> {
      co_await of->over.wait();
    };
    Task<void> ending = over(milestones);
    auto limited = base::with_time_limit(loop_, std::move(ending), hang_up_time);
    co_await std::move(limited);
  }
  Task<Result<call::LegRecord>> finding = find(std::move(sid));
  co_return co_await std::move(finding);
}

Task<Result<History>> Calls::history(HistoryQuery query) {
  constexpr std::size_t looked_through = 1000;  // of the newest that the search allows
  std::vector<call::LegRecord> found;
  for (const bool inbound : {false, true}) {
    if (inbound && settings_.number.empty()) continue;
    call::LegQuery legs;
    legs.limit = looked_through;
    legs.number = query.search;
    if (inbound) legs.to = settings_.number;
    if (!inbound) legs.application = application;
    auto page = co_await journal().find_legs(legs);
    if (!page) co_return fail(page.error());
    for (call::LegRecord& leg : *page)
      if (matches(leg, query) && (!inbound || leg.application != application))
        found.push_back(std::move(leg));
  }
  std::ranges::stable_sort(found, std::greater(), &call::LegRecord::created);
  sort(found, query, loop_.wall_now());
  History history;
  history.total = found.size();
  const std::size_t begin = std::min((query.page - 1) * query.limit, found.size());
  const std::size_t end = std::min(begin + query.limit, found.size());
  history.calls.assign(
      std::make_move_iterator(found.begin() + static_cast<std::ptrdiff_t>(begin)),
      std::make_move_iterator(found.begin() + static_cast<std::ptrdiff_t>(end))
  );
  co_return history;
}

Task<Result<>> Calls::take(StatusReport report) {
  auto known = co_await journal().find_document(call_collection, report.call_sid);
  if (!known) co_return fail(known.error());
  call::Changes changes;
  const base::WallTime now = loop_.wall_now();
  const std::string key = report.call_sid + ":" + report.call_status + ":" + report.sequence_number;
  changes.new_documents.push_back({event_collection, key, report.call_sid, {}, now});
  const bool is_over = *known && is_final_word(text_of((*known)->value, "status"));
  if (!is_over || is_final_word(report.call_status)) {
    base::json::object value{{"status", report.call_status}};
    if (!report.duration_s.empty()) value["duration"] = report.duration_s;
    changes.documents.push_back({call_collection, report.call_sid, {}, std::move(value), now});
  }
  auto stored = co_await journal().commit(std::move(changes));
  if (!stored && stored.error().code != Errc::conflict) co_return fail(stored.error());
  if (stored)
    base::log::info("kin.call", {{"call", report.call_sid}, {"status", report.call_status}});
  co_return Result<>{};
}

Task<bool> Calls::download(std::string recording_sid) {
  call::Recordings* recordings = switchboard_.services().recordings;
  if (recordings == nullptr || settings_.recordings_folder.empty()) co_return false;
  const auto recording = co_await recordings->find(recording_sid);
  if (!recording || !base::is_sid(recording->sid, "RE")) co_return false;
  const std::filesystem::path to = settings_.recordings_folder / (recording->sid + ".wav");
  const Result<> copied = co_await recordings->copy(*recording, to.string());
  co_return copied.has_value();
}

Task<void> Calls::remove_copy(std::string recording_sid) {
  call::Recordings* recordings = switchboard_.services().recordings;
  if (recordings == nullptr || settings_.recordings_folder.empty()) co_return;
  if (!base::is_sid(recording_sid, "RE")) co_return;
  std::move_only_function<bool()> job = [file = settings_.recordings_folder /
                                                (recording_sid + ".wav")] {
    std::error_code error;
    return std::filesystem::remove(file, error);
  };
  Task<bool> removing = recordings->pool().run<bool>(std::move(job));
  co_await std::move(removing);
  auto told = co_await journal().find_document(recording_collection, recording_sid);
  if (!told || !*told) co_return;
  (*told)->value["recordingStored"] = false;
  call::Changes changes;
  changes.documents.push_back(std::move(**told));
  journal().commit_later(std::move(changes));
}

Task<Result<>> Calls::take(RecordingReport report) {
  bool stored_file = false;
  for (int attempt = 1; report.status == "completed" && attempt <= attempts; ++attempt) {
    Task<bool> downloading = download(report.recording_sid);
    stored_file = co_await std::move(downloading);
    if (stored_file || attempt == attempts) break;
    co_await base::sleep_for(loop_, attempt_pause * attempt);
  }
  if (report.status == "completed" && !stored_file)
    base::log::warning("kin.recording_not_stored", {{"recording", report.recording_sid}});
  base::json::object value{
      {"recordingSid", report.recording_sid},
      {"recordingUrl", report.url},
      {"recordingStatus", report.status},
      {"recordingStored", stored_file},
  };
  call::Changes changes;
  changes.documents.push_back(
      {recording_collection, report.recording_sid, report.call_sid, std::move(value),
       loop_.wall_now()}
  );
  co_return co_await journal().commit(std::move(changes));
}

Task<Result<base::json::object>> Calls::told_of(std::string call_sid) {
  base::json::object told;
  auto status = co_await journal().find_document(call_collection, call_sid);
  if (!status) co_return fail(status.error());
  if (*status) told = std::move((*status)->value);
  call::DocumentQuery newest;
  newest.collection = recording_collection;
  newest.tag = call_sid;
  newest.limit = 1;
  auto recordings = co_await journal().find_documents(std::move(newest));
  if (!recordings) co_return fail(recordings.error());
  if (!recordings->empty())
    for (auto& [name, value] : recordings->front().value) told[name] = std::move(value);
  co_return told;
}

}  // namespace belfry::apps::kin
