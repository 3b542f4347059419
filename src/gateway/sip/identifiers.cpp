#include "gateway/sip/identifiers.hpp"

#include "base/encoding.hpp"

namespace belfry::gateway::sip {

std::string Identifiers::derive(std::string_view name) const {
  const std::string text = attempt_id_ + '\n' + std::string(name);
  const auto mac = base::hmac_sha256(base::as_bytes(key_), text);
  return base::to_hex(std::span(mac).first(16));
}

std::string Identifiers::branch(std::size_t number) const {
  return "z9hG4bK" + derive("branch-" + std::to_string(number));
}

std::vector<std::byte> Identifiers::media_secret(std::size_t number) const {
  const std::string text = attempt_id_ + "\nmedia-" + std::to_string(number);
  return base::hmac_sha256(base::as_bytes(key_), text);
}

std::string Identifiers::sdp_session() const {
  return std::to_string(std::stoull(derive("sdp").substr(0, 15), nullptr, 16));
}

}  // namespace belfry::gateway::sip
