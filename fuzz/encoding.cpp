// Base64 and percent encoding: what decodes must encode to something that decodes to the same.
#include "base/encoding.hpp"

#include <cstdlib>

using namespace belfry::base;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  if (from_base64(to_base64(as_bytes(text))) !=
      std::vector(as_bytes(text).begin(), as_bytes(text).end()))
    std::abort();
  if (const auto decoded = from_base64(text)) {
    if (from_base64(to_base64(*decoded)) != decoded) std::abort();
  }
  if (percent_decode(percent_encode(text)) != text) std::abort();
  if (const auto decoded = percent_decode(text)) {
    if (percent_decode(percent_encode(*decoded)) != decoded) std::abort();
  }
  return 0;
}
