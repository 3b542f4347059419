#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace belfry::twiml {

/// The parts of a URL reference (RFC 3986, appendix B), nothing decoded.
struct UrlParts {
  std::optional<std::string_view> scheme;
  std::optional<std::string_view> authority;
  std::string_view path;
  std::optional<std::string_view> query;
  std::optional<std::string_view> fragment;

  /// The authority without credentials.
  std::string_view host_and_port() const;
};
/// The views point into `url`.
UrlParts split_url(std::string_view url);

/// `http` or `https` with a host.
bool is_web_url(std::string_view url);
/// `reference` as seen from `base` (RFC 3986, section 5.2). An absolute reference stays byte for
/// byte, since the URL is signed as written, but for blanks and non-ASCII, which no request line
/// can carry. Nothing when the outcome is no web URL (Twilio's 11100).
std::optional<std::string> resolve_url(std::string_view base, std::string_view reference);
/// The same scheme, host and port. Not normalised: a default port that is written differs.
bool same_origin(std::string_view a, std::string_view b);
/// For timelines: without user name, password and fragment.
std::string url_for_people(std::string_view url);

}  // namespace belfry::twiml
