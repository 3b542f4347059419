#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "identity/sigv4.hpp"

namespace belfry::identity::sigv4 {

/// What `x-amz-content-sha256` says of a body that comes in chunks.
inline constexpr std::string_view streaming_payload = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD";
inline constexpr std::string_view streaming_payload_trailer =
    "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER";
inline constexpr std::string_view streaming_unsigned_trailer = "STREAMING-UNSIGNED-PAYLOAD-TRAILER";

/// Signatures of a body's chunks: each is over the one before it, the first over the request's, so
/// that none can be left out, moved or changed. Any thread.
class ChunkSignatures {
 public:
  ChunkSignatures(const Claim& claim, std::string_view secret_access_key);

  /// Hex; of the next chunk, in order, also of the last, which is empty.
  std::string next(std::string_view chunk);
  /// Of what follows the last chunk. @param lines "name:value\n" each, names in lower case
  std::string trailer(std::string_view lines);

 private:
  std::string sign(std::string_view kind, const std::string& hashes);

  std::vector<std::byte> key_;
  std::string time_;
  std::string scope_;
  std::string previous_;
};

}  // namespace belfry::identity::sigv4
