#include "admin/trunk_check.hpp"

#include <algorithm>

#include "base/wait.hpp"
#include "call/leg.hpp"

namespace belfry::admin {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::seconds ring_limit{25};
constexpr base::Duration listening = 4s;
constexpr base::Duration statistics_limit = 1s;
constexpr std::string_view sentence =
    "This is a test call from Belfry. If you hear this sentence, your trunk carries audio. "
    "Goodbye.";

base::Task<void> until_settled(std::shared_ptr<call::Leg::Milestones> milestones) {
  co_await milestones->settled.wait();
}
base::Task<void> until_over(std::shared_ptr<call::Leg::Milestones> milestones) {
  co_await milestones->over.wait();
}

/// What one does about a final status of a carrier (RFC 3261 §21).
std::string fix_for(const call::Ending& ending) {
  switch (ending.sip_status) {
    case 401:
    case 407:
      return "The carrier does not accept user name and password: compare them with its portal.";
    case 403:
      return "The carrier refuses the call: is this machine's address on its list, may this "
             "account "
             "call that country, and is the caller ID a number of yours?";
    case 404:
    case 484:
    case 604:
      return "The carrier does not know the number: it may want another form of it.";
    case 408:
      return "Nothing came back: check host, port and transport, and whether a firewall lets SIP "
             "through.";
    case 415:
    case 488:
    case 606:
      return "The carrier takes none of our codecs: allow PCMU or PCMA there.";
    case 486:
    case 600:
      return "The number is busy, so the trunk works: try again for the audio.";
    case 503:
      return "The carrier has no room, or the trunk is at its own limit: try again.";
    default:
      return "The call's page shows every SIP message of it.";
  }
}

}  // namespace

bool TrunkCheck::Report::ok() const {
  return std::ranges::all_of(lines, &Line::ok);
}

void TrunkCheck::well(std::string what, std::string seen) {
  report_.lines.push_back({std::move(what), true, std::move(seen), {}});
}
void TrunkCheck::ill(std::string what, std::string seen, std::string fix) {
  report_.lines.push_back({std::move(what), false, std::move(seen), std::move(fix)});
}

base::Task<TrunkCheck::Report> TrunkCheck::run(TestCall terms) {
  look_at_trunk();
  if (report_.ok()) {
    base::Task<void> calling = call(std::move(terms));
    co_await std::move(calling);
  }
  co_return std::move(report_);
}

void TrunkCheck::look_at_trunk() {
  if (trunk_.addresses.empty()) {
    ill("address", trunk_.terms.host + " has no address",
        "Check the spelling, or write the carrier's IP address.");
    return;
  }
  std::string all;
  for (const std::string& address : trunk_.addresses) all += (all.empty() ? "" : ", ") + address;
  well("address", all);
  if (!trunk_.terms.register_out) return;
  if (trunk_.state.find("registered") != std::string::npos &&
      trunk_.state.find("not registered") == std::string::npos) {
    well("registration", "the carrier knows us as " + trunk_.terms.username);
  } else {
    ill("registration", trunk_.state,
        "The carrier has not accepted our REGISTER: compare user name and password with its "
        "portal, or leave registration off if it knows this machine by its address.");
  }
}

base::Task<void> TrunkCheck::call(TestCall terms) {
  call::PlaceCall place;
  place.to = std::move(terms.to);
  place.from = terms.from.empty() ? "+15550100100" : std::move(terms.from);
  place.program = {"twiml", {{"say", sentence}}};
  place.ring_timeout = ring_limit;
  place.max_duration = 30s;
  place.application = "trunk-check";
  base::Loop& loop = switchboard_.services().loop;
  const auto placed = co_await switchboard_.place(std::move(place));
  if (!placed) {
    ill("call", placed.error().message, "Free calls or disk space, then try again.");
    co_return;
  }
  report_.call_sid = placed->sid;
  call::Leg* leg = switchboard_.find(placed->sid);
  if (leg == nullptr) co_return;
  const auto milestones = leg->milestones();
  base::Task<void> settling = until_settled(milestones);
  const auto settled = co_await base::with_time_limit(loop, std::move(settling), ring_limit + 10s);
  // One that was refused may be gone already.
  const auto stored = co_await switchboard_.services().journal.find_leg(report_.call_sid);
  if (stored && *stored) look_at_route(**stored);
  if (!settled) {
    ill("call", "neither answered nor refused", fix_for({}));
  } else if (!milestones->was_answered) {
    const bool rang = co_await has_rung();
    explain(milestones->ending, rang);
  } else {
    well("call", "answered");
    base::Task<void> hearing = listen(report_.call_sid);
    co_await std::move(hearing);
  }
}

void TrunkCheck::look_at_route(const call::LegRecord& leg) {
  const std::string carrier = leg.attempt ? leg.attempt->carrier : "";
  if (carrier == trunk_.carrier) {
    well("route", leg.to + " goes out by this trunk");
  } else {
    ill("route", leg.to + (carrier.empty() ? " goes nowhere" : " goes out by " + carrier),
        "Give this trunk a prefix that the number begins with, longer than those of others.");
  }
}

base::Task<bool> TrunkCheck::has_rung() {
  const auto events = co_await switchboard_.services().journal.events_of(report_.call_sid);
  co_return events&& std::ranges::find(*events, "call.ringing", &call::EventRecord::type) !=
      events->end();
}

void TrunkCheck::explain(const call::Ending& ending, bool rang) {
  if (ending.cause == call::HangupCause::no_answer && !rang) {
    call::Ending silence;
    silence.sip_status = 408;
    ill("call", "nothing came back", fix_for(silence));
    return;
  }
  if (ending.cause == call::HangupCause::no_answer) {
    ill("call", "it rang and nobody answered",
        "The trunk reaches the number: pick up to test the audio.");
    return;
  }
  std::string seen = ending.detail.empty() ? std::string(to_string(ending.cause)) : ending.detail;
  if (ending.sip_status != 0 && !seen.starts_with(std::to_string(ending.sip_status)))
    seen = std::to_string(ending.sip_status) + ", " + seen;
  ill("call", std::move(seen), fix_for(ending));
}

base::Task<void> TrunkCheck::listen(const std::string& call_sid) {
  base::Loop& loop = switchboard_.services().loop;
  call::Leg* leg = switchboard_.find(call_sid);
  if (leg == nullptr) co_return;
  base::Task<void> ending = until_over(leg->milestones());
  static_cast<void>(co_await base::with_time_limit(loop, std::move(ending), listening));
  leg = switchboard_.find(call_sid);
  if (leg == nullptr || !leg->seat()) {
    ill("audio", "the call ended before its audio could be judged",
        "Pick up again and let the sentence be spoken to its end.");
    co_return;
  }
  base::Task<call::SeatStatistics> asking = switchboard_.services().media.statistics(leg->seat());
  const auto heard = co_await base::with_time_limit(loop, std::move(asking), statistics_limit);
  if (!heard || heard->packets_in == 0) {
    ill("audio", "nothing was heard from the other side",
        "A firewall or NAT keeps RTP away: let UDP through to the media ports, or tell the carrier "
        "the right address.");
  } else {
    well(
        "audio", heard->codec + ", " + std::to_string(heard->packets_in) + " packets in, " +
                     std::to_string(heard->packets_lost) + " lost"
    );
  }
}

base::json::object to_json(const TrunkCheck::Report& report) {
  base::json::array lines;
  for (const TrunkCheck::Line& line : report.lines) {
    lines.push_back({{"what", line.what}, {"ok", line.ok}, {"seen", line.seen}, {"fix", line.fix}});
  }
  return {
      {"ok", report.ok()},
      {"lines", std::move(lines)},
      {"call_sid",
       report.call_sid.empty() ? base::json::value(nullptr) : base::json::value(report.call_sid)},
  };
}

}  // namespace belfry::admin
