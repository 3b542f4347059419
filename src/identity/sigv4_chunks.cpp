#include "identity/sigv4_chunks.hpp"

#include "base/encoding.hpp"

namespace belfry::identity::sigv4 {

ChunkSignatures::ChunkSignatures(const Claim& claim, std::string_view secret_access_key)
    : key_(signing_key(claim.scope, secret_access_key)),
      time_(claim.time),
      scope_(claim.scope.text()),
      previous_(claim.signature) {}

std::string ChunkSignatures::next(std::string_view chunk) {
  return sign("AWS4-HMAC-SHA256-PAYLOAD", base::sha256_hex("") + "\n" + base::sha256_hex(chunk));
}

std::string ChunkSignatures::trailer(std::string_view lines) {
  return sign("AWS4-HMAC-SHA256-TRAILER", base::sha256_hex(lines));
}

std::string ChunkSignatures::sign(std::string_view kind, const std::string& hashes) {
  std::string text(kind);
  text.append("\n").append(time_).append("\n").append(scope_).append("\n");
  text.append(previous_).append("\n").append(hashes);
  previous_ = base::to_hex(base::hmac_sha256(key_, text));
  return previous_;
}

}  // namespace belfry::identity::sigv4
