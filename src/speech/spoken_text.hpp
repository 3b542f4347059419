#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace belfry::speech {

/// A stretch of text for one voice.
struct TextRun {
  std::string text;
  std::string espeak_voice;  // empty: the built-in English voice reads it, and it is plain ASCII
  bool operator==(const TextRun&) const = default;
};

/// espeak-ng's voice for a BCP 47 tag; empty for English and for languages that it does not know,
/// which the built-in voice then reads as well as it can.
std::string espeak_voice_of(std::string_view language);

/// Makes any text speakable: signs become words ("&": "and"), known emoji their names, accents are
/// dropped where the English voice reads, letters of other scripts go to a voice that knows them.
/// Control characters and broken UTF-8 are left out. A text without anything to read but with some
/// sign gives "symbol"; an empty one gives nothing.
/// @param other_voices whether espeak-ng is there; without it other scripts are announced, not
/// read.
std::vector<TextRun> spoken_text(
    std::string_view text, std::string_view language, bool other_voices
);

/// Pieces of at most `longest` bytes, cut after a sentence, a comma or a blank where there is one.
std::vector<std::string> chunks(std::string_view text, std::size_t longest);

}  // namespace belfry::speech
