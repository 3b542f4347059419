#include "speech/latin_letters.hpp"

namespace belfry::speech {
namespace {

constexpr char32_t first = 0xC0;
/// U+00C0 to U+017F: Latin-1 Supplement and Latin Extended-A.
constexpr std::string_view plain[] = {
    "A", "A", "A",  "A",  "A", "A", "AE", "C",  "E", "E",       "E",  "E", "I", "I",
    "I", "I", "D",  "N",  "O", "O", "O",  "O",  "O", " times ", "O",  "U", "U", "U",
    "U", "Y", "Th", "ss", "a", "a", "a",  "a",  "a", "a",       "ae", "c", "e", "e",
    "e", "e", "i",  "i",  "i", "i", "d",  "n",  "o", "o",       "o",  "o", "o", " divided by ",
    "o", "u", "u",  "u",  "u", "y", "th", "y",  "A", "a",       "A",  "a", "A", "a",
    "C", "c", "C",  "c",  "C", "c", "C",  "c",  "D", "d",       "D",  "d", "E", "e",
    "E", "e", "E",  "e",  "E", "e", "E",  "e",  "G", "g",       "G",  "g", "G", "g",
    "G", "g", "H",  "h",  "H", "h", "I",  "i",  "I", "i",       "I",  "i", "I", "i",
    "I", "i", "IJ", "ij", "J", "j", "K",  "k",  "k", "L",       "l",  "L", "l", "L",
    "l", "L", "l",  "L",  "l", "N", "n",  "N",  "n", "N",       "n",  "n", "N", "n",
    "O", "o", "O",  "o",  "O", "o", "OE", "oe", "R", "r",       "R",  "r", "R", "r",
    "S", "s", "S",  "s",  "S", "s", "S",  "s",  "T", "t",       "T",  "t", "T", "t",
    "U", "u", "U",  "u",  "U", "u", "U",  "u",  "U", "u",       "U",  "u", "W", "w",
    "Y", "y", "Y",  "Z",  "z", "Z", "z",  "Z",  "z", "s"
};

}  // namespace

std::string_view plain_letters(char32_t letter) {
  if (letter < first || letter >= first + std::size(plain)) return {};
  return plain[letter - first];
}

}  // namespace belfry::speech
