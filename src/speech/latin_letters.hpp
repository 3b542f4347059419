#pragma once
#include <string_view>

namespace belfry::speech {

/// The letters of English nearest to a Latin letter with an accent ("e" for "é", "ss" for "ß");
/// empty when it is none.
std::string_view plain_letters(char32_t letter);

}  // namespace belfry::speech
