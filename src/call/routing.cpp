#include "call/routing.hpp"

namespace belfry::call {
namespace {

/// Orders equal priorities at random by weight (the way RFC 2782 draws SRV targets).
void draw_by_weight(std::span<const Route*> equals, base::Random& random) {
  while (equals.size() > 1) {
    std::uint64_t total = 0;
    for (const Route* route : equals)
      total += static_cast<std::uint64_t>(std::max(route->weight, 0));
    std::uint64_t drawn = random.below(total + 1);
    std::size_t winner = 0;
    while (winner + 1 < equals.size() &&
           drawn > static_cast<std::uint64_t>(std::max(equals[winner]->weight, 0))) {
      drawn -= static_cast<std::uint64_t>(std::max(equals[winner]->weight, 0));
      ++winner;
    }
    std::swap(equals[0], equals[winner]);
    equals = equals.subspan(1);
  }
}

}  // namespace

void DialPlan::add_carrier(Carrier& carrier) {
  carriers_[std::string(carrier.name())] = &carrier;
}
void DialPlan::add_route(Route route) {
  routes_.push_back(std::move(route));
}
void DialPlan::remove_routes(const std::string& carrier) {
  std::erase_if(routes_, [&](const Route& route) { return route.carrier == carrier; });
}
void DialPlan::assign(std::string number, std::string user) {
  assigned_[std::move(number)] = std::move(user);
}

std::optional<std::string> DialPlan::user_of(const std::string& number) const {
  const auto found = assigned_.find(number);
  return found == assigned_.end() ? std::nullopt : std::optional(found->second);
}

Carrier* DialPlan::carrier(const std::string& name) const {
  if (registrations_ != nullptr && registrations_->name() == name) return registrations_;
  if (fallback_ != nullptr && fallback_->name() == name) return fallback_;
  if (applications_ != nullptr && applications_->name() == name) return applications_;
  if (clients_ != nullptr && clients_->name() == name) return clients_;
  const auto found = carriers_.find(name);
  return found == carriers_.end() ? nullptr : found->second;
}

bool DialPlan::serves_by_trunk(const Party& party) const {
  if (party.kind != Party::Kind::telephone || assigned_.contains(party.address)) return false;
  return std::ranges::any_of(routes_, [&](const Route& route) {
    return party.address.starts_with(route.prefix) && carriers_.contains(route.carrier);
  });
}

bool DialPlan::serves(const Party& telephone) const {
  return fallback_ != nullptr || assigned_.contains(telephone.address) ||
         serves_by_trunk(telephone);
}

std::vector<DialPlan::Choice> DialPlan::choose(const Party& party, base::Random& random) const {
  if (party.kind == Party::Kind::sip ||
      (party.kind == Party::Kind::telephone && assigned_.contains(party.address))) {
    if (registrations_ == nullptr) return {};
    return {{registrations_, ""}};
  }
  if (party.kind == Party::Kind::application && applications_ != nullptr)
    return {{applications_, ""}};
  if (party.kind == Party::Kind::client && clients_ != nullptr) return {{clients_, ""}};
  if (party.kind != Party::Kind::telephone) return {};

  std::vector<const Route*> matching;
  std::size_t longest = 0;
  for (const Route& route : routes_) {
    if (!party.address.starts_with(route.prefix) || !carriers_.contains(route.carrier)) continue;
    if (route.prefix.size() > longest) matching.clear();
    if (route.prefix.size() < longest && !matching.empty()) continue;
    longest = route.prefix.size();
    matching.push_back(&route);
  }
  std::ranges::stable_sort(matching, {}, &Route::priority);
  for (auto first = matching.begin(); first != matching.end();) {
    const auto last = std::find_if(first, matching.end(), [&](const Route* route) {
      return route->priority != (*first)->priority;
    });
    draw_by_weight({first, last}, random);
    first = last;
  }
  std::vector<Choice> choices;
  choices.reserve(matching.size());
  for (const Route* route : matching)
    choices.push_back({carriers_.at(route->carrier), route->caller_id});
  std::ranges::stable_partition(choices, [](const Choice& choice) {
    return choice.carrier->available();
  });
  if (choices.empty() && fallback_ != nullptr) choices.push_back({fallback_, ""});
  return choices;
}

void NumberTable::set(std::string number, Entry entry) {
  entries_.insert_or_assign(std::move(number), std::move(entry));
}

const NumberTable::Entry* NumberTable::find(const std::string& number) const {
  const auto found = entries_.find(number);
  return found == entries_.end() ? nullptr : &found->second;
}

}  // namespace belfry::call
