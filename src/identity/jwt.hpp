#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "base/result.hpp"

namespace belfry::identity {

/// A JSON Web Token with an HMAC (RFC 7515, 7519), read but not believed: see `is_signed_by`.
struct Jwt {
  enum class Algorithm { hs256, hs384, hs512 };

  base::json::object header;
  base::json::object claims;
  Algorithm algorithm = Algorithm::hs256;
  std::string signed_part;  // header and claims as they came
  std::vector<std::byte> signature;
};

/// Reads compact serialisation, as strictly as rule T1 asks: at most 8 kB, three parts of canonical
/// base64url without padding, one of the HMAC algorithms, and nothing in the header that names a
/// key of the sender's choice or a rule that we do not know (`crit`, `jwk`, `jku`, `x5u`, `x5c`).
/// @return Errc::malformed, Errc::too_large or Errc::unsupported.
base::Result<Jwt> parse_jwt(std::string_view text);

/// In time that does not depend on the signature. An empty secret signs nothing.
bool is_signed_by(const Jwt& token, std::string_view secret);

}  // namespace belfry::identity
