#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/result.hpp"
#include "sip/uri.hpp"

namespace belfry::sip {

/// The parts of a URI where they stand, still escaped: what checking needs, without an allocation.
/// Private to this folder.
struct UriScan {
  Uri::Scheme scheme = Uri::Scheme::other;
  std::string_view scheme_name, user, host, params, headers, rest;
  std::optional<std::string_view> password;
  std::optional<std::uint16_t> port;
};
/// @param text the URI and nothing else. Errors: Errc::malformed.
[[nodiscard]] base::Result<UriScan> scan_uri(std::string_view text);

}  // namespace belfry::sip
