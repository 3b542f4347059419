#pragma once
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// `X-Twilio-Signature`: base64 of HMAC-SHA1 with the account's auth token, over the URL exactly as
/// the user wrote it (without fragment; no port added or removed) and the form's parameters.
namespace belfry::identity {

using FormParameters = std::span<const std::pair<std::string, std::string>>;

class TwilioSigner {
 public:
  explicit TwilioSigner(std::string auth_token) : auth_token_(std::move(auth_token)) {}

  /// Parameters go in sorted by name, of equal names each distinct value once, sorted. None: GET,
  /// WebSocket, empty POST.
  std::string sign(std::string_view url, FormParameters form = {}) const;

  /// As the vendor's validators do it: also right when it is right for the URL with the scheme's
  /// port added, or with the port removed (proxies do either). In constant time for each.
  bool verify(std::string_view url, FormParameters form, std::string_view signature) const;
  /// Of a body that is no form: `url` carries `bodySHA256`, which must be that of `body`.
  bool verify_body(std::string_view url, std::string_view body, std::string_view signature) const;

 private:
  std::string auth_token_;
};

/// The URL to send (and sign) a body that is no form to: `bodySHA256=<hex>` joins its query, ahead
/// of a fragment.
std::string with_body_hash(std::string_view url, std::string_view body);

}  // namespace belfry::identity
