#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"

/// Signatures of Standard Webhooks 1.0, for webhooks of our own format.
namespace belfry::identity {

/// The secrets that one receiver knows: one, or during a rotation two, newest first.
class WebhookSecrets {
 public:
  /// `whsec_` + base64 of 24 to 64 bytes. @return Errc::invalid_argument for anything else.
  static base::Result<WebhookSecrets> parse(const std::vector<std::string>& secrets);

  /// The value of `webhook-signature`: `v1,` + base64(HMAC-SHA256(key, id.timestamp.body)) per
  /// secret, separated by spaces. `timestamp`: seconds of this attempt, as in `webhook-timestamp`.
  std::string sign(std::string_view id, std::int64_t timestamp, std::string_view body) const;
  /// True when one of the signatures in `header` is one of ours and `timestamp` is at most five
  /// minutes from `now`. In constant time for each pair.
  bool verify(
      std::string_view id, std::int64_t timestamp, std::string_view body, std::string_view header,
      base::WallTime now
  ) const;

 private:
  std::vector<std::vector<std::byte>> keys_;
};

}  // namespace belfry::identity
