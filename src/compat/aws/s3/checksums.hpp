#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace belfry::compat::aws::s3 {

/// Any thread.
std::string md5_hex(std::string_view bytes);
std::string md5_base64(std::string_view bytes);

/// What `x-amz-checksum-<algorithm>` of these bytes is, in base64: crc32, crc32c, crc64nvme, sha1,
/// sha256. Nothing for another algorithm.
std::optional<std::string> checksum_base64(std::string_view algorithm, std::string_view bytes);

}  // namespace belfry::compat::aws::s3
