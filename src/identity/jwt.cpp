#include "identity/jwt.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <optional>

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "identity/access_token.hpp"

namespace belfry::identity {
namespace {

using base::Errc;
using base::fail;
using base::Result;

constexpr std::size_t max_token = 8 << 10;
constexpr std::string_view refused_headers[] = {"crit", "jwk", "jku", "x5u", "x5c"};

std::optional<std::vector<std::byte>> from_base64url(std::string_view text) {
  if (text.find_first_of("+/=") != std::string_view::npos) return std::nullopt;
  std::string padded(text);
  std::ranges::replace(padded, '-', '+');
  std::ranges::replace(padded, '_', '/');
  while (padded.size() % 4 != 0) padded += '=';
  auto bytes = base::from_base64(padded);
  // One value has one text: bits behind the last byte must be 0.
  if (bytes && to_base64url(base::as_text(*bytes)) != text) return std::nullopt;
  return bytes;
}

Result<base::json::object> read_object(std::string_view part) {
  const auto bytes = from_base64url(part);
  if (!bytes) return fail(Errc::malformed, "a part of the token is not base64url");
  BELFRY_TRY(json, base::json::parse(base::as_text(*bytes)));
  if (!json.is_object()) return fail(Errc::malformed, "a part of the token is no JSON object");
  return std::move(json.as_object());
}

Result<Jwt::Algorithm> read_algorithm(const base::json::object& header) {
  const auto* name = base::json::find_string(header, "alg");
  if (name != nullptr && *name == "HS256") return Jwt::Algorithm::hs256;
  if (name != nullptr && *name == "HS384") return Jwt::Algorithm::hs384;
  if (name != nullptr && *name == "HS512") return Jwt::Algorithm::hs512;
  return fail(Errc::unsupported, "the token is not signed with HS256, HS384 or HS512");
}

const EVP_MD* digest_of(Jwt::Algorithm algorithm) {
  switch (algorithm) {
    case Jwt::Algorithm::hs256:
      return EVP_sha256();
    case Jwt::Algorithm::hs384:
      return EVP_sha384();
    case Jwt::Algorithm::hs512:
      return EVP_sha512();
  }
  return EVP_sha256();
}

}  // namespace

Result<Jwt> parse_jwt(std::string_view text) {
  if (text.size() > max_token) return fail(Errc::too_large, "the token is above 8 kB");
  const auto parts = base::split(text, '.');
  if (parts.size() != 3) return fail(Errc::malformed, "the token has not three parts");
  Jwt token;
  BELFRY_TRY(header, read_object(parts[0]));
  BELFRY_TRY(algorithm, read_algorithm(header));
  for (const std::string_view name : refused_headers)
    if (base::json::find(header, name) != nullptr)
      return fail(Errc::unsupported, "the token's header has " + std::string(name));
  BELFRY_TRY(claims, read_object(parts[1]));
  auto signature = from_base64url(parts[2]);
  if (!signature) return fail(Errc::malformed, "the token's signature is not base64url");
  token.header = std::move(header);
  token.claims = std::move(claims);
  token.algorithm = algorithm;
  token.signed_part = text.substr(0, parts[0].size() + 1 + parts[1].size());
  token.signature = std::move(*signature);
  return token;
}

bool is_signed_by(const Jwt& token, std::string_view secret) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> made{};
  unsigned int size = 0;
  const auto* text = reinterpret_cast<const unsigned char*>(token.signed_part.data());
  HMAC(
      digest_of(token.algorithm), secret.data(), static_cast<int>(secret.size()), text,
      token.signed_part.size(), made.data(), &size
  );
  const auto right = std::as_bytes(std::span(made).first(size));
  return base::equal_in_constant_time(base::as_text(right), base::as_text(token.signature)) &&
         !secret.empty();
}

}  // namespace belfry::identity
