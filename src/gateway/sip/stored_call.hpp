#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "sip/dialog.hpp"
#include "sip/extension_headers.hpp"
#include "sip/flow.hpp"

namespace belfry::gateway::sip {

/// What is kept of a SIP call in `call::Attempt::state` (rule R3): enough to send the same INVITE
/// again, to cancel it, or to end its dialog. No secrets. A value.
struct StoredCall {
  /// One INVITE of ours, as it was or will be sent.
  struct Invite {
    belfry::sip::Flow flow;
    std::string text;
    bool operator==(const Invite&) const = default;
  };
  std::uint16_t media_port = 0;
  std::size_t target = 0;  // which one of a trunk's addresses is being tried
  /// Until the answer. Of a call that came in: the INVITE's head, which a final response is made
  /// from.
  std::vector<Invite> invites;
  bool inbound = false;
  bool offered = false;  // an INVITE that came brought an offer
  bool answered = false;
  std::optional<belfry::sip::DialogSnapshot> dialog;
  belfry::sip::Flow dialog_flow;
  belfry::sip::ExtensionHeaders answer_headers;  // of the 2xx to a call of ours
  bool operator==(const StoredCall&) const = default;

  base::json::object to_json() const;
  /// What is missing or broken stays at its default: a row of ours is not refused, it is just not
  /// continued.
  static StoredCall from_json(const base::json::object& json);
};

}  // namespace belfry::gateway::sip
