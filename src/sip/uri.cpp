#include "sip/uri.hpp"

#include <algorithm>

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "sip/characters.hpp"
#include "sip/uri_scan.hpp"

namespace belfry::sip {
namespace {

using base::Errc;
using base::fail;
using base::Result;

/// @param text already checked: every escape is whole
std::string decoded(std::string_view text) {
  if (!text.contains('%')) return std::string(text);
  return base::percent_decode(text).value_or("");
}

void append_escaped(std::string& to, std::string_view text, unsigned classes) {
  constexpr std::string_view hex = "0123456789ABCDEF";
  for (const char character : text) {
    if (characters::is(character, classes)) {
      to += character;
      continue;
    }
    const auto byte = static_cast<unsigned char>(character);
    to += '%';
    to += hex[byte >> 4U];
    to += hex[byte & 15U];
  }
}

void append_pairs(
    std::string& to, const std::vector<UriParam>& pairs, char first, char next, unsigned classes
) {
  for (const UriParam& pair : pairs) {
    to += &pair == pairs.data() ? first : next;
    append_escaped(to, pair.name, classes);
    if (!pair.value) continue;
    to += '=';
    append_escaped(to, *pair.value, classes);
  }
}

std::vector<UriParam> decoded_pairs(std::string_view text, char separator) {
  std::vector<UriParam> pairs;
  if (text.empty()) return pairs;
  for (const std::string_view pair : base::split(text, separator)) {
    const auto equals = pair.find('=');
    UriParam& param = pairs.emplace_back();
    param.name = base::to_lower(decoded(pair.substr(0, equals)));
    if (equals != std::string_view::npos) param.value = decoded(pair.substr(equals + 1));
  }
  return pairs;
}

bool repeats_a_name(const std::vector<UriParam>& params) {
  for (std::size_t i = 0; i < params.size(); ++i)
    for (std::size_t k = 0; k < i; ++k)
      if (params[i].name == params[k].name) return true;
  return false;
}

/// RFC 3966 §4: visual separators mean nothing.
std::string bare_number(std::string_view number) {
  std::string bare;
  for (const char character : number)
    if (!std::string_view("-.()").contains(character)) bare += character;
  return base::to_lower(bare);
}

bool same_text(std::optional<std::string_view> a, std::optional<std::string_view> b) {
  return a.has_value() == b.has_value() && (!a || base::equals_ignoring_case(*a, *b));
}

bool params_agree(const Uri& a, const Uri& b) {
  constexpr std::string_view never_ignored[] = {"transport", "user", "ttl", "method", "maddr"};
  for (const std::string_view name : never_ignored)
    if (!same_text(a.param(name), b.param(name))) return false;
  return std::ranges::all_of(a.params, [&](const UriParam& param) {
    const auto other = b.param(param.name);
    return !other || base::equals_ignoring_case(param.value.value_or(""), *other);
  });
}

bool same_params(const Uri& a, const Uri& b) {
  return a.params.size() == b.params.size() &&
         std::ranges::all_of(a.params, [&](const UriParam& param) {
           return same_text(param.value.value_or(""), b.param(param.name));
         });
}

bool same_headers(const Uri& a, const Uri& b) {
  return std::ranges::is_permutation(a.headers, b.headers);
}

}  // namespace

Result<Uri> Uri::parse(std::string_view text) {
  BELFRY_TRY(scan, scan_uri(text));
  Uri uri;
  uri.scheme = scan.scheme;
  uri.scheme_name = base::to_lower(scan.scheme_name);
  if (scan.scheme == Scheme::other) {
    uri.opaque = scan.rest;
    return uri;
  }
  uri.user = decoded(scan.user);
  if (scan.password) uri.password = decoded(*scan.password);
  uri.host = base::to_lower(scan.host);
  uri.port = scan.port;
  uri.params = decoded_pairs(scan.params, ';');
  uri.headers = decoded_pairs(scan.headers, '&');
  if (uri.params.size() > 32 || uri.headers.size() > 32 || repeats_a_name(uri.params))
    return fail(Errc::malformed, "URI parameter repeated, or too many of them");
  return uri;
}

Uri Uri::sip(std::string_view user, std::string_view host, std::optional<std::uint16_t> port) {
  Uri uri;
  uri.user = user;
  uri.host = base::to_lower(host);
  uri.port = port;
  return uri;
}

std::string Uri::to_string() const {
  std::string text = scheme_name + ':';
  if (scheme == Scheme::other) {
    append_escaped(text, opaque, characters::opaque);
    return text;
  }
  if (scheme == Scheme::tel) {
    append_escaped(text, user, characters::user);
  } else {
    if (!user.empty()) {
      append_escaped(text, user, characters::user);
      if (password) {
        text += ':';
        append_escaped(text, *password, characters::password);
      }
      text += '@';
    }
    std::string safe_host;
    for (const char character : host)
      if (characters::is(character, characters::host | characters::ipv6)) safe_host += character;
    text += sip::to_string(safe_host, port);
  }
  append_pairs(text, params, ';', ';', characters::uri_param);
  append_pairs(text, headers, '?', '&', characters::uri_header);
  return text;
}

std::optional<std::string_view> Uri::param(std::string_view name) const {
  for (const UriParam& param : params)
    if (param.name == name) return param.value ? std::string_view(*param.value) : "";
  return std::nullopt;
}

void Uri::set_param(std::string_view name, std::optional<std::string_view> value) {
  remove_param(name);
  UriParam& param = params.emplace_back();
  param.name = base::to_lower(name);
  if (value) param.value = std::string(*value);
}

void Uri::remove_param(std::string_view name) {
  std::erase_if(params, [&](const UriParam& param) { return param.name == name; });
}

bool equivalent(const Uri& a, const Uri& b) {
  if (a.scheme_name != b.scheme_name) return false;
  switch (a.scheme) {
    case Uri::Scheme::other:
      return a.opaque == b.opaque;
    case Uri::Scheme::tel:
      return bare_number(a.user) == bare_number(b.user) && same_params(a, b);
    case Uri::Scheme::sip:
    case Uri::Scheme::sips:
      return a.user == b.user && a.password == b.password &&
             base::equals_ignoring_case(a.host, b.host) && a.port == b.port && params_agree(a, b) &&
             same_headers(a, b);
  }
  return false;
}

std::string to_string(std::string_view host, std::optional<std::uint16_t> port) {
  std::string text(host);
  if (host.contains(':')) text = '[' + text + ']';
  if (port) text += ':' + std::to_string(*port);
  return text;
}

}  // namespace belfry::sip
