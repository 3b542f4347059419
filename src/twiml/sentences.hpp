#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace belfry::twiml {

/// Cuts text where a speaker would pause, so that the first part can be heard while the next is
/// synthesised: after `. ! ? …` and the full stops of other scripts; sentences above 300 characters
/// also at a comma or a blank. Short beginnings ("Hi!") stay with what follows. No piece is empty.
std::vector<std::string> split_sentences(std::string_view text);

/// Counts characters (code points) of UTF-8.
std::size_t count_characters(std::string_view text);
/// At most so many characters from the front.
std::string_view first_characters(std::string_view text, std::size_t count);

}  // namespace belfry::twiml
