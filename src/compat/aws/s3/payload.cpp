#include "compat/aws/s3/payload.hpp"

#include <algorithm>
#include <array>

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "compat/aws/s3/checksums.hpp"
#include "compat/aws/s3/chunked_body.hpp"
#include "identity/sigv4_chunks.hpp"

namespace belfry::compat::aws::s3 {
namespace {

namespace sigv4 = identity::sigv4;
using Problem = std::optional<Failure>;

constexpr std::string_view checksum_prefix = "x-amz-checksum-";
constexpr std::array<std::string_view, 5> algorithms = {
    "crc32", "crc32c", "crc64nvme", "sha1", "sha256"
};

Failure bad_digest(std::string_view which) {
  return {400, "BadDigest", "The " + std::string(which) + " you specified did not match the body."};
}

Failure unvouched() {
  return {
      403, "AccessDenied",
      "A body that nobody signed is taken by TLS, from the machine itself and by presigned URLs "
      "only."
  };
}

Failure wrong_chunk() {
  return {
      403, "SignatureDoesNotMatch", "A chunk's signature does not match the signature you provided."
  };
}

bool is_streaming(std::string_view payload) {
  return payload.starts_with("STREAMING-");
}

void add_checksum(Vouchers& vouchers, std::string_view header, std::string_view value) {
  const std::string name = base::to_lower(header);
  if (!name.starts_with(checksum_prefix)) return;
  const std::string algorithm = name.substr(checksum_prefix.size());
  if (std::ranges::find(algorithms, algorithm) != algorithms.end())
    vouchers.checksums.emplace_back(algorithm, value);
}

/// Every chunk's signature, and that of the trailers, in order.
Problem check_chunks(const ChunkedBody& body, const Vouchers& vouchers) {
  constexpr std::string_view signature_name = "x-amz-trailer-signature";
  sigv4::ChunkSignatures signatures(vouchers.claim, vouchers.secret);
  for (const ChunkedBody::Chunk& chunk : body.chunks)
    if (!base::equal_in_constant_time(signatures.next(chunk.bytes), chunk.signature))
      return wrong_chunk();
  if (vouchers.payload == sigv4::streaming_payload)
    return body.trailers.empty() ? Problem() : wrong_chunk();
  std::string lines;
  std::string_view said;
  for (const auto& [name, value] : body.trailers) {
    if (base::equals_ignoring_case(name, signature_name)) {
      said = value;
    } else {
      lines.append(base::to_lower(name)).append(":").append(value).append("\n");
    }
  }
  if (base::equal_in_constant_time(signatures.trailer(lines), said)) return std::nullopt;
  return wrong_chunk();
}

std::expected<std::string, Failure> unchunked(const std::string& body, Vouchers& vouchers) {
  const bool is_signed = vouchers.payload == sigv4::streaming_payload ||
                         vouchers.payload == sigv4::streaming_payload_trailer;
  if (!is_signed && vouchers.payload != sigv4::streaming_unsigned_trailer)
    return std::unexpected(
        Failure{501, "NotImplemented", "x-amz-content-sha256 names a signature that is not done"}
    );
  if (!is_signed && !vouchers.may_be_unsigned) return std::unexpected(unvouched());
  const auto chunks = read_chunks(body);
  if (!chunks) return std::unexpected(Failure{400, "IncompleteBody", chunks.error().message});
  if (is_signed)
    if (auto problem = check_chunks(*chunks, vouchers)) return std::unexpected(*problem);
  for (const auto& [name, value] : chunks->trailers) add_checksum(vouchers, name, value);
  std::string bytes;
  for (const ChunkedBody::Chunk& chunk : chunks->chunks) bytes += chunk.bytes;
  if (vouchers.length && *vouchers.length != bytes.size())
    return std::unexpected(
        Failure{400, "IncompleteBody", "The body does not have x-amz-decoded-content-length bytes."}
    );
  return bytes;
}

Problem check_whole(const std::string& body, const Vouchers& vouchers) {
  if (vouchers.payload == sigv4::unsigned_payload) {
    if (vouchers.may_be_unsigned || body.empty()) return std::nullopt;
    return unvouched();
  }
  if (vouchers.payload == base::sha256_hex(body)) return std::nullopt;
  return Failure{
      400, "XAmzContentSHA256Mismatch",
      "The provided 'x-amz-content-sha256' header does not match what was computed."
  };
}

}  // namespace

Vouchers read_vouchers(
    const http::Headers& headers, std::string payload, identity::sigv4::Claim claim,
    std::string secret, bool may_be_unsigned
) {
  Vouchers vouchers{std::move(payload), std::move(claim), std::move(secret), may_be_unsigned};
  vouchers.content_md5 = headers.get("Content-MD5").value_or("");
  vouchers.length = base::parse_unsigned(headers.get("x-amz-decoded-content-length").value_or(""));
  for (const auto& [name, value] : headers) add_checksum(vouchers, name, value);
  return vouchers;
}

std::expected<Payload, Failure> check_payload(std::string body, const Vouchers& said) {
  Vouchers vouchers = said;
  Payload payload;
  if (is_streaming(vouchers.payload)) {
    auto bytes = unchunked(body, vouchers);
    if (!bytes) return std::unexpected(std::move(bytes.error()));
    payload.bytes = std::move(*bytes);
  } else {
    if (auto problem = check_whole(body, vouchers)) return std::unexpected(*problem);
    payload.bytes = std::move(body);
  }
  if (!vouchers.content_md5.empty() && vouchers.content_md5 != md5_base64(payload.bytes))
    return std::unexpected(bad_digest("Content-MD5"));
  for (const auto& [algorithm, value] : vouchers.checksums)
    if (checksum_base64(algorithm, payload.bytes) != value)
      return std::unexpected(bad_digest(algorithm));
  payload.checksums = std::move(vouchers.checksums);
  payload.md5 = md5_hex(payload.bytes);
  return payload;
}

}  // namespace belfry::compat::aws::s3
