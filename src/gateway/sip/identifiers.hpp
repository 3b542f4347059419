#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace belfry::gateway::sip {

/// The SIP identifiers of one attempt (rule R3): HMAC-SHA256(server key, attempt id ‖ name), so the
/// same after a restart and not to be guessed.
class Identifiers {
 public:
  Identifiers(std::string_view server_key, std::string_view attempt_id)
      : key_(server_key), attempt_id_(attempt_id) {}

  std::string call_id() const { return derive("call-id"); }
  std::string local_tag() const { return derive("tag").substr(0, 16); }
  /// @param number of the target within the attempt, from 0
  std::string branch(std::size_t number) const;
  /// What SRTP keys are made of; another for each target.
  std::vector<std::byte> media_secret(std::size_t number) const;
  /// Decimal, for the `o=` line; below 2^63.
  std::string sdp_session() const;

 private:
  std::string derive(std::string_view name) const;  // 32 hex digits

  std::string key_, attempt_id_;
};

}  // namespace belfry::gateway::sip
