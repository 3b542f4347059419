#include "call/switchboard.hpp"

#include "base/log.hpp"
#include "base/metrics.hpp"
#include "call/destination_policy.hpp"
#include "call/outbox.hpp"

namespace belfry::call {
namespace {

using namespace std::chrono_literals;

/// A peer keeps an INVITE transaction for 32 s (64·T1); within 24 s ours can be repeated unseen
/// (rule R3).
constexpr base::Duration resumable_outage = 24s;
constexpr base::Duration queued_validity = 24h;
constexpr base::Duration living_interval = 5s;
constexpr base::Duration longest_wait_for_end = 500ms;

base::metrics::Gauge& active_legs() {
  static auto& gauge = base::metrics::gauge("belfry_call_legs_active", "Legs that have not ended");
  return gauge;
}

base::Task<void> end_of(std::shared_ptr<Leg::Milestones> milestones) {
  co_await milestones->over.wait();
}

void count_ended(const LegRecord& record) {
  base::metrics::counter(
      "belfry_calls_total", "Legs that ended",
      {{"direction", record.direction == LegRecord::Direction::inbound ? "inbound" : "outbound"},
       {"leg", record.endpoint.empty() ? "none" : record.endpoint},
       {"result", std::string(to_string(record.status))}}
  ).add();
}

}  // namespace

Switchboard::Switchboard(Services services, Limits limits)
    : services_(std::move(services)), limits_(limits), tasks_(services_.loop) {
  services_.switchboard = this;
  mark_living();
}

Switchboard::~Switchboard() {
  services_.loop.cancel(living_timer_);
  // The programs of legs look for other legs when they are destroyed: from now on there are none.
  const auto legs = std::exchange(legs_, {});
}

base::Result<> Switchboard::admit() const {
  if (draining_)
    return base::fail(base::Errc::unavailable, "the server is stopping and takes no new calls");
  if (!services_.journal.accepts_writes())
    return base::fail(
        base::Errc::unavailable,
        "nothing can be stored: the disk is full or the database out of reach"
    );
  if (legs_.size() >= limits_.live_legs)
    return base::fail(base::Errc::unavailable, "too many calls at once");
  return {};
}

base::Result<> Switchboard::admit_new_call() const {
  if (is_overloaded_ && is_overloaded_()) {
    const auto retry_after_s = static_cast<int>(5 + services_.random.below(11));  // rule O1
    return base::fail(
        base::Errc::unavailable, "the server has as many calls as it can take", retry_after_s
    );
  }
  return admit();
}

base::Result<> Switchboard::check_destination(PlaceCall& call) {
  if (services_.destinations == nullptr) return {};
  DestinationPolicy& policy = *services_.destinations;
  std::string account = call.account_sid;
  if (const Leg* parent = find(call.parent_sid); parent != nullptr && account.empty())
    account = parent->record().account_sid;
  if (account.empty()) account = services_.account_sid;
  std::size_t live = 0;
  if (policy.is_paid(call.to)) {
    live = static_cast<std::size_t>(std::ranges::count_if(legs_, [&](const auto& each) {
      const LegRecord& leg = each.second->record();
      const auto party = Party::parse(leg.to);
      return leg.account_sid == account && leg.direction != LegRecord::Direction::inbound &&
             party && policy.is_paid(*party);
    }));
  }
  BELFRY_TRY(party, policy.admit(call.to, account, live));
  call.to = std::move(party);
  return {};
}

LegRecord Switchboard::make_record(const PlaceCall& call) {
  LegRecord record;
  record.sid = call.sid.empty() ? base::make_sid("CA", services_.random) : call.sid;
  record.account_sid = call.account_sid;
  if (const Leg* parent = find(call.parent_sid); parent != nullptr && record.account_sid.empty())
    record.account_sid = parent->record().account_sid;
  if (record.account_sid.empty()) record.account_sid = services_.account_sid;
  record.parent_sid = call.parent_sid;
  record.direction = call.direction;
  record.from = call.from;
  record.to = call.to.to_string();
  record.created = services_.loop.wall_now();
  record.program = call.program;
  record.status_callback = call.status_callback;
  record.ring_timeout = call.ring_timeout;
  record.max_duration = call.max_duration;
  record.application = call.application;
  record.party_terms = call.party_terms;
  record.send_digits = call.send_digits;
  record.machine_detection = call.machine_detection;
  record.record = call.record;
  return record;
}

Leg& Switchboard::add(LegRecord record) {
  std::string sid = record.sid;
  auto leg = std::make_unique<Leg>(services_, std::move(record));
  active_legs().set(static_cast<double>(legs_.size() + 1));
  return *(legs_[std::move(sid)] = std::move(leg));
}

base::Task<base::Result<LegRecord>> Switchboard::place(PlaceCall call) {
  BELFRY_CO_CHECK(admit_new_call());
  BELFRY_CO_CHECK(check_destination(call));
  LegRecord record = make_record(call);
  const EventRecord queued{
      record.sid, record.next_event++, record.created, "call.queued", {{"to", record.to}}
  };
  Changes changes = std::move(call.along);
  changes.events.push_back(queued);
  for (Document& document : call.documents) {
    document.key = record.sid;
    document.created = record.created;
    changes.new_documents.push_back(std::move(document));
  }
  changes.legs.push_back(record);
  base::Completion<base::Result<LegRecord>> placed(services_.loop);
  tasks_.spawn(store_and_dial(std::move(record), queued, std::move(changes), placed.resolver()));
  co_return co_await placed.wait();
}

base::Task<void> Switchboard::store_and_dial(
    LegRecord record, EventRecord queued, Changes changes,
    base::Completion<base::Result<LegRecord>>::Resolver placed
) {
  const base::Result<> stored = co_await services_.journal.commit(std::move(changes));
  if (!stored) {
    placed(base::fail(stored.error()));
    co_return;
  }
  add(record).start_outbound();
  services_.feed.publish(record, queued);
  placed(std::move(record));
}

/// What a carrier has signed of a caller (RFC 8224) goes on with his call while he is the one who
/// is shown.
void Switchboard::pass_identity_on(LegRecord& child) {
  const Leg* parent = find(child.parent_sid);
  if (parent == nullptr || parent->record().direction != LegRecord::Direction::inbound ||
      parent->record().from != child.from)
    return;
  for (const auto& [name, value] : parent->record().party_terms.headers)
    if (name == "Identity") child.party_terms.headers.emplace_back(name, value);
}

base::Result<std::string> Switchboard::place_child(const PlaceCall& asked) {
  BELFRY_CHECK(admit());
  PlaceCall call = asked;
  BELFRY_CHECK(check_destination(call));
  LegRecord record = make_record(call);
  pass_identity_on(record);
  Leg& leg = add(record);
  leg.note("call.queued", {{"to", record.to}});
  leg.start_outbound();
  return record.sid;
}

base::Result<std::string> Switchboard::accept(const IncomingCall& call) {
  BELFRY_CHECK(admit_new_call());
  PlaceCall terms;
  terms.from = call.from;
  terms.direction = LegRecord::Direction::inbound;
  const NumberTable::Entry* number = call.answering ? &*call.answering : nullptr;
  if (number == nullptr && services_.phone_programs != nullptr && !call.user.empty())
    number = services_.phone_programs->find(call.user);
  if (number == nullptr) number = services_.numbers.find(call.to);
  if (number != nullptr) {
    terms.program = number->program;
    terms.status_callback = number->callback;
    terms.account_sid = number->account_sid;
    terms.application = number->application;
  } else if (call.source != IncomingCall::Source::trunk || services_.dial_plan.user_of(call.to)) {
    // Whoever belongs to us may call out; a trunk may only reach what is ours (rule S2).
    terms.program = {"bridge", {{"to", call.to}}};
  } else {
    return base::fail(base::Errc::not_found, "nobody answers this number");
  }
  terms.party_terms = call.party_terms;
  LegRecord record = make_record(terms);
  record.to = call.to;
  record.status = LegStatus::ringing;
  record.endpoint = call.endpoint;
  record.attempt =
      Attempt{call.attempt_id, record.sid, call.carrier, call.from, record.created, {}};

  Changes changes;
  changes.legs.push_back(record);
  services_.journal.commit_later(std::move(changes));
  Leg& leg = add(std::move(record));
  leg.note("call.ringing", {{"from", call.from}, {"to", call.to}});
  leg.start_inbound(call.open(leg.sid(), leg.listener()));
  return leg.sid();
}

Leg* Switchboard::find(const std::string& sid) {
  const auto found = legs_.find(sid);
  return found == legs_.end() ? nullptr : found->second.get();
}

base::Task<base::Result<LegRecord>> Switchboard::update(std::string sid, LegUpdate update) {
  Leg* leg = find(sid);
  if (leg == nullptr || leg->ended()) {
    const auto stored = co_await services_.journal.find_leg(sid);
    if (!stored) co_return base::fail(stored.error());
    if (!*stored) co_return base::fail(base::Errc::not_found, "there is no call " + sid);
    co_return base::fail(base::Errc::conflict, "the call is over");
  }
  BELFRY_CO_CHECK(leg->update(std::move(update)));
  Changes changes;
  changes.legs.push_back(leg->record());
  const auto milestones = leg->milestones();
  const bool ends = leg->is_hanging_up();
  const base::Result<> kept = co_await services_.journal.commit(std::move(changes));
  if (!kept) co_return base::fail(kept.error());
  if (ends) {
    // Most calls are over at once; who asks is then told so.
    base::Task<void> over = end_of(milestones);
    co_await base::with_time_limit(services_.loop, std::move(over), longest_wait_for_end);
  }
  auto now = co_await services_.journal.find_leg(std::move(sid));
  if (!now) co_return base::fail(now.error());
  if (!*now) co_return base::fail(base::Errc::internal, "a call without a row");
  co_return std::move(**now);
}

void Switchboard::remove(const std::string& sid) {
  services_.loop.post([this, sid] {
    const auto leg = legs_.extract(sid);
    if (leg.empty()) return;
    count_ended(leg.mapped()->record());
    active_legs().set(static_cast<double>(legs_.size()));
  });
}

void Switchboard::hang_up_all(HangupCause cause) {
  for (const auto& [sid, leg] : legs_) leg->hang_up(cause, "the server is stopping");
}

void Switchboard::mark_living() {
  const base::WallTime now = services_.loop.wall_now();
  Changes changes;
  for (const auto& [sid, leg] : legs_) {
    if (leg->ended() || !leg->record().attempt) continue;
    leg->mark_seen(now);
    changes.legs.push_back(leg->record());
  }
  if (!changes.empty()) services_.journal.commit_later(std::move(changes));
  living_timer_ = services_.loop.call_after(living_interval, [this] { mark_living(); });
}

base::Task<base::Result<>> Switchboard::recover() {
  auto unfinished = co_await services_.journal.unfinished_legs();
  if (!unfinished) co_return base::fail(unfinished.error());
  for (LegRecord& record : *unfinished) {
    auto events = co_await services_.journal.events_of(record.sid);
    if (events && !events->empty()) record.next_event = events->back().seq + 1;
    recover_leg(std::move(record));
  }
  co_return base::Result<>{};
}

void Switchboard::take_up(LegRecord record) {
  if (find(record.sid) == nullptr && !is_final(record.status)) recover_leg(std::move(record));
}

void Switchboard::recover_leg(LegRecord record) {
  const base::WallTime now = services_.loop.wall_now();
  const bool outbound = record.direction != LegRecord::Direction::inbound;
  const bool waiting = !record.attempt && outbound && record.parent_sid.empty();
  const base::WallTime last_alive = std::max(
      record.last_seen.value_or(record.created),
      record.attempt ? record.attempt->started : record.created
  );
  const bool fresh = now - last_alive <= resumable_outage;
  const bool resumable =
      record.attempt && outbound && record.parent_sid.empty() && !record.answered && fresh;
  const bool expired = now - record.created > queued_validity;
  base::log::info(
      "call.recover", {{"call", record.sid},
                       {"status", to_string(record.status)},
                       {"resumable", resumable || waiting}}
  );
  Leg& leg = add(std::move(record));
  if (waiting && !expired) {
    leg.start_outbound();
  } else if (resumable) {
    leg.resume();
  } else {
    leg.end_after_restart();
  }
}

}  // namespace belfry::call
