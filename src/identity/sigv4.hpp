#pragma once
#include <chrono>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.hpp"

/// AWS Signature Version 4: HMAC-SHA256 over a canonical form of the request, with a key that is
/// derived from the secret, the day, the region and the service. Pure; any thread.
namespace belfry::identity::sigv4 {

using Header = std::pair<std::string, std::string>;

/// A request as it is on the wire.
struct Request {
  std::string method;
  std::string path;   // still percent-encoded
  std::string query;  // likewise, without `?`
  std::vector<Header> headers;
};

struct Credentials {
  std::string access_key_id;
  std::string secret_access_key;
  std::string session_token = {};  // of temporary ones
};

/// What a signature is good for.
struct Scope {
  std::string date;  // 20150830
  std::string region;
  std::string service;

  std::string text() const;  // "20150830/us-east-1/iam/aws4_request"
};

/// What a request claims about itself.
struct Claim {
  std::string access_key_id;
  Scope scope;
  std::string time;  // 20150830T123600Z
  std::vector<std::string> signed_headers;
  std::string signature;
  bool in_query = false;  // a presigned URL
  std::chrono::seconds expires{0};
};

/// Why a request is not believed. The face has its own word for each.
struct Problem {
  enum class Kind { missing, incomplete, unknown_key, wrong, expired, not_yet_valid };
  Kind kind = Kind::wrong;
  std::string message;  // in AWS's words: SDKs read the times in it
};

inline constexpr std::string_view unsigned_payload = "UNSIGNED-PAYLOAD";
inline constexpr std::chrono::minutes clock_tolerance{15};

/// What signatures of a scope are made with.
std::vector<std::byte> signing_key(const Scope& scope, std::string_view secret_access_key);

/// Signing and verifying in one: hex of the signature over the request with these headers.
/// `X-Amz-Signature` in the query does not count. The path is encoded once more, but for S3.
std::string signature_of(
    const Request& request, std::span<const std::string> signed_headers,
    std::string_view payload_hash, const Scope& scope, std::string_view time,
    std::string_view secret_access_key
);
/// Its first half, for those who look for a difference.
std::string canonical_request(
    const Request& request, std::span<const std::string> signed_headers,
    std::string_view payload_hash, std::string_view service
);

/// Reads the `Authorization` header or the parameters of a presigned URL. `host` and the date must
/// be among what is signed (rule T2).
std::expected<Claim, Problem> read_claim(const Request& request);
/// @param body_hash hex SHA-256 of the body as it came
std::optional<Problem> verify(
    const Claim& claim, const Request& request, std::string_view body_hash,
    std::string_view secret_access_key, base::WallTime now
);

/// Adds `x-amz-date`, `x-amz-content-sha256`, the session token and `authorization`; every header
/// that is there is signed. `host` must be.
void sign(
    Request& request, std::string_view body_hash, const Credentials& credentials,
    std::string_view region, std::string_view service, base::WallTime now
);

/// 20150830T123600Z
std::string to_amz_date(base::WallTime time);
std::optional<base::WallTime> parse_amz_date(std::string_view text);

}  // namespace belfry::identity::sigv4
