#include "identity/standard_webhook.hpp"

#include "base/encoding.hpp"
#include "base/text.hpp"

namespace belfry::identity {
namespace {

using namespace std::chrono_literals;
constexpr std::string_view prefix = "whsec_";
constexpr auto tolerance = 5min;

std::string signature(
    const std::vector<std::byte>& key, std::string_view id, std::int64_t timestamp,
    std::string_view body
) {
  std::string text(id);
  text.append(".").append(std::to_string(timestamp)).append(".").append(body);
  return "v1," + base::to_base64(base::hmac_sha256(key, text));
}

}  // namespace

base::Result<WebhookSecrets> WebhookSecrets::parse(const std::vector<std::string>& secrets) {
  WebhookSecrets parsed;
  for (const std::string& secret : secrets) {
    auto key = secret.starts_with(prefix)
                   ? base::from_base64(std::string_view(secret).substr(prefix.size()))
                   : std::nullopt;
    if (!key || key->size() < 24 || key->size() > 64)
      return base::fail(
          base::Errc::invalid_argument,
          "a webhook secret is whsec_ and the base64 of 24 to 64 bytes"
      );
    parsed.keys_.push_back(std::move(*key));
  }
  return parsed;
}

std::string WebhookSecrets::sign(std::string_view id, std::int64_t timestamp, std::string_view body)
    const {
  std::string header;
  for (const auto& key : keys_) {
    if (!header.empty()) header += ' ';
    header += signature(key, id, timestamp, body);
  }
  return header;
}

bool WebhookSecrets::verify(
    std::string_view id, std::int64_t timestamp, std::string_view body, std::string_view header,
    base::WallTime now
) const {
  const base::WallTime signed_at{std::chrono::seconds(timestamp)};
  if (signed_at < now - tolerance || signed_at > now + tolerance) return false;
  bool right = false;
  for (const auto& key : keys_) {
    const std::string expected = signature(key, id, timestamp, body);
    for (const std::string_view given : base::split(header, ' '))
      right |= base::equal_in_constant_time(expected, given);
  }
  return right;
}

}  // namespace belfry::identity
