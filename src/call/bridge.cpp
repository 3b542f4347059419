#include "call/bridge.hpp"

#include "call/dialing_group.hpp"

namespace belfry::call {
namespace {

std::string text_of(const base::json::object& parameters, std::string_view key) {
  const auto* member = parameters.if_contains(key);
  const auto* text = member == nullptr ? nullptr : member->if_string();
  return text == nullptr ? std::string() : std::string(text->c_str(), text->size());
}

/// A peer asks for `sip:+15551234567@us`: that is the number.
std::string asked_for(const LegRecord& record) {
  const std::string_view to = record.to;
  if (!to.starts_with("sip:")) return record.to;
  return std::string(to.substr(4, to.find('@') - 4));
}

/// The caller's phone rings while the other's does; nobody is asked anything.
class RingingCaller final : public DialingGroup::Host {
 public:
  explicit RingingCaller(Leg& caller) : caller_(caller) {}
  void on_ringing(std::size_t, Leg&) override { caller_.ring(); }
  base::Task<bool> screen(std::size_t, Leg&) override { co_return true; }

 private:
  Leg& caller_;
};

}  // namespace

base::Task<void> BridgeProgram::run(Leg& leg, ProgramSpec program) {
  const bool as_asked = !program.parameters.contains("to");
  const auto to =
      Party::parse(as_asked ? asked_for(leg.record()) : text_of(program.parameters, "to"));
  if (!to) {
    leg.hang_up(HangupCause::unreachable, to.error().message);
    co_return;
  }
  PlaceCall terms;
  terms.to = *to;
  terms.from = text_of(program.parameters, "caller");
  if (terms.from.empty()) terms.from = leg.record().from;
  terms.account_sid = leg.record().account_sid;
  terms.direction = LegRecord::Direction::outbound_dial;
  terms.parent_sid = leg.sid();

  RingingCaller host(leg);
  std::vector<PlaceCall> targets;
  targets.push_back(std::move(terms));
  DialingGroup group(leg, std::move(targets), DialingGroup::Order::together, host);
  const DialingGroup::Outcome outcome = co_await group.run();
  if (!outcome.accepted) {
    leg.hang_up(outcome.ending.cause, outcome.ending.detail);
    co_return;
  }
  const ChildLeg child = group.take(outcome.target);
  const auto answered = co_await leg.answer();
  Leg* other = child.find();
  if (!answered || other == nullptr) co_return;
  const Joined joined(leg, *other);
  leg.note("bridge.connected", {{"with", child.sid()}});
  other->note("bridge.connected", {{"with", leg.sid()}});
  base::Task<void> gone = until_gone(leg.loop(), child.milestones());
  co_await std::move(gone);
}

}  // namespace belfry::call
