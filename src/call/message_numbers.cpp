#include "call/message_numbers.hpp"

#include "call/message_carrier.hpp"

namespace belfry::call {

base::Task<base::Result<std::optional<MessageNumber>>> ConfiguredMessageNumbers::find(
    std::string number
) {
  const auto configured = entries_.find(number);
  if (more_ != nullptr) {
    auto found = co_await more_->find(std::move(number));
    if (!found || *found) co_return found;
  }
  if (configured == entries_.end()) co_return std::optional<MessageNumber>();
  co_return std::optional<MessageNumber>(configured->second);
}

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
