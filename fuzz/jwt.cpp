// JSON Web Tokens that come with the first message of a socket: what is read is bounded, and no
// text is signed by a secret that did not sign it.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "identity/jwt.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto token = belfry::identity::parse_jwt(text);
  if (!token) return 0;
  if (size > 8192 || token->signed_part.size() >= size) std::abort();
  if (belfry::identity::is_signed_by(*token, "")) std::abort();
  return 0;
}
