#include "http/head.hpp"

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "http/text_rules.hpp"

namespace belfry::http {
namespace {

using base::equals_ignoring_case;
using base::Errc;
using base::fail;
using base::Result;

std::unexpected<base::Error> refuse(int status, std::string why) {
  return fail(status == 400 ? Errc::malformed : Errc::unsupported, std::move(why), status);
}

Result<void> check_method(std::string_view method) {
  if (!is_token(method)) return refuse(400, "method is not a token");
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

Result<void> read_request_line(std::string_view line, const HeadLimits& limits, Head& head) {
  const auto first = line.find(' ');
  const auto last = line.rfind(' ');
  if (first == std::string_view::npos || last == first)
    return refuse(400, "request line is not method, target, version");
  head.method = line.substr(0, first);
  head.target = line.substr(first + 1, last - first - 1);
  const std::string_view version = line.substr(last + 1);
  if (head.target.size() > limits.target) return refuse(414, "target is too long");
  if (version.size() != 8 || !version.starts_with("HTTP/") || version[6] != '.')
    return refuse(400, "no HTTP version");
  if (version != "HTTP/1.1" && version != "HTTP/1.0") return refuse(505, "version is not 1.x");
  head.minor_version = version[7] - '0';
  BELFRY_CHECK(check_method(head.method));
  return check_target(head.target);
}

Result<void> read_field(std::string_view line, Head& head) {
  const auto colon = line.find(':');
  // A leading blank would be a folded line (obsolete), a blank before the colon part of the name.
  if (colon == std::string_view::npos || !is_token(line.substr(0, colon)))
    return refuse(400, "header line without a proper name");
  const std::string_view value = trim_blanks(line.substr(colon + 1));
  if (std::ranges::any_of(value, [](char c) {
        return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7F;
      }))
    return refuse(400, "header value with a control byte");
  head.headers.add(std::string(line.substr(0, colon)), std::string(value));
  return {};
}

Result<void> read_fields(std::string_view lines, const HeadLimits& limits, Head& head) {
  while (!lines.empty()) {
    const auto end = lines.find("\r\n");
    const std::string_view line = lines.substr(0, end);
    lines.remove_prefix(end + 2);
    if (line.empty()) return {};
    if (head.headers.size() == limits.fields) return refuse(431, "too many header fields");
    BELFRY_CHECK(read_field(line, head));
  }
  return {};
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

Result<void> read_framing(Head& head) {
  const auto lengths = head.headers.all("Content-Length");
  const auto codings = head.headers.all("Transfer-Encoding");
  if (lengths.size() > 1 || codings.size() > 1) return refuse(400, "body framing is given twice");
  if (!lengths.empty() && !codings.empty())
    return refuse(400, "Transfer-Encoding together with Content-Length");
  if (!lengths.empty()) {
    head.content_length = base::parse_unsigned(lengths[0]);
    if (!head.content_length || lengths[0].size() > 18)
      return refuse(400, "Content-Length is not a number");
  }
  if (!codings.empty()) {
    if (!equals_ignoring_case(codings[0], "chunked") || head.minor_version == 0)
      return refuse(400, "Transfer-Encoding is not just chunked");
    head.chunked = true;
  }
  if (const auto encoding = head.headers.get("Content-Encoding");
      encoding && !equals_ignoring_case(*encoding, "identity"))
    return refuse(415, "bodies must come without Content-Encoding");
  return {};
}

Result<void> read_connection(Head& head) {
  head.keep_alive = head.minor_version == 1 ? !head.headers.lists("Connection", "close")
                                            : head.headers.lists("Connection", "keep-alive");
  if (const auto expect = head.headers.get("Expect")) {
    if (!equals_ignoring_case(*expect, "100-continue")) return refuse(417, "unknown Expect");
    head.expects_continue = head.minor_version == 1;
  }
  return {};
}

}  // namespace

Result<std::optional<std::size_t>> find_head(std::string_view buffer, const HeadLimits& limits) {
  const auto end = buffer.substr(0, limits.bytes + 4).find("\r\n\r\n");
  if (end != std::string_view::npos) return std::optional(end + 4);
  const auto line_end = buffer.find('\n');
  constexpr std::size_t room_for_method_and_version = 64;
  if (std::min(line_end, buffer.size()) > limits.target + room_for_method_and_version)
    return refuse(414, "target is too long");
  if (buffer.size() > limits.bytes) return refuse(431, "header is too long");
  // Early, because a peer that never sends a CR would otherwise wait for the time limit.
  if (line_end != std::string_view::npos && (line_end == 0 || buffer[line_end - 1] != '\r'))
    return refuse(400, "line ends without CR");
  return std::optional<std::size_t>();
}

Result<Head> parse_head(std::string_view text, const HeadLimits& limits) {
  if (!text.ends_with("\r\n\r\n")) return refuse(400, "head has no end");
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool lone_return = text[i] == '\r' && (i + 1 == text.size() || text[i + 1] != '\n');
    const bool lone_feed = text[i] == '\n' && (i == 0 || text[i - 1] != '\r');
    if (lone_return || lone_feed || text[i] == '\0')
      return refuse(400, "bare CR, bare LF or NUL in the head");
  }
  Head head;
  const auto line_end = text.find("\r\n");
  BELFRY_CHECK(read_request_line(text.substr(0, line_end), limits, head));
  BELFRY_CHECK(read_fields(text.substr(line_end + 2), limits, head));
  BELFRY_CHECK(check_host(head));
  BELFRY_CHECK(read_framing(head));
  BELFRY_CHECK(read_connection(head));
  return head;
}

}  // namespace belfry::http
