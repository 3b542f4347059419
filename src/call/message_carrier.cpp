#include "call/message_carrier.hpp"

namespace belfry::call {

MessageCarrier* MessageRoutes::choose(std::string_view number) const {
  for (std::size_t length = number.size() + 1; length-- > 0;) {
    const auto found = routes_.find(number.substr(0, length));
    if (found != routes_.end()) return found->second;
  }
  return fallback_;
}

MessageCarrier* MessageRoutes::find(std::string_view name) const {
  if (fallback_ != nullptr && fallback_->name() == name) return fallback_;
  for (const auto& [prefix, carrier] : routes_)
    if (carrier->name() == name) return carrier;
  return nullptr;
}

}  // namespace belfry::call
