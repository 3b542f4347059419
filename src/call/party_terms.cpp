#include "call/party_terms.hpp"

#include <algorithm>
#include <array>

#include "base/encoding.hpp"
#include "base/text.hpp"

namespace belfry::call {
namespace {

constexpr std::size_t max_headers = 30;
constexpr std::size_t max_bytes = 1024;
constexpr std::array<std::string_view, 5> known_names = {
    "user-to-user", "privacy", "p-asserted-identity", "remote-party-id", "p-charging-vector"
};

bool is_token(std::string_view text) {  // RFC 3261 section 25.1
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           std::string_view("-.!%*_+`'~").find(c) != std::string_view::npos;
  });
}

bool is_allowed(std::string_view name) {
  const std::string lower = base::to_lower(name);
  return is_token(name) && ((lower.starts_with("x-") && lower.size() > 2) ||
                            std::ranges::find(known_names, lower) != known_names.end());
}

/// No line end gets into a header (rule S7).
bool is_printable(std::string_view value) {
  return std::ranges::all_of(value, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x20 && byte != 0x7F;
  });
}

}  // namespace

base::Result<NamedValues> read_sip_headers(std::string_view query) {
  NamedValues headers;
  if (query.empty()) return headers;
  if (query.size() >= max_bytes)
    return base::fail(
        base::Errc::too_large, "the headers of a SIP address have 1,024 characters or more", 13253
    );
  for (const std::string_view pair : base::split(query, '&')) {
    if (headers.size() == max_headers)
      return base::fail(base::Errc::too_large, "more than 30 headers in a SIP address", 13251);
    const auto equals = pair.find('=');
    auto name = base::percent_decode(pair.substr(0, equals));
    auto value = base::percent_decode(
        equals == std::string_view::npos ? std::string_view() : pair.substr(equals + 1)
    );
    if (!name || !value || !is_allowed(*name) || !is_printable(*value))
      return base::fail(
          base::Errc::invalid_argument,
          "not a header that a SIP address may carry: " +
              std::string(base::truncate_utf8(pair, 60)),
          13252
      );
    headers.emplace_back(std::move(*name), std::move(*value));
  }
  return headers;
}

}  // namespace belfry::call
