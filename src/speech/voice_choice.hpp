#pragma once
#include <string_view>

namespace belfry::speech {

/// Whether a voice, as TwiML names it, is a man's: `man`, `Polly.Matthew-Neural`,
/// `Google.en-US-Wavenet-D`. All others are women's.
bool is_male_voice(std::string_view voice);

}  // namespace belfry::speech
