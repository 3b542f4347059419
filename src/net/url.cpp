#include "net/url.hpp"

#include "base/text.hpp"

namespace belfry::net {
namespace {

using base::Errc;
using base::fail;
using base::Result;

constexpr std::size_t max_url_bytes = 8192;

std::uint16_t default_port(std::string_view scheme) {
  return scheme == "https" || scheme == "wss" ? 443 : 80;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_alpha(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool has_forbidden_byte(std::string_view text) {
  return std::ranges::any_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7F || c == '\\';
  });
}

/// As browsers send it: what may not stand in a request target is escaped, what is escaped stays.
std::string escape_target(std::string_view text) {
  constexpr std::string_view hex = "0123456789ABCDEF";
  std::string escaped;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte > 0x20 && byte < 0x7F && !std::string_view("\"<>`{}|^").contains(c)) {
      escaped += c;
    } else {
      escaped += '%';
      escaped += hex[byte >> 4];
      escaped += hex[byte & 15];
    }
  }
  return escaped;
}

/// WHATWG's "ends in a number": such a host is an IPv4 address for somebody's resolver.
bool looks_numeric(std::string_view host) {
  const std::string_view last = host.substr(host.rfind('.') + 1);
  if (std::ranges::all_of(last, is_digit)) return true;
  return last.starts_with("0x") && std::ranges::all_of(last.substr(2), [](char c) {
           return is_digit(c) || (c >= 'a' && c <= 'f');
         });
}

Result<void> check_name(std::string_view host) {
  if (host.empty() || host.size() > 253) return fail(Errc::malformed, "URL without a usable host");
  for (const std::string_view label : base::split(host, '.')) {
    if (label.empty() || label.size() > 63) return fail(Errc::malformed, "host with a bad label");
    for (const char c : label) {
      if (!is_digit(c) && !is_alpha(c) && c != '-' && c != '_')
        return fail(Errc::malformed, "host with a character that no host name has");
    }
  }
  return {};
}

Result<void> read_host(std::string_view text, Url& url) {
  if (text.starts_with('[')) {
    if (!text.ends_with(']')) return fail(Errc::malformed, "unbalanced bracket in host");
    BELFRY_TRY(ip, IpAddress::parse(text.substr(1, text.size() - 2)));
    if (!ip.is_v6()) return fail(Errc::malformed, "IPv4 address in brackets");
    url.ip = ip;
    url.host = ip.to_string();
    return {};
  }
  url.host = base::to_lower(text);
  if (url.host.ends_with('.')) url.host.pop_back();
  BELFRY_CHECK(check_name(url.host));
  if (!looks_numeric(url.host)) return {};
  BELFRY_TRY(ip, IpAddress::parse(url.host));
  url.ip = ip;
  return {};
}

Result<void> read_authority(std::string_view text, Url& url) {
  if (const auto at = text.find('@'); at != std::string_view::npos) {
    if (text.find('@', at + 1) != std::string_view::npos)
      return fail(Errc::malformed, "URL with two @ before its path");
    const std::string_view userinfo = text.substr(0, at);
    const auto colon = userinfo.find(':');
    url.user = std::string(userinfo.substr(0, colon));
    if (colon != std::string_view::npos) url.password = userinfo.substr(colon + 1);
    text = text.substr(at + 1);
  }
  std::string_view host = text;
  const auto colon = text.rfind(':');
  const auto bracket = text.rfind(']');
  if (colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket)) {
    host = text.substr(0, colon);
    const std::string_view digits = text.substr(colon + 1);
    const auto port = base::parse_unsigned(digits);
    if (!port || *port > 65535 || digits.size() > 5)
      return fail(Errc::malformed, "URL port is not a number up to 65535");
    url.port = static_cast<std::uint16_t>(*port);
  }
  return read_host(host, url);
}

/// RFC 3986 §5.2.4; escaped dots count as dots, as in browsers.
std::string remove_dot_segments(std::string_view path) {
  std::vector<std::string_view> kept;
  const auto segments = base::split(path.substr(1), '/');
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const std::string lower = base::to_lower(segments[i]);
    const bool last = i + 1 == segments.size();
    if (lower == ".." || lower == ".%2e" || lower == "%2e." || lower == "%2e%2e") {
      if (!kept.empty()) kept.pop_back();
      if (last) kept.emplace_back("");
    } else if (lower == "." || lower == "%2e") {
      if (last) kept.emplace_back("");
    } else {
      kept.push_back(segments[i]);
    }
  }
  std::string joined;
  for (const std::string_view segment : kept) (joined += '/') += segment;
  return joined.empty() ? "/" : joined;
}

void read_target(std::string_view text, Url& url) {
  text = text.substr(0, text.find('#'));
  const auto question = text.find('?');
  std::string path = escape_target(text.substr(0, question));
  url.path = path.empty() ? "/" : remove_dot_segments(path);
  url.query.reset();
  if (question != std::string_view::npos) url.query = escape_target(text.substr(question + 1));
}

bool has_scheme(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0 || !is_alpha(text[0])) return false;
  return std::ranges::all_of(text.substr(0, colon), [](char c) {
    return is_alpha(c) || is_digit(c) || c == '+' || c == '-' || c == '.';
  });
}

}  // namespace

Result<Url> Url::parse(std::string_view text) {
  if (text.size() > max_url_bytes) return fail(Errc::too_large, "URL of more than 8 KiB");
  if (has_forbidden_byte(text))
    return fail(Errc::malformed, "URL with a control byte or backslash");
  const auto scheme_end = text.find("://");
  if (scheme_end == std::string_view::npos) return fail(Errc::malformed, "URL is not absolute");
  Url url;
  url.scheme = base::to_lower(text.substr(0, scheme_end));
  if (url.scheme != "http" && url.scheme != "https" && url.scheme != "ws" && url.scheme != "wss")
    return fail(Errc::unsupported, "URL scheme is not http, https, ws or wss");
  url.port = default_port(url.scheme);
  const std::string_view rest = text.substr(scheme_end + 3);
  const auto authority_end = std::min(rest.find_first_of("/?#"), rest.size());
  BELFRY_CHECK(read_authority(rest.substr(0, authority_end), url));
  read_target(rest.substr(authority_end), url);
  return url;
}

Result<Url> Url::resolve(std::string_view reference) const {
  if (has_scheme(reference) || reference.starts_with("//")) {
    const bool full = has_scheme(reference);
    BELFRY_TRY(next, parse(full ? std::string(reference) : scheme + ":" + std::string(reference)));
    if (!next.user && same_origin(next)) {
      next.user = user;
      next.password = password;
    }
    return next;
  }
  if (reference.size() > max_url_bytes) return fail(Errc::too_large, "URL of more than 8 KiB");
  if (has_forbidden_byte(reference))
    return fail(Errc::malformed, "URL with a control byte or backslash");
  Url next = *this;
  if (reference.empty() || reference.starts_with('#')) return next;
  if (reference.starts_with('/')) {
    read_target(reference, next);
  } else if (reference.starts_with('?')) {
    read_target(path + std::string(reference), next);
  } else {
    read_target(path.substr(0, path.rfind('/') + 1) + std::string(reference), next);
  }
  return next;
}

std::string Url::authority() const {
  std::string text = ip && ip->is_v6() ? "[" + host + "]" : host;
  if (port != default_port(scheme)) text += ":" + std::to_string(port);
  return text;
}

std::string Url::target() const {
  return query ? path + "?" + *query : path;
}

std::string Url::to_string() const {
  return scheme + "://" + authority() + target();
}

bool Url::same_origin(const Url& other) const {
  return scheme == other.scheme && host == other.host && port == other.port;
}

}  // namespace belfry::net
