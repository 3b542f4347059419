#include "http/head_check.hpp"

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "http/text_rules.hpp"

namespace belfry::http {
namespace {

using base::equals_ignoring_case;
using base::Errc;
using base::fail;
using base::Result;

Result<void> check_method(std::string_view method) {
  if (method == "TRACE" || method == "CONNECT") return refuse(405, "method is never allowed");
  for (const std::string_view known : {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
    if (method == known) return {};
  return refuse(501, "method is not known here");
}

Result<void> check_target(std::string_view target) {
  for (const char c : target) {
    if (static_cast<unsigned char>(c) <= 0x20 || static_cast<unsigned char>(c) >= 0x7F || c == '#')
      return refuse(400, "target has a byte that must be escaped");
  }
  const auto path = base::percent_decode(target.substr(0, target.find('?')));
  if (!path || path->contains('\0')) return refuse(400, "path has a broken escape");
  return {};
}

/// A host name, IPv4 or bracketed IPv6 address, with an optional port; nothing else.
bool is_authority(std::string_view text) {
  std::string_view host = text;
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == std::string_view::npos || end == 1) return false;
    const std::string_view inside = text.substr(1, end - 1);
    if (inside.find_first_not_of("0123456789abcdefABCDEF:.") != std::string_view::npos)
      return false;
    text.remove_prefix(end + 1);
  } else {
    host = text.substr(0, text.find(':'));
    if (host.empty() || !std::ranges::all_of(host, is_host_character)) return false;
    text.remove_prefix(host.size());
  }
  if (text.empty()) return true;
  const auto port = base::parse_unsigned(text.substr(1));
  return text.starts_with(':') && port && *port <= 65535;
}

Result<void> check_host(Head& head) {
  const auto hosts = head.headers.all("Host");
  if (hosts.size() != 1) return refuse(400, "a request has exactly one Host");
  if (!is_authority(hosts[0])) return refuse(400, "Host is not a host and port");
  if (head.target.starts_with('/')) return {};
  if (head.target == "*" && head.method == "OPTIONS") return {};
  // Absolute form (RFC 9112 §3.2.2): its authority must be the Host, so that there is only one.
  const auto scheme_end = head.target.find("://");
  const std::string scheme = base::to_lower(head.target.substr(0, scheme_end));
  if (scheme_end == std::string::npos || (scheme != "http" && scheme != "https"))
    return refuse(400, "target is neither a path nor a URL");
  const std::string rest = head.target.substr(scheme_end + 3);
  const auto path = std::min(rest.find_first_of("/?"), rest.size());
  if (!equals_ignoring_case(rest.substr(0, path), hosts[0]))
    return refuse(400, "target and Host name different servers");
  head.target = (rest.substr(path).starts_with('/') ? "" : "/") + rest.substr(path);
  return {};
}

/// Beast takes lists and repetitions of one length, any coding it does not know, and a coding
/// before a length: what it made of them stays in `content_length` and `chunked`, what was said is
/// here.
Result<void> check_framing(const Head& head) {
  const auto lengths = head.headers.all("Content-Length");
  const auto codings = head.headers.all("Transfer-Encoding");
  if (lengths.size() > 1 || codings.size() > 1) return refuse(400, "body framing is given twice");
  if (!lengths.empty() && !codings.empty())
    return refuse(400, "Transfer-Encoding together with Content-Length");
  if (!lengths.empty() && !base::parse_unsigned(lengths[0]))
    return refuse(400, "Content-Length is not a number");
  if (codings.empty()) return {};
  if (!equals_ignoring_case(codings[0], "chunked") || !head.chunked || head.minor_version == 0)
    return refuse(400, "Transfer-Encoding is not just chunked");
  return {};
}

Result<void> check_expectations(Head& head) {
  // AWS's clients pack large bodies, send them in signed chunks or store them packed, and sign what
  // they send: who checks the signature knows what to make of it.
  const bool is_for_aws =
      head.headers.get("Authorization").value_or("").starts_with("AWS4-HMAC-SHA256");
  if (const auto encoding = head.headers.get("Content-Encoding");
      encoding && !equals_ignoring_case(*encoding, "identity") && !is_for_aws)
    return refuse(415, "bodies must come without Content-Encoding");
  if (const auto expect = head.headers.get("Expect")) {
    if (!equals_ignoring_case(*expect, "100-continue")) return refuse(417, "unknown Expect");
    head.expects_continue = head.minor_version == 1;
  }
  return {};
}

}  // namespace

std::unexpected<base::Error> refuse(int status, std::string why) {
  return fail(status == 400 ? Errc::malformed : Errc::unsupported, std::move(why), status);
}

Result<void> check_request_line(const Head& head, const HeadLimits& limits) {
  if (head.target.size() > limits.target) return refuse(414, "target is too long");
  BELFRY_CHECK(check_method(head.method));
  return check_target(head.target);
}

Result<void> check_fields(Head& head) {
  BELFRY_CHECK(check_host(head));
  BELFRY_CHECK(check_framing(head));
  return check_expectations(head);
}

}  // namespace belfry::http
