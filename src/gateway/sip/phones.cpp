#include "gateway/sip/phones.hpp"

namespace belfry::gateway::sip {

Phones::Phones(const std::vector<PhoneSettings>& phones, std::string_view realm) : realm_(realm) {
  for (const PhoneSettings& phone : phones) {
    secrets_[phone.user] = belfry::sip::DigestSecret::of(phone.user, realm, phone.password);
    encryption_[phone.user] = phone.encryption;
    if (phone.number.empty()) continue;
    users_[phone.number] = phone.user;
    numbers_[phone.user] = phone.number;
  }
}

void Phones::replace_added(const std::vector<PhoneSettings>& phones) {
  for (const std::string& user : added_) {
    secrets_.erase(user);
    encryption_.erase(user);
  }
  added_.clear();
  for (const PhoneSettings& phone : phones) {
    if (secrets_.contains(phone.user)) continue;
    secrets_[phone.user] = belfry::sip::DigestSecret::of(phone.user, realm_, phone.password);
    encryption_[phone.user] = phone.encryption;
    added_.push_back(phone.user);
  }
}

std::optional<belfry::sip::DigestSecret> Phones::secret_of(const std::string& user) const {
  const auto found = secrets_.find(user);
  return found == secrets_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<std::string> Phones::user_of(const std::string& number) const {
  const auto found = users_.find(number);
  return found == users_.end() ? std::nullopt : std::optional(found->second);
}

belfry::sdp::Encryption Phones::encryption_of(const std::string& user) const {
  const auto found = encryption_.find(user);
  return found == encryption_.end() ? belfry::sdp::Encryption::off : found->second;
}

std::string Phones::number_of(const std::string& user) const {
  const auto found = numbers_.find(user);
  return found == numbers_.end() ? std::string() : found->second;
}

}  // namespace belfry::gateway::sip
