#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "sip/uri.hpp"

/// Header names and the grammar of their values (RFC 3261 §20, §25). The types with `_view` members
/// point into the message they were read from: copy what must outlive it.
namespace belfry::sip {

enum class Method : std::uint8_t {
  invite,
  ack,
  bye,
  cancel,
  options,
  register_,
  info,
  update,
  prack,
  refer,
  notify,
  subscribe,
  message,
  publish,
  other
};
/// Method names are case-sensitive (RFC 3261 §7.1): `invite` is Method::other.
Method method_from(std::string_view name);
/// @param method not Method::other, whose name only the message knows
std::string_view to_string(Method method);

enum class HeaderId : std::uint8_t {
  other,
  accept,
  accept_encoding,
  accept_language,
  alert_info,
  allow,
  allow_events,
  authentication_info,
  authorization,
  call_id,
  call_info,
  contact,
  content_disposition,
  content_encoding,
  content_language,
  content_length,
  content_type,
  cseq,
  date,
  diversion,
  error_info,
  event,
  expires,
  from,
  history_info,
  in_reply_to,
  max_forwards,
  mime_version,
  min_expires,
  min_se,
  organization,
  p_asserted_identity,
  p_preferred_identity,
  path,
  priority,
  privacy,
  proxy_authenticate,
  proxy_authorization,
  proxy_require,
  rack,
  reason,
  record_route,
  refer_sub,
  refer_to,
  referred_by,
  remote_party_id,
  replaces,
  reply_to,
  require,
  retry_after,
  route,
  rseq,
  server,
  service_route,
  session_expires,
  sip_etag,
  sip_if_match,
  subject,
  subscription_state,
  supported,
  timestamp,
  to,
  unsupported,
  user_agent,
  via,
  warning,
  www_authenticate,
};
/// Any case, long or compact (`v f t i m l c k o r x s e` and `b u`).
HeaderId header_id(std::string_view name);
/// The name as we write it. @param id not HeaderId::other
std::string_view to_string(HeaderId id);
/// True when a second line of this header makes the message malformed (rule S7).
bool is_single(HeaderId id);

/// `;name=value;flag` as it stands in a header, checked when it was parsed.
class Params {
 public:
  struct Entry {
    std::string_view name;
    std::optional<std::string_view> value;  // a quoted string keeps its quotes
  };
  Params() = default;
  /// @param text empty, or starting with `;`
  [[nodiscard]] static base::Result<Params> parse(std::string_view text);
  /// Value with its quotes undone; empty for a flag; nothing when absent. Names compare without
  /// case; the first of two counts.
  std::optional<std::string> find(std::string_view name) const;
  bool has(std::string_view name) const;
  std::vector<Entry> entries() const;
  std::string_view text() const { return text_view_; }

 private:
  std::string_view text_view_;
};

/// One `SIP/2.0/UDP host:port;branch=...` (RFC 3261 §20.42).
struct Via {
  std::string_view transport_view;  // as written: `UDP`
  std::string_view host_view;       // IPv6 without brackets
  std::optional<std::uint16_t> port;
  Params params;

  std::string branch() const { return params.find("branch").value_or(""); }
  /// Branch begins with the RFC 3261 cookie and has something behind it.
  bool has_cookie() const;
};

/// From, To, Contact, Route, Refer-To ...: `"Name" <uri>;params` or `uri;params` (RFC 3261 §20.10).
struct NameAddr {
  std::string_view display_view;  // as written, with quotes
  std::string_view uri_view;
  Params params;
  bool any = false;  // `Contact: *`

  /// Quotes and backslashes undone.
  std::string display_name() const;
  [[nodiscard]] base::Result<Uri> uri() const { return Uri::parse(uri_view); }
  std::string tag() const { return params.find("tag").value_or(""); }
};

struct CSeq {
  std::uint32_t number = 0;  // < 2^31
  std::string_view method_view;
  Method method() const { return method_from(method_view); }
};

/// `Session-Expires: 1800;refresher=uas` (RFC 4028).
struct SessionExpires {
  std::uint32_t seconds = 0;
  enum class Refresher { unspecified, uac, uas } refresher = Refresher::unspecified;
};

/// Each takes one whole value (no comma at top level) and fails with Errc::malformed.
[[nodiscard]] base::Result<Via> parse_via(std::string_view value);
[[nodiscard]] base::Result<NameAddr> parse_name_addr(std::string_view value);
[[nodiscard]] base::Result<CSeq> parse_cseq(std::string_view value);
[[nodiscard]] base::Result<SessionExpires> parse_session_expires(std::string_view value);
/// Digits only (leading zeros allowed), at most `maximum`.
[[nodiscard]] base::Result<std::uint32_t> parse_number(
    std::string_view value, std::uint32_t maximum = 0xFFFFFFFF
);
/// Splits at commas outside quotes and `<>`, trimmed. Empty elements and unbalanced quotes or
/// brackets are errors.
[[nodiscard]] base::Result<std::vector<std::string_view>> split_list(std::string_view value);

bool is_token(std::string_view text);
/// `"text"` with `"` and `\` escaped; control bytes become spaces.
std::string quoted(std::string_view text);
/// `"Name" <uri>;tag=t`; the parts left out when empty. The parts may hold anything (rule S7).
std::string name_addr(std::string_view display_name, const Uri& uri, std::string_view tag = {});
/// Control bytes (CR, LF, NUL ...) become spaces: what may stand in a header line (rule S7).
std::string one_line(std::string_view text);

}  // namespace belfry::sip
