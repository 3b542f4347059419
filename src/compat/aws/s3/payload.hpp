#pragma once
#include <expected>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "compat/aws/failure.hpp"
#include "http/headers.hpp"
#include "identity/sigv4.hpp"

namespace belfry::compat::aws::s3 {

/// What vouches for a body (rule T2), taken from a request whose signature is right.
struct Vouchers {
  std::string payload;  // its hash, UNSIGNED-PAYLOAD, STREAMING-…
  identity::sigv4::Claim claim;
  std::string secret;
  bool may_be_unsigned = false;
  std::string content_md5 = {};                                     // base64; empty: not said
  std::optional<std::uint64_t> length = {};                         // of what is in the chunks
  std::vector<std::pair<std::string, std::string>> checksums = {};  // "crc32", base64
};
/// @param may_be_unsigned nobody on the way can have changed it: TLS, the machine itself, or a URL
/// that lets whoever has it send what he likes
Vouchers read_vouchers(
    const http::Headers& headers, std::string payload, identity::sigv4::Claim claim,
    std::string secret, bool may_be_unsigned
);

struct Payload {
  std::string bytes;
  std::string md5;  // hex: the ETag
  std::vector<std::pair<std::string, std::string>>
      checksums;  // those that were said, and are right
};
/// Takes the body out of its chunks and compares all that was said of it. For the pool: the body
/// may be large. Codes: XAmzContentSHA256Mismatch, SignatureDoesNotMatch, BadDigest, AccessDenied,
/// IncompleteBody, InvalidRequest.
std::expected<Payload, Failure> check_payload(std::string body, const Vouchers& vouchers);

}  // namespace belfry::compat::aws::s3
