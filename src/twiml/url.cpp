#include "twiml/url.hpp"

#include <vector>

#include "base/text.hpp"

namespace belfry::twiml {
namespace {

bool is_scheme(std::string_view text) {
  if (text.empty() || std::isalpha(static_cast<unsigned char>(text.front())) == 0) return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '+' || c == '-' || c == '.';
  });
}

/// RFC 3986, section 5.2.4.
std::string remove_dot_segments(std::string_view path) {
  std::vector<std::string_view> kept;
  const auto segments = base::split(path, '/');
  for (std::size_t i = 1; i < segments.size(); ++i) {
    const bool last = i + 1 == segments.size();
    const bool dot = segments[i] == ".";
    const bool up = segments[i] == "..";
    if (up && !kept.empty()) kept.pop_back();
    if (!dot && !up) kept.push_back(segments[i]);
    if (last && (dot || up)) kept.emplace_back();
  }
  std::string out;
  for (const std::string_view segment : kept) {
    out += '/';
    out += segment;
  }
  return out.empty() ? "/" : out;
}

std::string merge_paths(const UrlParts& base, std::string_view path) {
  if (path.starts_with('/')) return remove_dot_segments(path);
  std::string merged(base.path.substr(0, base.path.rfind('/') + 1));
  if (merged.empty()) merged = "/";
  merged += path;
  return remove_dot_segments(merged);
}

std::string encode_what_no_request_carries(std::string_view url) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (const char c : url) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte > 0x20 && byte < 0x7F) {
      out += c;
    } else {
      out += '%';
      out += digits[byte >> 4];
      out += digits[byte & 15];
    }
  }
  return out;
}

}  // namespace

std::string_view UrlParts::host_and_port() const {
  if (!authority) return {};
  const auto at = authority->rfind('@');
  return at == std::string_view::npos ? *authority : authority->substr(at + 1);
}

UrlParts split_url(std::string_view url) {
  UrlParts parts;
  if (const auto hash = url.find('#'); hash != std::string_view::npos) {
    parts.fragment = url.substr(hash + 1);
    url = url.substr(0, hash);
  }
  if (const auto question = url.find('?'); question != std::string_view::npos) {
    parts.query = url.substr(question + 1);
    url = url.substr(0, question);
  }
  if (const auto colon = url.find(':');
      colon != std::string_view::npos && is_scheme(url.substr(0, colon))) {
    parts.scheme = url.substr(0, colon);
    url.remove_prefix(colon + 1);
  }
  if (url.starts_with("//")) {
    const auto end = std::min(url.find('/', 2), url.size());
    parts.authority = url.substr(2, end - 2);
    url.remove_prefix(end);
  }
  parts.path = url;
  return parts;
}

bool is_web_url(std::string_view url) {
  const UrlParts parts = split_url(url);
  if (!parts.scheme || parts.host_and_port().empty() || parts.host_and_port().front() == ':')
    return false;
  return base::equals_ignoring_case(*parts.scheme, "http") ||
         base::equals_ignoring_case(*parts.scheme, "https");
}

std::optional<std::string> resolve_url(std::string_view base, std::string_view reference) {
  const std::string encoded = encode_what_no_request_carries(base::trim(reference));
  const UrlParts to = split_url(encoded);
  if (to.scheme) return is_web_url(encoded) ? std::optional(encoded) : std::nullopt;
  if (!is_web_url(base)) return std::nullopt;
  const UrlParts from = split_url(base);
  std::string out(*from.scheme);
  out += "://";
  out += to.authority.value_or(*from.authority);
  if (to.authority) {
    out += to.path;
  } else if (to.path.empty()) {
    out += from.path;
  } else {
    out += merge_paths(from, to.path);
  }
  const auto query = to.query || to.authority || !to.path.empty() ? to.query : from.query;
  if (query) out.append("?").append(*query);
  if (to.fragment) out.append("#").append(*to.fragment);
  return is_web_url(out) ? std::optional(out) : std::nullopt;
}

bool same_origin(std::string_view a, std::string_view b) {
  const UrlParts one = split_url(a);
  const UrlParts other = split_url(b);
  return one.scheme && other.scheme && base::equals_ignoring_case(*one.scheme, *other.scheme) &&
         base::equals_ignoring_case(one.host_and_port(), other.host_and_port());
}

std::string url_for_people(std::string_view url) {
  const UrlParts parts = split_url(url);
  std::string out;
  if (parts.scheme) out.append(*parts.scheme).append(":");
  if (parts.authority) out.append("//").append(parts.host_and_port());
  out += parts.path;
  if (parts.query) out.append("?").append(*parts.query);
  return out;
}

}  // namespace belfry::twiml
