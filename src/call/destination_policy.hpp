#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "base/loop.hpp"
#include "base/token_bucket.hpp"
#include "call/party.hpp"
#include "call/routing.hpp"
#include "call/usage.hpp"

namespace belfry::call {

/// Where calls may go (rules F1 to F3), decided once, before a call is stored. Emergency numbers
/// are refused always. What costs money (numbers that a trunk serves) must be a valid number of an
/// allowed country and of an ordinary kind, and within the account's caps; it is dialled as it was
/// checked, in E.164. Simulated phones and registered ones may have any number. Control thread.
class DestinationPolicy {
 public:
  struct Settings {
    /// ISO 3166-1; +1 is many of them. One that is "*" allows every number but emergency ones.
    std::vector<std::string> allowed_countries = {"US", "CA", "PA", "SG"};
    // Caps for each account on calls through trunks; 0: none.
    std::uint32_t calls_at_once = 20;
    std::uint32_t calls_a_day = 500;
    std::uint32_t minutes_a_day = 1000;
    std::uint32_t calls_to_one_number_an_hour = 10;
  };
  DestinationPolicy(
      base::Loop& loop, const DialPlan& dial_plan, const Usage& usage, Settings settings
  );

  /// @param live how many such calls the account has at the moment.
  /// @return the party to dial. Errc::refused with Twilio's code in `detail`: 21214 no route leads
  /// there, 21217 no number of any plan, 21215 country or kind not allowed, 21216 emergency, 20429
  /// beyond a cap.
  base::Result<Party> admit(const Party& party, const std::string& account_sid, std::size_t live);
  /// Likewise for a text message, whose carrier may take money for it; its own caps are in
  /// `Messages`. Codes: 21211, 21216, and 21408 for a country or kind that is not allowed.
  base::Result<> admit_message(const std::string& number, bool is_paid_for) const;
  /// Whether a call to it costs money.
  bool is_paid(const Party& party) const { return dial_plan_.serves_by_trunk(party); }
  const Settings& settings() const { return settings_; }

 private:
  base::Result<Party> check_number(const Party& party) const;
  base::Result<> check_caps(const Party& party, const std::string& account_sid, std::size_t live);
  bool allows_everything() const;

  base::Loop& loop_;
  const DialPlan& dial_plan_;
  const Usage& usage_;
  Settings settings_;
  base::KeyedBuckets numbers_;  // of account and number
};

}  // namespace belfry::call
