// Any bytes become text that voices can take: plain ASCII for the built-in one, UTF-8 for others,
// and chunks within their length.
#include "speech/spoken_text.hpp"

#include <cstdlib>

#include "base/text.hpp"

using namespace belfry::speech;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view languages[] = {"en-US", "ru-RU", "ja-JP", "es-MX"};
  const std::string_view text(reinterpret_cast<const char*>(data + 1), size - 1);
  for (const TextRun& run : spoken_text(text, languages[data[0] & 3], (data[0] & 4) != 0)) {
    require(belfry::base::is_valid_utf8(run.text));
    if (run.espeak_voice.empty())
      for (const char c : run.text) require(c >= ' ' && c < 0x7F);
    for (const std::string& chunk : chunks(run.text, 40))
      require(!chunk.empty() && chunk.size() <= 40);
  }
  return 0;
}
