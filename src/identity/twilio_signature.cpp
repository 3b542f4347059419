#include "identity/twilio_signature.hpp"

#include <array>
#include <map>
#include <set>

#include "base/encoding.hpp"
#include "base/text.hpp"

namespace belfry::identity {
namespace {

constexpr std::string_view hash_name = "bodySHA256";

std::string_view without_fragment(std::string_view url) {
  return url.substr(0, url.find('#'));
}

/// The URL cut where a port is or would be: "https://host" ":443" "/path".
struct AroundPort {
  std::string_view scheme;
  std::string_view before;
  std::string_view port;  // with its colon; empty: none
  std::string_view after;
};

AroundPort cut_at_port(std::string_view url) {
  const std::size_t scheme_end = url.find("://");
  if (scheme_end == std::string_view::npos) return {{}, url, {}, {}};
  const std::size_t authority = scheme_end + 3;
  const std::size_t end = std::min(url.find_first_of("/?", authority), url.size());
  // The colons of user-info and of an IPv6 address are not the port's.
  const std::size_t host = std::min(url.substr(0, end).rfind('@'), end) == end
                               ? authority
                               : std::max(authority, url.substr(0, end).rfind('@') + 1);
  const std::size_t bracket = url.substr(0, end).find(']', host);
  const std::size_t from = bracket == std::string_view::npos ? host : bracket;
  const std::size_t colon = std::min(url.substr(0, end).find(':', from), end);
  return {
      url.substr(0, scheme_end), url.substr(0, colon), url.substr(colon, end - colon),
      url.substr(end)
  };
}

/// The URL as received and as it may have been signed.
std::array<std::string, 2> variants(std::string_view url) {
  const AroundPort parts = cut_at_port(url);
  const bool secure = parts.scheme == "https" || parts.scheme == "wss";
  const std::string_view other = parts.port.empty() ? (secure ? ":443" : ":80") : "";
  std::string changed(parts.before);
  changed.append(parts.scheme.empty() ? "" : other).append(parts.after);
  return {std::string(url), std::move(changed)};
}

std::string hash_in_query(std::string_view url) {
  const std::size_t query = url.find('?');
  if (query == std::string_view::npos) return {};
  for (const std::string_view pair : base::split(url.substr(query + 1), '&')) {
    const std::size_t equals = pair.find('=');
    if (pair.substr(0, equals) == hash_name && equals != std::string_view::npos)
      return std::string(pair.substr(equals + 1));
  }
  return {};
}

}  // namespace

std::string TwilioSigner::sign(std::string_view url, FormParameters form) const {
  std::map<std::string_view, std::set<std::string_view>> sorted;
  for (const auto& [name, value] : form) sorted[name].insert(value);
  std::string text(without_fragment(url));
  for (const auto& [name, values] : sorted)
    for (const std::string_view value : values) text.append(name).append(value);
  return base::to_base64(base::hmac_sha1(base::as_bytes(auth_token_), text));
}

bool TwilioSigner::verify(std::string_view url, FormParameters form, std::string_view signature)
    const {
  bool right = false;
  for (const std::string& variant : variants(without_fragment(url)))
    right |= base::equal_in_constant_time(sign(variant, form), signature);
  return right;
}

bool TwilioSigner::verify_body(
    std::string_view url, std::string_view body, std::string_view signature
) const {
  const bool body_right =
      base::equal_in_constant_time(hash_in_query(without_fragment(url)), base::sha256_hex(body));
  return verify(url, {}, signature) && body_right;
}

std::string with_body_hash(std::string_view url, std::string_view body) {
  const std::string_view base_url = without_fragment(url);
  std::string extended(base_url);
  extended += base_url.contains('?') ? '&' : '?';
  extended.append(hash_name).append("=").append(base::sha256_hex(body));
  return extended.append(url.substr(base_url.size()));
}

}  // namespace belfry::identity
