#pragma once
#include <string>
#include <string_view>

#include "base/json.hpp"

/// CBOR (RFC 8949) as Smithy's RPC v2 uses it, between JSON values: text-keyed maps, definite and
/// indefinite lengths; a tagged time is its number, bytes are base64. Pure.
namespace belfry::compat::aws {

/// Depth 32, 100,000 values, no duplicate keys (rule H3). Lengths allocate nothing.
/// @return Errc::malformed, Errc::too_large.
base::Result<base::json::value> parse_cbor(std::string_view bytes);

/// Times and maps as in output.hpp.
std::string to_cbor(const base::json::value& value);

}  // namespace belfry::compat::aws
