#include "sip/uri_scan.hpp"

#include "base/text.hpp"
#include "sip/characters.hpp"

namespace belfry::sip {
namespace {

using base::Errc;
using base::fail;
using base::Result;

constexpr std::size_t max_uri_bytes = 4096;

bool is_hex(char character) {
  return characters::is(character, characters::digit) || (character >= 'a' && character <= 'f') ||
         (character >= 'A' && character <= 'F');
}

/// Characters of these classes and whole %XX escapes.
bool is_escaped_text(std::string_view text, unsigned classes) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      if (text.size() - i < 3 || !is_hex(text[i + 1]) || !is_hex(text[i + 2])) return false;
      i += 2;
    } else if (!characters::is(text[i], classes)) {
      return false;
    }
  }
  return true;
}

/// `name` or `name=value` between separators. An empty value is let pass, an empty name is not.
bool are_pairs(std::string_view text, char separator, unsigned classes) {
  while (true) {
    const std::string_view pair = text.substr(0, text.find(separator));
    const std::string_view name = pair.substr(0, pair.find('='));
    if (name.empty() || !is_escaped_text(name, classes)) return false;
    if (name.size() < pair.size() && !is_escaped_text(pair.substr(name.size() + 1), classes))
      return false;
    if (pair.size() == text.size()) return true;
    text.remove_prefix(pair.size() + 1);
  }
}

bool is_phone_number(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  if (text.empty()) return false;
  return text.find_first_not_of("0123456789abcdefABCDEF*#-.()") == std::string_view::npos;
}

bool take_user(std::string_view& rest, UriScan& scan) {
  const auto at = rest.find('@');
  if (at == std::string_view::npos) return true;
  const std::string_view user_info = rest.substr(0, at);
  rest.remove_prefix(at + 1);
  if (rest.contains('@')) return false;
  scan.user = user_info.substr(0, user_info.find(':'));
  if (scan.user.size() < user_info.size()) {
    scan.password = user_info.substr(scan.user.size() + 1);
    if (!is_escaped_text(*scan.password, characters::password)) return false;
  }
  return !scan.user.empty() && is_escaped_text(scan.user, characters::user);
}

/// Cuts `;params` and `?headers` off the end.
bool take_tail(std::string_view& rest, UriScan& scan) {
  const auto question = rest.find('?');
  if (question != std::string_view::npos) {
    scan.headers = rest.substr(question + 1);
    rest = rest.substr(0, question);
    if (!are_pairs(scan.headers, '&', characters::uri_header)) return false;
  }
  const auto semicolon = rest.find(';');
  if (semicolon != std::string_view::npos) {
    scan.params = rest.substr(semicolon + 1);
    rest = rest.substr(0, semicolon);
    if (!are_pairs(scan.params, ';', characters::uri_param)) return false;
  }
  return true;
}

Uri::Scheme scheme_from(std::string_view name) {
  if (base::equals_ignoring_case(name, "sip")) return Uri::Scheme::sip;
  if (base::equals_ignoring_case(name, "sips")) return Uri::Scheme::sips;
  if (base::equals_ignoring_case(name, "tel")) return Uri::Scheme::tel;
  return Uri::Scheme::other;
}

}  // namespace

Result<UriScan> scan_uri(std::string_view text) {
  UriScan scan;
  const auto colon = text.find(':');
  if (colon == std::string_view::npos || text.size() > max_uri_bytes)
    return fail(Errc::malformed, "URI without a scheme, or too long");
  scan.scheme_name = text.substr(0, colon);
  std::string_view rest = text.substr(colon + 1);
  scan.rest = rest;
  if (scan.scheme_name.empty() || !characters::is(scan.scheme_name[0], characters::alpha) ||
      !characters::all(scan.scheme_name, characters::token))
    return fail(Errc::malformed, "URI scheme is broken");
  if (!characters::all(rest, characters::opaque) || rest.empty())
    return fail(Errc::malformed, "URI holds characters that must be escaped");

  scan.scheme = scheme_from(scan.scheme_name);
  if (scan.scheme == Uri::Scheme::other) return scan;
  const bool is_sip = scan.scheme != Uri::Scheme::tel;
  if (is_sip && !take_user(rest, scan)) return fail(Errc::malformed, "user part is broken");
  if (!take_tail(rest, scan)) return fail(Errc::malformed, "URI parameters are broken");
  if (!is_sip) {
    scan.user = rest;
    if (!is_phone_number(rest)) return fail(Errc::malformed, "telephone number is broken");
    return scan;
  }
  BELFRY_TRY(host_port, parse_host_port(rest));
  scan.host = host_port.host;
  scan.port = host_port.port;
  return scan;
}

Result<HostPort> parse_host_port(std::string_view text) {
  HostPort result;
  std::string_view port;
  bool has_port = false;
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == std::string_view::npos) return fail(Errc::malformed, "IPv6 address without ]");
    result.host = text.substr(1, end - 1);
    if (!characters::all(result.host, characters::ipv6) || !result.host.contains(':'))
      return fail(Errc::malformed, "IPv6 address is broken");
    port = text.substr(end + 1);
    has_port = !port.empty();
    if (has_port && port.front() != ':') return fail(Errc::malformed, "text behind an address");
  } else {
    result.host = text.substr(0, text.find(':'));
    if (result.host.empty() || result.host.size() > 255 ||
        !characters::all(result.host, characters::host) || result.host.front() == '.' ||
        result.host.contains(".."))
      return fail(Errc::malformed, "host name is broken");
    port = text.substr(result.host.size());
    has_port = !port.empty();
  }
  if (!has_port) return result;
  const auto number = base::parse_unsigned(port.substr(1));
  if (!number || *number == 0 || *number > 65535) return fail(Errc::malformed, "port is broken");
  result.port = static_cast<std::uint16_t>(*number);
  return result;
}

}  // namespace belfry::sip
