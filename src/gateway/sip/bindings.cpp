#include "gateway/sip/bindings.hpp"

#include <algorithm>

namespace belfry::gateway::sip {

using belfry::sip::Binding;

void Bindings::restore(const std::string& user, std::vector<Binding> bindings) {
  for (Binding& binding : bindings) binding.flow.connection = 0;  // gone with the last process
  by_user_[user] = std::move(bindings);
}

std::vector<Binding> Bindings::load(const std::string& user) {
  const auto found = by_user_.find(user);
  return found == by_user_.end() ? std::vector<Binding>() : found->second;
}

void Bindings::save(const std::string& user, const std::vector<Binding>& bindings) {
  changed_ = true;
  if (bindings.empty()) {
    by_user_.erase(user);
  } else {
    by_user_[user] = bindings;
  }
}

bool Bindings::uses_connection(std::uint64_t connection, base::WallTime now) const {
  return std::ranges::any_of(by_user_, [&](const auto& entry) {
    return std::ranges::any_of(entry.second, [&](const Binding& binding) {
      return binding.flow.connection == connection && binding.expires_at > now;
    });
  });
}

std::size_t Bindings::count(base::WallTime now) const {
  std::size_t live = 0;
  for (const auto& [user, bindings] : by_user_)
    live += static_cast<std::size_t>(std::ranges::count_if(bindings, [&](const Binding& binding) {
      return binding.expires_at > now;
    }));
  return live;
}

}  // namespace belfry::gateway::sip
