#pragma once
#include <string_view>

namespace belfry::speech {

/// How a common emoji is spoken in English; empty for others.
std::string_view emoji_name(char32_t symbol);
/// Pictures, arrows, box drawing and the like: nothing that a voice can read as letters.
bool is_symbol(char32_t character);

}  // namespace belfry::speech
