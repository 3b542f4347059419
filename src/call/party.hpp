#pragma once
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace belfry::call {

/// Who a leg goes to or comes from. Written as Twilio's API writes it: a telephone number stands
/// alone
/// (`+6561234567`, or bare digits that a dial plan knows), everything else with its scheme.
struct Party {
  enum class Kind { telephone, sip, client, application };

  Kind kind = Kind::telephone;
  std::string address;  // "+6561234567" | "alice@example.com:5070;transport=tcp" | "alice" | "AP…"

  /// Digits with an optional `+` (1 to 15, plus `*` and `#` for dial-plan codes), `sip:…`,
  /// `client:…` or `app:…`.
  static base::Result<Party> parse(std::string_view text);
  std::string to_string() const;
  bool operator==(const Party&) const = default;
};

}  // namespace belfry::call
