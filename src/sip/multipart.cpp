#include "sip/multipart.hpp"

#include <algorithm>
#include <cassert>

namespace belfry::sip {
namespace {

std::string choose_boundary(const std::vector<BodyPart>& parts) {
  for (std::size_t number = 1;; ++number) {
    std::string boundary = "part-boundary-" + std::to_string(number);
    const bool occurs = std::ranges::any_of(parts, [&](const BodyPart& part) {
      return part.bytes.find(boundary) != std::string::npos;
    });
    if (!occurs) return boundary;
  }
}

}  // namespace

Body make_body(const std::vector<BodyPart>& parts) {
  assert(!parts.empty());
  if (parts.size() == 1) return {parts.front().content_type, parts.front().bytes};
  const std::string boundary = choose_boundary(parts);
  std::string bytes;
  for (const BodyPart& part : parts) {
    bytes.append("--").append(boundary).append("\r\nContent-Type: ").append(part.content_type);
    if (!part.disposition.empty())
      bytes.append("\r\nContent-Disposition: ").append(part.disposition);
    bytes.append("\r\n\r\n").append(part.bytes).append("\r\n");
  }
  bytes.append("--").append(boundary).append("--\r\n");
  return {"multipart/mixed;boundary=" + boundary, std::move(bytes)};
}

}  // namespace belfry::sip
